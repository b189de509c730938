package import Octets

/// A PPP frame between its framing: the protocol and the information (RFC 1661 section 2). There is no FCS and no
/// transparency here, and the address and control octets are optional (RFC 2661 section 5.3, RFC 1662 section 3.1).
package struct PPPFrame: Equatable, Sendable {
    /// Protocol in two octets, then the information: the form that /dev/ppp reads and writes, and that most peers send.
    package let encoded: [UInt8]

    package init(_ protocolNumber: ProtocolNumber, _ information: some Collection<UInt8>) {
        var writer = ByteWriter(capacity: 2 + information.count)
        writer.append(protocolNumber.rawValue)
        writer.append(contentsOf: information)
        encoded = writer.bytes
    }

    package init(_ protocolNumber: ProtocolNumber, _ packet: ControlPacket) {
        var writer = ByteWriter(capacity: 2 + ControlPacket.headerSize + packet.data.count)
        writer.append(protocolNumber.rawValue)
        packet.append(to: &writer)
        encoded = writer.bytes
    }

    /// Reads a frame with or without FF 03 in front and with the protocol in two octets or, compressed, in one: peers
    /// send all four forms whatever was negotiated (RFC 1661 sections 6.5 and 6.6).
    ///
    /// A number that breaks the rules of the Protocol field is read as it stands; nobody recognises it.
    package init(parsing octets: [UInt8]) throws(DecodeError) {
        let hasAddressAndControl = octets.starts(with: Self.addressAndControl)
        var reader = ByteReader(octets)
        if hasAddressAndControl { try reader.skip(Self.addressAndControl.count) }
        if try reader.uint8() & 1 == 1 {
            encoded = [0] + octets[(reader.offset - 1)...]
        } else {
            _ = try reader.uint8()
            encoded = hasAddressAndControl ? Array(octets[Self.addressAndControl.count...]) : octets
        }
    }

    package var protocolNumber: ProtocolNumber {
        ProtocolNumber(rawValue: UInt16(encoded[0]) << 8 | UInt16(encoded[1]))
    }

    package var information: ArraySlice<UInt8> { encoded[2...] }

    /// The frame behind FF 03: the form that goes into an L2TP data message.
    package var encodedWithAddressAndControl: [UInt8] {
        Self.addressAndControl + encoded
    }

    private static let addressAndControl: [UInt8] = [0xff, 0x03]
}
