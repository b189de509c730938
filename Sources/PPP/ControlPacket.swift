package import Octets

/// A packet of LCP, of a network control protocol, of PAP or CHAP: they share code, identifier and length (RFC 1661
/// section 5, RFC 1334 section 2.2, RFC 1994 section 4).
package struct ControlPacket: Equatable, Sendable {
    /// The codes of RFC 1661 section 5 and RFC 1570 section 2. Network control protocols know the first seven.
    package enum Code {
        package static let configureRequest: UInt8 = 1
        package static let configureAck: UInt8 = 2
        package static let configureNak: UInt8 = 3
        package static let configureReject: UInt8 = 4
        package static let terminateRequest: UInt8 = 5
        package static let terminateAck: UInt8 = 6
        package static let codeReject: UInt8 = 7
        package static let protocolReject: UInt8 = 8
        package static let echoRequest: UInt8 = 9
        package static let echoReply: UInt8 = 10
        package static let discardRequest: UInt8 = 11
        package static let identification: UInt8 = 12
        package static let timeRemaining: UInt8 = 13
    }

    package static let headerSize = 4

    package var code: UInt8
    package var identifier: UInt8
    /// What follows the header, as long as its Length says.
    package var data: [UInt8]

    package init(code: UInt8, identifier: UInt8, data: [UInt8]) {
        self.code = code
        self.identifier = identifier
        self.data = data
    }

    /// Octets behind Length are padding; a Length that is too short or too long throws, and the packet is to be dropped.
    package init(parsing information: [UInt8]) throws(DecodeError) {
        var reader = ByteReader(information)
        try self.init(&reader)
    }

    /// What a frame holds.
    package init(parsing frame: PPPFrame) throws(DecodeError) {
        var reader = ByteReader(frame.encoded)
        try reader.skip(2)
        try self.init(&reader)
    }

    private init(_ reader: inout ByteReader) throws(DecodeError) {
        code = try reader.uint8()
        identifier = try reader.uint8()
        let length = Int(try reader.uint16())
        data = try reader.bytes(length - Self.headerSize)
    }

    /// At most 65,535 octets, which no caller reaches: what is copied from a peer is cut to the MRU.
    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: Self.headerSize + data.count)
        append(to: &writer)
        return writer.bytes
    }

    func append(to writer: inout ByteWriter) {
        writer.append(code)
        writer.append(identifier)
        writer.append(UInt16(clamping: Self.headerSize + data.count))
        writer.append(contentsOf: data)
    }
}
