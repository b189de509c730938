package import Addresses
package import EventLoop
import Glibc
import Linux
package import Netlink

/// A data plane without a kernel, for tests: it keeps books as strictly as the kernel does, records every call, fails
/// where it is told to, and hands frames to whoever plays the peer.
package final class InMemoryDataPlane: DataPlane {
    package var demultiplexesByTunnelID = true
    package private(set) var calls: [Call] = []
    /// The tunnels that exist, with the peer's id of each.
    package private(set) var tunnels: [UInt32: UInt32] = [:]
    package private(set) var sessions: [SessionKey: Session] = [:]
    /// Frames that were sent and not carried by `carrier`.
    package private(set) var sentFrames: [SentFrame] = []
    /// Carries sent frames to the peer; without it they gather in `sentFrames`.
    package var carrier: ((SentFrame) -> Void)?
    /// What `readCounters` tells of a session that exists; a session without an entry has zeros.
    package var counters: [SessionKey: SessionCounters] = [:]
    /// What `removeLeftovers` finds, where an address given has one's port.
    package var leftovers: [LeftoverTunnel] = []
    /// While true, events are kept back: a slow kernel.
    package var isStalled = false

    /// What it says of workers that it does not have.
    package var backlogs: [Backlog.Worker: Backlog] = [:]

    private var events: [DataPlaneEvent] = []
    /// What `reconcile` will find.
    private var unheardLosses: [DataPlaneEvent] = []
    /// Bridges asked for, which are made when events are taken.
    private var bridges: [(one: SessionKey, other: SessionKey, failure: Int32?)] = []
    private var failures: [Kind: [Int: Int32]] = [:]
    private var counts: [Kind: Int] = [:]
    private var lastInterfaceIndex: Int32 = 100

    package init() {}

    /// Makes the `nth` (from 1, counted over the whole life) call of a kind fail with an error number (SSF-12).
    package func fail(_ kind: Kind, nth: Int, code: Int32 = 12) {
        failures[kind, default: [:]][nth] = code
    }

    /// A frame from the peer arrives, and passes to the other side where the session is bridged; false, and dropped, when
    /// the session does not exist or has no such way.
    @discardableResult
    package func inject(_ frame: [UInt8], on key: SessionKey, from way: FrameWay) -> Bool {
        guard let session = sessions[key], way == .channel || session.unit != nil else { return false }
        if session.isBridged { return session.bridge.map { send(frame, on: $0, via: .channel) } ?? false }
        events.append(.frame(key, frame, from: way))
        return true
    }

    /// A frame from the peer arrives by the way that the kernel would choose: everything by the channel while there is
    /// no unit, then protocols below 0xC000 by the unit.
    @discardableResult
    package func inject(_ frame: [UInt8], on key: SessionKey) -> Bool {
        let hasUnit = sessions[key]?.unit != nil
        let isLinkLayer = frame.first.map { $0 >= 0xc0 } ?? true
        return inject(frame, on: key, from: hasUnit && !isLinkLayer ? .unit : .channel)
    }

    /// The kernel takes a session's channel away.
    package func hangUp(_ key: SessionKey) {
        if sessions[key] != nil { events.append(.channelHangUp(key)) }
    }

    /// Somebody else deletes a session; `unheard`: and the kernel's event is lost.
    package func lose(_ key: SessionKey, unheard: Bool = false) {
        if sessions[key] != nil { lose(.sessionLost(key), unheard) }
    }

    /// Somebody else deletes a tunnel.
    package func lose(tunnel id: UInt32, unheard: Bool = false) {
        if tunnels[id] != nil { lose(.tunnelLost(id), unheard) }
    }

    /// Somebody else does something to a session's interface.
    package func lose(_ loss: InterfaceLoss, of key: SessionKey, unheard: Bool = false) {
        if sessions[key]?.unit != nil { lose(.interfaceLost(key, loss), unheard) }
    }

    private func lose(_ loss: DataPlaneEvent, _ unheard: Bool) {
        if unheard { unheardLosses.append(loss) } else { events.append(loss) }
    }

    /// Takes the frames that were sent since the last call.
    package func takeSentFrames() -> [SentFrame] {
        defer { sentFrames = [] }
        return sentFrames
    }

    package var hasEvents: Bool { !(events.isEmpty && bridges.isEmpty) && !isStalled }

    package func takeEvents() -> [DataPlaneEvent] {
        guard !isStalled else { return [] }
        makeBridges()
        defer { events = [] }
        return events
    }

    package var isIdle: Bool { tunnels.isEmpty && sessions.isEmpty && events.isEmpty }

    package func handle(_ event: Event) {}

    package func createTunnel(_ id: UInt32, peer: UInt32, socket: DatagramSocket) {
        if let code = record(.createTunnel(id, peer: peer, local: socket.local, remote: socket.remote)) {
            events.append(.tunnelFailed(id, error(.createTunnel, code)))
        } else if tunnels[id] != nil {
            events.append(.tunnelFailed(id, error(.createTunnel, EEXIST)))
        } else {
            tunnels[id] = peer
            events.append(.tunnelReady(id))
        }
    }

    package func deleteTunnel(_ id: UInt32) {
        record(.deleteTunnel(id))
        for key in sessions.keys where key.tunnel == id { remove(key) }
        tunnels[id] = nil
        drop { event in
            switch event {
            case .tunnelReady(id), .tunnelFailed(id, _), .tunnelLost(id): true
            default: false
            }
        }
        events.append(.tunnelDeleted(id))
    }

    package func createSession(_ key: SessionKey, peer: SessionKey, parameters: SessionParameters) {
        if let code = record(.createSession(key, peer: peer, parameters)) {
            events.append(.sessionFailed(key, error(.createSession, code)))
        } else if tunnels[key.tunnel] == nil {
            events.append(.sessionFailed(key, error(.createSession, ENODEV)))
        } else if sessions[key] != nil {
            events.append(.sessionFailed(key, error(.createSession, EEXIST)))
        } else {
            sessions[key] = Session(way: .tunnel(peer: peer, parameters))
            events.append(.sessionReady(key))
        }
    }

    package func createAccessSession(_ key: SessionKey, _ circuit: PPPoECircuit) {
        if let code = record(.createAccessSession(key, circuit)) {
            events.append(.sessionFailed(key, error(.connectSession, code)))
        } else if !key.isAccess {
            events.append(.sessionFailed(key, error(.lookUp, EINVAL)))
        } else if sessions[key] != nil {
            events.append(.sessionFailed(key, error(.lookUp, EEXIST)))
        } else if sessions.values.contains(where: { $0.way == .ethernet(circuit) }) {
            events.append(.sessionFailed(key, error(.connectSession, EALREADY)))
        } else {
            sessions[key] = Session(way: .ethernet(circuit))
            events.append(.sessionReady(key))
        }
    }

    package func bridge(_ one: SessionKey, _ other: SessionKey) {
        bridges.append((one, other, record(.bridge(one, other))))
    }

    private func makeBridges() {
        for (one, other, failure) in bridges {
            if let code = failure ?? obstacle(one, other) {
                events.append(.bridgeFailed(one, other, error(.bridgeChannels, code)))
                continue
            }
            for (key, bridge) in [(one, other), (other, one)] {
                sessions[key]?.isBridged = true
                sessions[key]?.bridge = bridge
            }
            let waiting = events
            events = []
            for event in waiting {
                switch event {
                case .frame(one, let frame, from: _): send(frame, on: other, via: .channel)
                case .frame(other, let frame, from: _): send(frame, on: one, via: .channel)
                default: events.append(event)
                }
            }
            events.append(.bridged(one, other))
        }
        bridges = []
    }

    /// Why the kernel would not join two channels.
    private func obstacle(_ one: SessionKey, _ other: SessionKey) -> Int32? {
        guard let first = sessions[one], let second = sessions[other] else { return ENODEV }
        let isFree = one != other && [first, second].allSatisfy { !$0.isBridged && $0.unit == nil }
        return isFree ? nil : EALREADY
    }

    package func requireSequence(_ key: SessionKey) -> Bool {
        guard record(.requireSequence(key)) == nil,
            case .tunnel(let peer, var parameters) = sessions[key]?.way
        else { return false }
        parameters.sendsSequence = true
        parameters.requiresSequence = true
        sessions[key]?.way = .tunnel(peer: peer, parameters)
        return true
    }

    package func createUnit(_ key: SessionKey, _ specification: UnitSpecification) {
        if let code = record(.createUnit(key, specification)) {
            events.append(.unitFailed(key, error(.createInterface, code)))
        } else if sessions[key] == nil {
            events.append(.unitFailed(key, error(.lookUp, ENODEV)))
        } else if sessions.values.contains(where: { $0.unit?.name == specification.name }) {
            events.append(.unitFailed(key, error(.createInterface, EEXIST)))
        } else if sessions[key]?.unit != nil || sessions[key]?.isBridged == true {
            events.append(.unitFailed(key, error(.lookUp, EEXIST)))
        } else {
            sessions[key]?.unit = specification
            lastInterfaceIndex += 1
            events.append(.unitReady(key, interfaceIndex: lastInterfaceIndex, name: specification.name))
        }
    }

    package func configure(_ key: SessionKey, _ network: UnitNetwork, mtu: Int) {
        if let code = record(.configure(key, network, mtu: mtu)) {
            let error = error(.configureInterface, code)
            events.append(.configurationFailed(key, network.networkProtocol, error))
        } else if sessions[key]?.unit == nil {
            events.append(.configurationFailed(key, network.networkProtocol, error(.lookUp, ENODEV)))
        } else {
            sessions[key]?.unit?.mtu = mtu
            sessions[key]?.networks[network.networkProtocol] = network
            events.append(.configured(key, network.networkProtocol))
        }
    }

    package func addRoutes(_ key: SessionKey, _ routes: SessionRoutes) {
        if let code = record(.addRoutes(key, routes)) {
            events.append(.routingFailed(key, error(.addRoute, code)))
        } else if sessions[key]?.networks.isEmpty != false {
            events.append(.routingFailed(key, error(.lookUp, ENODEV)))
        } else {
            sessions[key]?.routes = routes
            events.append(.routed(key))
        }
    }

    package func withdraw(_ key: SessionKey, _ networkProtocol: NetworkProtocol) {
        record(.withdraw(key, networkProtocol))
        sessions[key]?.networks[networkProtocol] = nil
        if sessions[key]?.networks.isEmpty == true { sessions[key]?.routes = nil }
        events.append(.withdrawn(key, networkProtocol))
    }

    @discardableResult
    package func send(_ frame: [UInt8], on key: SessionKey, via way: FrameWay) -> Bool {
        guard let session = sessions[key], way == .channel || session.unit != nil else { return false }
        let sent = SentFrame(key: key, frame: frame, way: way)
        if let carrier { carrier(sent) } else { sentFrames.append(sent) }
        return true
    }

    package func deleteSession(_ key: SessionKey) {
        record(.deleteSession(key))
        if !remove(key) { events.append(.sessionDeleted(key, nil)) }
    }

    package func readCounters() {
        record(.readCounters)
        tellCounters()
    }

    package func reconcile() {
        record(.reconcile)
        tellCounters()
        events += unheardLosses
        unheardLosses = []
    }

    private func tellCounters() {
        let pairs = sessions.filter { !$0.key.isAccess || $0.value.unit != nil }.keys
            .map { ($0, counters[$0] ?? SessionCounters()) }
        events.append(.counters(Dictionary(uniqueKeysWithValues: pairs)))
    }

    package func removeLeftovers(on addresses: [Endpoint]) {
        record(.removeLeftovers(addresses))
        let found = leftovers.filter { leftover in addresses.contains { $0.port == leftover.tunnel.local?.port } }
        leftovers.removeAll { found.contains($0) }
        events.append(.leftoversRemoved(found))
    }

    /// Books the call; an error number when it was told to fail.
    @discardableResult
    private func record(_ call: Call) -> Int32? {
        calls.append(call)
        counts[call.kind, default: 0] += 1
        return counts[call.kind].flatMap { failures[call.kind]?[$0] }
    }

    @discardableResult
    private func remove(_ key: SessionKey) -> Bool {
        guard let session = sessions.removeValue(forKey: key) else { return false }
        if let other = session.bridge { sessions[other]?.bridge = nil }
        // The deletion's is the only event that follows a deletion.
        drop { $0.session == key }
        bridges.removeAll { $0.one == key || $0.other == key }
        let last = counters.removeValue(forKey: key) ?? SessionCounters()
        events.append(.sessionDeleted(key, key.isAccess && session.unit == nil ? nil : last))
        return true
    }

    private func drop(_ isVoid: (DataPlaneEvent) -> Bool) {
        events.removeAll(where: isVoid)
        unheardLosses.removeAll(where: isVoid)
    }

    private func error(_ step: DataPlaneError.Step, _ code: Int32) -> DataPlaneError {
        DataPlaneError(step, Errno("in memory", code: code))
    }
}
