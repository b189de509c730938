import Addresses
import ControlProtocol
import L2TPWire
import Octets
import PPP
import PPPoE

/// A packet as it was, or would have been, on the wire: what the kernel took off, put around it again.
///
/// A PPP frame of a tunnel becomes a data message as the kernel sends them, without Length and sequence numbers, and IP's and
/// UDP's fields that nobody knows any more are the usual ones.
enum Envelope {
    /// From the IP header on; nil when its ends are not known.
    static func ip(_ packet: PacketRecord) -> [UInt8]? {
        guard let local = Endpoint(packet.local), let remote = Endpoint(packet.remote) else { return nil }
        let (source, destination) = packet.direction == .received ? (remote, local) : (local, remote)
        switch packet.kind {
        case .l2tp: return udp(packet.octets, from: source, to: destination)
        case .ppp:
            let (tunnel, session) =
                packet.direction == .received
                ? (packet.tunnelID, packet.sessionID) : (packet.peerTunnelID, packet.peerSessionID)
            guard let tunnel = tunnel.flatMap({ UInt16(exactly: $0) }),
                let session = session.flatMap({ UInt16(exactly: $0) }),
                let frame = try? PPPFrame(parsing: packet.octets)
            else { return nil }
            let header = DataHeader(tunnelID: TunnelID(tunnel), sessionID: SessionID(session))
            return udp(
                header.encoded(payload: frame.encodedWithAddressAndControl), from: source, to: destination)
        case .pppoe: return nil
        }
    }

    /// From the Ethernet header on: a PPPoE subscriber's; nil when its ends are not known.
    static func ethernet(_ packet: PacketRecord) -> [UInt8]? {
        guard let local = MACAddress(packet.local), let remote = MACAddress(packet.remote) else { return nil }
        let (source, destination) = packet.direction == .received ? (remote, local) : (local, remote)
        var writer = ByteWriter()
        writer.append(contentsOf: destination.octets)
        writer.append(contentsOf: source.octets)
        switch packet.kind {
        case .pppoe:
            writer.append(DiscoveryPacket.etherType)
            writer.append(contentsOf: packet.octets)
        case .ppp:
            guard let frame = try? PPPFrame(parsing: packet.octets), let session = packet.pppoeSessionID else {
                return nil
            }
            // RFC 2516 section 4: version and type, the code of the session stage, the session, the length.
            writer.append(DiscoveryPacket.sessionEtherType)
            writer.append(UInt16(0x1100))
            writer.append(session)
            writer.append(UInt16(frame.encoded.count))
            writer.append(contentsOf: frame.encoded)
        case .l2tp: return nil
        }
        return writer.bytes
    }

    private static func udp(_ payload: [UInt8], from source: Endpoint, to destination: Endpoint) -> [UInt8]? {
        guard payload.count <= 65_507 else { return nil }
        let length = UInt16(8 + payload.count)
        var segment = ByteWriter(capacity: Int(length))
        segment.append(source.port)
        segment.append(destination.port)
        segment.append(length)
        segment.append(UInt16(0))
        segment.append(contentsOf: payload)
        let pseudoHeader =
            source.address.octets + destination.address.octets
            + [0, udpProtocol, UInt8(length >> 8), UInt8(truncatingIfNeeded: length)]
        let checksum = checksum(pseudoHeader + segment.bytes)
        segment.overwrite(checksum == 0 ? 0xffff : checksum, at: 6)
        return header(of: source.address, destination.address, length) + segment.bytes
    }

    private static let udpProtocol: UInt8 = 17
    private static let timeToLive: UInt8 = 64

    private static func header(of source: IPAddress, _ destination: IPAddress, _ length: UInt16) -> [UInt8] {
        var writer = ByteWriter()
        switch source {
        case .v4:
            writer.append(UInt16(0x4500))
            writer.append(length + 20)
            writer.append(UInt32(0))
            writer.append(timeToLive)
            writer.append(udpProtocol)
            writer.append(UInt16(0))
            writer.append(contentsOf: source.octets + destination.octets)
            writer.overwrite(checksum(writer.bytes), at: 10)
        case .v6:
            writer.append(UInt32(0x6000_0000))
            writer.append(length)
            writer.append(udpProtocol)
            writer.append(timeToLive)
            writer.append(contentsOf: source.octets + destination.octets)
        }
        return writer.bytes
    }

    /// The Internet checksum (RFC 1071).
    private static func checksum(_ octets: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for (index, octet) in octets.enumerated() { sum += UInt32(octet) << (index % 2 == 0 ? 8 : 0) }
        while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
        return ~UInt16(truncatingIfNeeded: sum)
    }
}
