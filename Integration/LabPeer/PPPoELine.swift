import EventLoop
import Instants
import PPP
import PPPoE

/// An Ethernet with a subscriber in each call: discovery and session frames by packet sockets, nothing of it in our
/// kernel, which drops what it has no session for.
///
/// All subscribers have the interface's own MAC address, like the customers behind a switch that translates theirs: the
/// server tells them apart by Host-Uniq and session id, and must let one address have so many.
final class PPPoELine: Carrier {
    /// One host, from its PADI to the PADT.
    private final class Host {
        let number: Int
        let placed: Instant
        var discovery: Subscriber
        var session: SubscriberSession?

        init(_ number: Int, _ discovery: Subscriber, at now: Instant) {
            self.number = number
            self.discovery = discovery
            placed = now
        }

        var deadline: Instant? { earlier(discovery.deadline, session?.deadline) }
    }

    private let plan: Plan
    private let discovery: PacketSocket
    private let stage: PacketSocket
    private let configuration: Subscriber.Configuration
    private var hosts: [Int: Host] = [:]
    /// The hosts in session.
    private var numbers: [PPPoESessionID: Int] = [:]
    /// No host's deadline is earlier. Kept roughly: see `timeout`.
    private(set) var deadline: Instant?
    private var changes: [CarrierChange] = []
    private var random = SystemRandomNumberGenerator()

    init(plan: Plan, interface: String) throws {
        self.plan = plan
        discovery = try PacketSocket(interface: interface, etherType: DiscoveryPacket.etherType)
        stage = try PacketSocket(interface: interface, etherType: DiscoveryPacket.sessionEtherType)
        configuration = Subscriber.Configuration(mtu: UInt16(clamping: try discovery.mtu()))
    }

    var descriptors: [Int32] { [discovery.descriptor, stage.descriptor] }
    var hasCalls: Bool { !hosts.isEmpty }
    var callsAreOver: Bool { hosts.isEmpty }
    var isStopped: Bool { true }
    /// Discovery does not count them.
    var retransmissions: Int { 0 }

    // MARK: - What to do

    func open(at now: Instant) -> [CarrierChange] { [] }

    func placeCall(_ number: Int, at now: Instant) -> [CarrierChange] {
        let host = Host(number, Subscriber(configuration: configuration, using: &random), at: now)
        hosts[number] = host
        tell(host, .start, at: now)
        return takeChanges()
    }

    func ping(at now: Instant) -> [CarrierChange] {
        for host in hosts.values {
            guard let session = host.session else { continue }
            perform(session.ping(at: now), of: host)
            note(host.deadline)
        }
        return takeChanges()
    }

    func closeCalls(at now: Instant) -> [CarrierChange] {
        for host in hosts.values {
            tell(host, .end(reason: ""), at: now)
            forget(host, "closed here")
        }
        return takeChanges()
    }

    func terminateCalls(at now: Instant) -> [CarrierChange] {
        for host in hosts.values {
            guard let session = host.session else { continue }
            perform(session.terminate(at: now, using: &random), of: host)
            note(host.deadline)
        }
        return takeChanges()
    }

    func close(at now: Instant) -> [CarrierChange] { [] }

    // MARK: - What happens

    /// Session frames are read first and dealt with last: no frame is met before the PADS that went ahead of it.
    func drain(at now: Instant) -> [CarrierChange] {
        let frames = stage.drain().packets
        var drained: DrainedPackets
        repeat {
            drained = discovery.drain()
            for packet in drained.packets { receive(packet, at: now) }
        } while drained.isLimited
        for packet in frames {
            guard let frame = SessionFrame(parsing: packet.octets), let number = numbers[frame.sessionID],
                let host = hosts[number], let session = host.session,
                packet.source == host.discovery.session?.concentrator
            else { continue }
            perform(session.receive(frame.payload, at: now, using: &random), of: host)
            note(host.deadline)
        }
        return takeChanges()
    }

    func timeout(at now: Instant) -> [CarrierChange] {
        guard let due = deadline, due <= now else { return [] }
        for host in hosts.values {
            tell(host, .timeout, at: now)
            if let session = host.session { perform(session.timeout(at: now, using: &random), of: host) }
        }
        deadline = hosts.values.compactMap(\.deadline).min()
        return takeChanges()
    }

    /// A PADT names its session; whose the other packets are, each host sees by Host-Uniq.
    private func receive(_ packet: ReceivedPacket, at now: Instant) {
        guard let parsed = try? DiscoveryPacket(parsing: packet.octets) else { return }
        let event = Subscriber.Event.received(packet.octets, from: packet.source)
        if parsed.code == .padt {
            let number = PPPoESessionID(rawValue: parsed.sessionID).flatMap { numbers[$0] }
            if let host = number.flatMap({ hosts[$0] }) { tell(host, event, at: now) }
        } else {
            for host in hosts.values where host.session == nil { tell(host, event, at: now) }
        }
    }

    // MARK: - The machines

    private func tell(_ host: Host, _ event: Subscriber.Event, at now: Instant) {
        for output in host.discovery.handle(event, at: now) {
            switch output {
            case .send(let octets, let station): discovery.send(octets, to: station)
            case .up(let found): begin(host, found, at: now)
            case .failed(let failure): forget(host, Self.text(failure))
            case .terminated: forget(host, "closed by PADT")
            }
        }
        note(host.deadline)
    }

    private func begin(_ host: Host, _ found: Subscriber.Session, at now: Instant) {
        let session = SubscriberSession(
            number: host.number, plan: plan, medium: .pppoe(maxPayload: found.maxPayload), at: host.placed)
        host.session = session
        numbers[found.id] = host.number
        perform(session.start(at: now, using: &random), of: host)
    }

    private func perform(_ effects: [SubscriberSession.Effect], of host: Host) {
        guard let session = host.session, let found = host.discovery.session else { return }
        for effect in effects {
            switch effect {
            case .send(let frame): stage.send(SessionFrame(found.id, frame).encoded, to: found.concentrator)
            case .opened: changes.append(.opened(session))
            case .settled: changes.append(.settled(session))
            case .answered: changes.append(.answered)
            }
        }
    }

    private func forget(_ host: Host, _ reason: String) {
        guard hosts.removeValue(forKey: host.number) != nil else { return }
        numbers = numbers.filter { $0.value != host.number }
        changes.append(.callEnded(host.session, reason))
    }

    private static func text(_ failure: Subscriber.Failure) -> String {
        switch failure {
        case .noAnswer: "no access concentrator answers"
        case .refused(let refusal): "refused: \(refusal)"
        }
    }

    private func note(_ due: Instant?) {
        if let due { deadline = min(deadline ?? due, due) }
    }

    private func takeChanges() -> [CarrierChange] {
        defer { changes = [] }
        return changes
    }
}
