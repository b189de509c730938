import Addresses
import Configuration
import DataPlane
import EventLoop
import Instants
import Linux
import PPP
import PPPoE

@testable import L2TPDaemon

/// An access interface's Ethernet in memory, with the subscribers on it.
final class AccessSegment: DiscoverySocket {
    /// The only one on a segment.
    static let concentrator = MACAddress(2, 0, 0, 0, 1, 0)

    let interface: String
    let interfaceIndex: Int32
    private(set) var stations: [SubscriberStation] = []
    private var incoming: [ReceivedPacket] = []
    var isUp = true

    init(_ interface: String, index: Int32) {
        self.interface = interface
        interfaceIndex = index
    }

    var watchedDescriptor: Int32? { nil }
    var address: MACAddress { Self.concentrator }

    func mtu() throws(Errno) -> Int { 1500 }

    var hasPackets: Bool { !incoming.isEmpty }

    func drain(limit: Int) -> DrainedPackets {
        var drained = DrainedPackets()
        drained.packets = Array(incoming.prefix(limit))
        incoming.removeFirst(drained.packets.count)
        return drained
    }

    func send(_ octets: [UInt8], to destination: MACAddress) -> Transmission {
        for station in stations where station.mac == destination { station.receive(octets) }
        return .sent
    }

    func deliver(_ octets: [UInt8], from mac: MACAddress) {
        incoming.append(ReceivedPacket(octets: octets, source: mac, isBroadcast: false))
    }

    func add(_ station: SubscriberStation) {
        stations.append(station)
    }
}

/// A subscriber: a PPPoE host with a PPP link, made of the project's own machines.
final class SubscriberStation {
    let mac: MACAddress
    private unowned let segment: AccessSegment
    private var machine: Subscriber
    private(set) var link: Link
    private(set) var session: Subscriber.Session?
    private(set) var failure: Subscriber.Failure?
    /// A PADT came.
    private(set) var isTerminated = false
    private(set) var linkEnd: LinkEnd?
    /// Whether PPP begins by itself with the session.
    var startsLink = true
    /// Every PPP frame that came, and every discovery packet.
    private(set) var frames: [PPPFrame] = []
    private(set) var discovery: [DiscoveryPacket] = []
    private var packets: [[UInt8]] = []
    private var inbox: [[UInt8]] = []
    private var outbox: [[UInt8]] = []
    private var random = SystemRandomNumberGenerator()

    init(
        _ number: UInt8, on segment: AccessSegment, service: String = "", line: AccessLine? = nil,
        link configuration: LinkConfiguration
    ) {
        mac = MACAddress(2, 0, 0, 0, 0, number)
        self.segment = segment
        machine = Subscriber(
            configuration: Subscriber.Configuration(serviceName: service, line: line), using: &random)
        link = Link(configuration: configuration)
    }

    var isOpen: Bool { link.ipv4 != nil }
    var address: IPv4Address? { link.ipv4?.local }

    var circuit: PPPoECircuit? {
        session.map { PPPoECircuit(interface: segment.interface, peer: mac, sessionID: $0.id.rawValue) }
    }

    /// The reason that came with the PADT, or the refusal.
    var error: String? {
        discovery.last.flatMap { $0[.genericError] ?? $0[.acSystemError] ?? $0[.serviceNameError] }?.text
    }

    func dial(at now: Instant) {
        discover(.start, at: now)
    }

    /// Sends a PADT.
    func hangUp(at now: Instant) {
        discover(.end(reason: "bye"), at: now)
    }

    func give(_ event: Link.Event, at now: Instant) {
        for output in link.handle(event, at: now, using: &random) {
            switch output {
            case .send(let frame): outbox.append(frame.encoded)
            case .networkPhase: give(.networkReady(NetworkParameters()), at: now)
            case .closed(let end): linkEnd = end
            case .authenticate, .ipv4Up, .ipv4Down, .ipv6Up, .ipv6Down, .linkDown, .noted: break
            }
        }
    }

    /// Sends a frame as it is.
    func say(_ frame: PPPFrame) {
        outbox.append(frame.encoded)
    }

    func receive(_ packet: [UInt8]) {
        packets.append(packet)
    }

    func receive(frame: [UInt8]) {
        inbox.append(frame)
    }

    private func discover(_ event: Subscriber.Event, at now: Instant) {
        for output in machine.handle(event, at: now) {
            switch output {
            case .send(let octets, _): segment.deliver(octets, from: mac)
            case .up(let session):
                self.session = session
                if startsLink { give(.lowerLayerUp, at: now) }
            case .failed(let failure): self.failure = failure
            case .terminated:
                isTerminated = true
                give(.lowerLayerDown, at: now)
            }
        }
    }

    var deadline: Instant? { [machine.deadline, link.deadline].compactMap(\.self).min() }

    /// Takes in what has come, does what is due; false when there was nothing.
    func turn(_ world: World) -> Bool {
        var hasActed = false
        if let deadline = machine.deadline, deadline <= world.now { discover(.timeout, at: world.now) }
        if let deadline = link.deadline, deadline <= world.now { give(.timeout, at: world.now) }
        let (packets, frames) = (packets, inbox)
        (self.packets, inbox) = ([], [])
        for packet in packets {
            hasActed = true
            if let parsed = try? DiscoveryPacket(parsing: packet) { discovery.append(parsed) }
            discover(.received(packet, from: AccessSegment.concentrator), at: world.now)
        }
        for frame in frames {
            hasActed = true
            if let parsed = try? PPPFrame(parsing: frame) { self.frames.append(parsed) }
            give(.frame(frame), at: world.now)
        }
        let sent = outbox
        outbox = []
        for frame in sent {
            hasActed = true
            if let key = world.key(of: self) { world.plane.inject(frame, on: key) }
        }
        return hasActed
    }
}

extension World {
    /// Of the subscribers who came by themselves.
    var subscriptions: [SessionKey: Subscription] {
        Dictionary(
            uniqueKeysWithValues: sessions.all.compactMap { session in
                (session.role as? Subscription).map { (session.key, $0) }
            })
    }

    /// The session of the data plane that a subscriber's frames come by.
    func key(of station: SubscriberStation) -> SessionKey? {
        guard let circuit = station.circuit else { return nil }
        return plane.sessions.first { $0.value.way == .ethernet(circuit) }?.key
    }
}
