package import Octets

/// A PPP frame between its framing: the protocol and the information (RFC 1661 section 2). There is no FCS and no
/// transparency here, and the address and control octets are optional (RFC 2661 section 5.3, RFC 1662 section 3.1).
package struct PPPFrame: Equatable, Sendable {
    package var protocolNumber: ProtocolNumber
    package var information: [UInt8]

    package init(_ protocolNumber: ProtocolNumber, _ information: [UInt8]) {
        self.protocolNumber = protocolNumber
        self.information = information
    }

    /// Reads a frame with or without FF 03 in front and with the protocol in two octets or, compressed, in one: peers
    /// send all four forms whatever was negotiated (RFC 1661 sections 6.5 and 6.6).
    ///
    /// A number that breaks the rules of the Protocol field is read as it stands; nobody recognises it.
    package init(parsing octets: [UInt8]) throws(DecodeError) {
        var reader = ByteReader(octets)
        if octets.starts(with: Self.addressAndControl) { try reader.skip(Self.addressAndControl.count) }
        let first = try reader.uint8()
        if first & 1 == 1 {
            protocolNumber = ProtocolNumber(rawValue: UInt16(first))
        } else {
            protocolNumber = ProtocolNumber(rawValue: UInt16(first) << 8 | UInt16(try reader.uint8()))
        }
        information = reader.rest()
    }

    /// Protocol in two octets, then the information: the form that /dev/ppp reads and writes.
    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 2 + information.count)
        writer.append(protocolNumber.rawValue)
        writer.append(contentsOf: information)
        return writer.bytes
    }

    /// The same behind FF 03: the form that goes into an L2TP data message.
    package var encodedWithAddressAndControl: [UInt8] {
        Self.addressAndControl + encoded
    }

    private static let addressAndControl: [UInt8] = [0xff, 0x03]
}
