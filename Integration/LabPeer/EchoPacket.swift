import Addresses
import Octets
import PPP

/// An ICMP echo in IPv4 or IPv6 (RFC 792, RFC 4443 section 4), whole and without options: what a ping sends.
struct EchoPacket: Equatable {
    var source: IPAddress
    var destination: IPAddress
    var isReply: Bool
    var identifier: UInt16
    var sequence: UInt16
    var payload: [UInt8]

    private static let icmp: UInt8 = 1
    private static let icmpV6: UInt8 = 58
    private static let timeToLive: UInt8 = 64

    /// The echo in a frame; nil for anything else that a session carries.
    static func parsed(_ frame: PPPFrame) -> EchoPacket? {
        switch frame.protocolNumber {
        case .ipv4: (try? fromIPv4(Array(frame.information))) ?? nil
        case .ipv6: (try? fromIPv6(Array(frame.information))) ?? nil
        default: nil
        }
    }

    /// What a ping asks.
    static func request(
        from source: IPAddress, to destination: IPAddress, identifier: UInt16, sequence: UInt16
    ) -> EchoPacket {
        EchoPacket(
            source: source, destination: destination, isReply: false, identifier: identifier, sequence: sequence,
            payload: Array("l2tpd lab-peer".utf8))
    }

    /// The answer to a request.
    var reply: EchoPacket {
        var reply = self
        (reply.source, reply.destination) = (destination, source)
        reply.isReply = true
        return reply
    }

    var frame: PPPFrame {
        switch (source, destination) {
        case (.v4(let source), .v4(let destination)): PPPFrame(.ipv4, ipv4(source, destination))
        default: PPPFrame(.ipv6, ipv6)
        }
    }

    private static func fromIPv4(_ packet: [UInt8]) throws(DecodeError) -> EchoPacket? {
        var reader = ByteReader(packet)
        let versionAndLength = try reader.uint8()
        try reader.skip(1)
        let total = Int(try reader.uint16())
        try reader.skip(5)
        let next = try reader.uint8()
        try reader.skip(2)
        let source = IPv4Address(rawValue: try reader.uint32())
        let destination = IPv4Address(rawValue: try reader.uint32())
        guard versionAndLength == 0x45, next == icmp else { return nil }
        return try message(try reader.bytes(total - 20), .v4(source), .v4(destination), request: 8, reply: 0)
    }

    private static func fromIPv6(_ packet: [UInt8]) throws(DecodeError) -> EchoPacket? {
        var reader = ByteReader(packet)
        try reader.skip(4)
        let length = Int(try reader.uint16())
        let next = try reader.uint8()
        try reader.skip(1)
        let source = IPv6Address(high: try reader.uint64(), low: try reader.uint64())
        let destination = IPv6Address(high: try reader.uint64(), low: try reader.uint64())
        guard next == icmpV6 else { return nil }
        return try message(try reader.bytes(length), .v6(source), .v6(destination), request: 128, reply: 129)
    }

    /// Nil for another type of message. Checksums are the sender's kernel's, and are believed.
    private static func message(
        _ octets: [UInt8], _ source: IPAddress, _ destination: IPAddress, request: UInt8, reply: UInt8
    ) throws(DecodeError) -> EchoPacket? {
        var reader = ByteReader(octets)
        let type = try reader.uint8()
        guard type == request || type == reply else { return nil }
        try reader.skip(3)
        return EchoPacket(
            source: source, destination: destination, isReply: type == reply, identifier: try reader.uint16(),
            sequence: try reader.uint16(), payload: reader.rest())
    }

    private func ipv4(_ source: IPv4Address, _ destination: IPv4Address) -> [UInt8] {
        let message = message(type: isReply ? 0 : 8, pseudoHeader: [])
        func header(checksum: UInt16) -> [UInt8] {
            var writer = ByteWriter()
            writer.append(contentsOf: [0x45, 0])
            writer.append(UInt16(clamping: 20 + message.count))
            writer.append(contentsOf: [0, 0, 0, 0, Self.timeToLive, Self.icmp])
            writer.append(checksum)
            writer.append(contentsOf: source.octets + destination.octets)
            return writer.bytes
        }
        return header(checksum: Self.checksum(header(checksum: 0))) + message
    }

    private var ipv6: [UInt8] {
        let length = UInt16(clamping: 8 + payload.count)
        var pseudoHeader = ByteWriter()
        pseudoHeader.append(contentsOf: source.octets + destination.octets)
        pseudoHeader.append(UInt32(length))
        pseudoHeader.append(UInt32(Self.icmpV6))
        var writer = ByteWriter()
        writer.append(UInt32(0x6000_0000))
        writer.append(length)
        writer.append(contentsOf: [Self.icmpV6, Self.timeToLive] + source.octets + destination.octets)
        writer.append(contentsOf: message(type: isReply ? 129 : 128, pseudoHeader: pseudoHeader.bytes))
        return writer.bytes
    }

    private func message(type: UInt8, pseudoHeader: [UInt8]) -> [UInt8] {
        func message(checksum: UInt16) -> [UInt8] {
            var writer = ByteWriter()
            writer.append(contentsOf: [type, 0])
            writer.append(checksum)
            writer.append(identifier)
            writer.append(sequence)
            writer.append(contentsOf: payload)
            return writer.bytes
        }
        return message(checksum: Self.checksum(pseudoHeader + message(checksum: 0)))
    }

    /// The Internet checksum (RFC 1071).
    private static func checksum(_ octets: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for (index, octet) in octets.enumerated() { sum += index % 2 == 0 ? UInt32(octet) << 8 : UInt32(octet) }
        while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
        return ~UInt16(sum)
    }
}
