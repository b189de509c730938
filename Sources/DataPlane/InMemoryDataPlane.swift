package import Addresses
package import EventLoop
import Glibc
import Linux
package import Netlink

/// A data plane without a kernel, for tests: it keeps books as strictly as the kernel does, records every call, fails
/// where it is told to, and hands frames to whoever plays the peer.
package final class InMemoryDataPlane: DataPlane {
    /// A call of the seam, as it was made.
    package enum Call: Hashable, Sendable {
        case createTunnel(UInt32, peer: UInt32, local: Endpoint, remote: Endpoint?)
        case deleteTunnel(UInt32)
        case createSession(SessionKey, peer: SessionKey, SessionParameters)
        case requireSequence(SessionKey)
        case createUnit(SessionKey, UnitSpecification)
        case configure(SessionKey, UnitNetwork, mtu: Int)
        case withdraw(SessionKey, NetworkProtocol)
        case addRoutes(SessionKey, SessionRoutes)
        case deleteSession(SessionKey)
        case readCounters
        case removeLeftovers([Endpoint])

        package var kind: Kind {
            switch self {
            case .createTunnel: .createTunnel
            case .deleteTunnel: .deleteTunnel
            case .createSession: .createSession
            case .requireSequence: .requireSequence
            case .createUnit: .createUnit
            case .configure: .configure
            case .withdraw: .withdraw
            case .addRoutes: .addRoutes
            case .deleteSession: .deleteSession
            case .readCounters: .readCounters
            case .removeLeftovers: .removeLeftovers
            }
        }
    }

    /// The kinds of calls; those that make something can be told to fail.
    package enum Kind: Hashable, Sendable, CaseIterable {
        case createTunnel, deleteTunnel, createSession, requireSequence, createUnit, configure, withdraw, addRoutes,
            deleteSession, readCounters
        case removeLeftovers
    }

    /// A frame that was sent.
    package struct SentFrame: Hashable, Sendable {
        package var key: SessionKey
        package var frame: [UInt8]
        package var way: FrameWay
    }

    /// What exists of a session.
    package struct Session: Hashable, Sendable {
        package var peer: SessionKey
        package var parameters: SessionParameters
        package var unit: UnitSpecification?
        package var networks: [NetworkProtocol: UnitNetwork] = [:]
        package var routes: SessionRoutes?
    }

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

    private var events: [DataPlaneEvent] = []
    private var failures: [Kind: [Int: Int32]] = [:]
    private var counts: [Kind: Int] = [:]
    private var lastInterfaceIndex: Int32 = 100

    package init() {}

    /// Makes the `nth` (from 1, counted over the whole life) call of a kind fail with an error number (SSF-12).
    package func fail(_ kind: Kind, nth: Int, code: Int32 = 12) {
        failures[kind, default: [:]][nth] = code
    }

    /// A frame from the peer arrives; false, and dropped, when the session does not exist or has no such way.
    @discardableResult
    package func inject(_ frame: [UInt8], on key: SessionKey, from way: FrameWay) -> Bool {
        guard let session = sessions[key], way == .channel || session.unit != nil else { return false }
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

    /// Somebody else deletes a session.
    package func lose(_ key: SessionKey) {
        if sessions[key] != nil { events.append(.sessionLost(key)) }
    }

    /// Takes the frames that were sent since the last call.
    package func takeSentFrames() -> [SentFrame] {
        defer { sentFrames = [] }
        return sentFrames
    }

    package var hasEvents: Bool { !events.isEmpty && !isStalled }

    package func takeEvents() -> [DataPlaneEvent] {
        guard !isStalled else { return [] }
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
            sessions[key] = Session(peer: peer, parameters: parameters)
            events.append(.sessionReady(key))
        }
    }

    package func requireSequence(_ key: SessionKey) -> Bool {
        guard record(.requireSequence(key)) == nil, sessions[key] != nil else { return false }
        sessions[key]?.parameters.sendsSequence = true
        sessions[key]?.parameters.requiresSequence = true
        return true
    }

    package func createUnit(_ key: SessionKey, _ specification: UnitSpecification) {
        if let code = record(.createUnit(key, specification)) {
            events.append(.unitFailed(key, error(.createInterface, code)))
        } else if sessions[key] == nil {
            events.append(.unitFailed(key, error(.lookUp, ENODEV)))
        } else if sessions.values.contains(where: { $0.unit?.name == specification.name }) {
            events.append(.unitFailed(key, error(.createInterface, EEXIST)))
        } else if sessions[key]?.unit != nil {
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
        let pairs = sessions.keys.map { ($0, counters[$0] ?? SessionCounters()) }
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
        guard sessions.removeValue(forKey: key) != nil else { return false }
        // The deletion's is the only event that follows a deletion.
        drop { $0.session == key }
        events.append(.sessionDeleted(key, counters.removeValue(forKey: key) ?? SessionCounters()))
        return true
    }

    private func drop(_ isVoid: (DataPlaneEvent) -> Bool) {
        events.removeAll(where: isVoid)
    }

    private func error(_ step: DataPlaneError.Step, _ code: Int32) -> DataPlaneError {
        DataPlaneError(step, Errno("in memory", code: code))
    }
}

extension DataPlaneEvent {
    /// The session that an event is about.
    package var session: SessionKey? {
        switch self {
        case .sessionReady(let key), .sessionFailed(let key, _), .sessionDeleted(let key, _), .sessionLost(let key),
            .channelHangUp(let key), .unitReady(let key, _, _), .unitFailed(let key, _), .configured(let key, _),
            .configurationFailed(let key, _, _), .withdrawn(let key, _), .routed(let key),
            .routingFailed(let key, _), .frame(let key, _, _):
            key
        case .tunnelReady, .tunnelFailed, .tunnelDeleted, .tunnelLost, .counters, .leftoversRemoved:
            nil
        }
    }
}
