import Addresses
import DataPlane
import EventLoop
import Glibc
import Linux
import Testing

/// Two Ethernet interfaces joined by a wire: ge0 is the access concentrator's, sub0 is where a subscriber plays that is
/// made of packet sockets alone: what the kernel sends is seen octet by octet.
final class KernelWire {
    static let concentrator = MACAddress(2, 0, 0, 0, 0, 1)
    static let subscriber = MACAddress(2, 0, 0, 0, 0, 2)

    private let sessions: PacketSocket
    private let discovery: PacketSocket
    private var isRemoved = false

    init() throws {
        try ip("link", "add", "ge0", "type", "veth", "peer", "name", "sub0")
        try ip("link", "set", "ge0", "address", "\(Self.concentrator)", "up")
        try ip("link", "set", "sub0", "address", "\(Self.subscriber)", "up")
        sessions = try PacketSocket(interface: "sub0", etherType: 0x8864)
        discovery = try PacketSocket(interface: "sub0", etherType: 0x8863)
        try awaitCarrier("ge0", "sub0")
    }

    deinit {
        // A test that failed must not be in the way of the next.
        if !isRemoved { _ = try? run("ip", "link", "delete", "ge0") }
    }

    func remove() throws {
        isRemoved = true
        try ip("link", "delete", "ge0")
    }

    func circuit(_ sessionID: UInt16, interface: String = "ge0") -> PPPoECircuit {
        PPPoECircuit(interface: interface, peer: Self.subscriber, sessionID: sessionID)
    }

    /// The subscriber sends a PPP frame; false when its interface would not.
    @discardableResult
    func send(_ frame: [UInt8], session: UInt16) -> Bool {
        sessions.send(Self.packet(frame, session: session), to: Self.concentrator) == .sent
    }

    /// The subscriber ends a session (PADT).
    func terminate(session: UInt16) {
        discovery.send([0x11, 0xa7] + Self.pair(session) + [0, 0], to: Self.concentrator)
    }

    /// The PPP frames of a session that have come to the subscriber.
    func frames(session: UInt16) -> [[UInt8]] {
        sessions.drain(limit: 1000).packets.compactMap { packet in
            guard packet.source == Self.concentrator, packet.octets.starts(with: [0x11, 0] + Self.pair(session)),
                packet.octets.count >= 6
            else { return nil }
            return Array(packet.octets.dropFirst(6).prefix(Int(packet.octets[4]) << 8 + Int(packet.octets[5])))
        }
    }

    /// RFC 2516 section 4: version and type 1, code 0, the session id, the length, and the frame.
    static func packet(_ frame: [UInt8], session: UInt16) -> [UInt8] {
        [0x11, 0] + pair(session) + pair(UInt16(frame.count)) + frame
    }

    private static func pair(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }
}

/// An interface that has just come up loses what it is given until the kernel has seen to its queue. Under an EtherType for
/// experiments.
private func awaitCarrier(_ one: String, _ other: String) throws {
    let ends = try [one, other].map { try PacketSocket(interface: $0, etherType: 0x88b5) }
    for (from, to) in [(ends[0], ends[1]), (ends[1], ends[0])] {
        while to.drain().packets.isEmpty {
            from.send([0], to: .broadcast)
            usleep(1000)
        }
    }
}

/// Runs ip(8), which must succeed.
func ip(_ words: String...) throws {
    #expect(try run(["ip"] + words) == 0, "ip \(words.joined(separator: " "))")
}
