import Octets

/// An AVP as it stands in a message.
package struct EncodedAVP {
    package var mandatory: Bool
    package var hidden: Bool
    /// Whether any of the four reserved bits is set.
    package var reserved: Bool
    package var attribute: Attribute
    /// Still hidden when `hidden` says so.
    package var value: [UInt8]

    /// Appends it; a value that is too long is cut.
    func append(to writer: inout ByteWriter) {
        let part = value.prefix(AVP.longestValue)
        var word = UInt16(AVP.headerSize + part.count)
        if mandatory { word |= 0x8000 }
        if hidden { word |= 0x4000 }
        writer.append(word)
        writer.append(attribute.vendor)
        writer.append(attribute.type)
        writer.append(contentsOf: part)
    }
}

/// Goes through the AVPs of a message body, one after the other, to its end or to the first length that is wrong.
package struct AVPWalk {
    private let body: [UInt8]
    private var offset = 0

    package init(_ body: [UInt8]) {
        self.body = body
    }

    /// The next AVP, nil at the end. Throws when a Length field is under 6 or points behind the body's end;
    /// what follows cannot be found then (RFC 2661 section 4.1).
    package mutating func next() throws(MessageFault) -> EncodedAVP? {
        guard offset < body.count else { return nil }
        do throws(DecodeError) {
            var reader = ByteReader(body)
            try reader.skip(offset)
            let word = try reader.uint16()
            let length = Int(word & 0x03ff)
            let attribute = Attribute(vendor: try reader.uint16(), type: try reader.uint16())
            let value = try reader.bytes(length - AVP.headerSize)
            offset += length
            return EncodedAVP(
                mandatory: word & 0x8000 != 0, hidden: word & 0x4000 != 0, reserved: word & 0x3c00 != 0,
                attribute: attribute, value: value
            )
        } catch {
            throw .brokenAVP(offset: offset)
        }
    }
}
