import Addresses
import EventLoop
import Glibc
import Linux
import Netlink

/// Makes tunnels, sessions and interfaces, one after the other: more threads would only wait for the kernel's lock.
final class SetupWorker: Sendable {
    enum Job: Sendable {
        case tunnel(serial: UInt64, Ticket, id: UInt32, peer: UInt32, socket: ClosableFD)
        case session(serial: UInt64, Ticket, SessionSetup)
        case unit(serial: UInt64, Ticket, UnitSpecification, PPPChannel)
        case configure(serial: UInt64, Ticket, PPPUnit, UnitNetwork, previous: UnitNetwork?, mtu: Int)
        case withdraw(serial: UInt64, Ticket, PPPUnit, UnitNetwork, isLast: Bool)
        /// `isPinned`: the session has pinned the way around itself before.
        case route(serial: UInt64, Ticket, PPPUnit, SessionRoutes, isPinned: Bool)
        case unpin(IPAddress)
        case removeLeftovers([Endpoint], except: Set<UInt32>)
    }

    /// Nil ends the worker.
    private let jobs: Mailbox<Job?>
    private let results: Mailbox<WorkerResult>

    init(_ family: L2TPFamily, results: Mailbox<WorkerResult>) throws(Errno) {
        jobs = try Mailbox()
        self.results = results
        try WorkerThread.start(named: "l2tpd-setup") { [jobs, results] in
            var setup: Setup?
            while true {
                for job in jobs.waitAndDrain() {
                    guard let job else { return }
                    do throws(Errno) {
                        // When descriptors have run out, the next job tries again.
                        let ready = if let setup { setup } else { try Setup(family, results) }
                        setup = ready
                        if let result = ready.perform(job) { results.post(result) }
                    } catch {
                        results.post(Setup.failure(of: job, error))
                    }
                }
            }
        }
    }

    deinit {
        jobs.post(nil)
    }

    func post(_ job: Job) {
        jobs.post(job)
    }
}

/// What a session is made of.
enum SessionSetup: Sendable {
    case l2tp(SessionKey, peer: SessionKey, SessionParameters, TunnelSetup)
    case pppoe(SessionKey, PPPoECircuit)

    var key: SessionKey {
        switch self {
        case .l2tp(let key, _, _, _), .pppoe(let key, _): key
        }
    }

    var circuit: PPPoECircuit? {
        switch self {
        case .l2tp: nil
        case .pppoe(_, let circuit): circuit
        }
    }
}

/// What a session's tunnel gives to it.
struct TunnelSetup: Sendable {
    var ticket: Ticket
    var socket: ClosableFD
    var overIPv6: Bool
}

/// The setup worker's own: netlink sockets that belong to its thread.
private struct Setup {
    let l2tp: L2TPNetlink
    let route: RouteNetlink
    let attach: AttachWorkers
    let pins: PinnedRoutes

    init(_ family: L2TPFamily, _ results: Mailbox<WorkerResult>) throws(Errno) {
        attach = AttachWorkers(family, results: results)
        l2tp = try L2TPNetlink(family)
        route = try RouteNetlink()
        pins = PinnedRoutes()
    }

    /// Nil: the result follows from another worker.
    func perform(_ job: SetupWorker.Job) -> WorkerResult? {
        switch job {
        case .tunnel(let serial, let ticket, let id, let peer, let socket):
            if ticket.isCancelled.isSet { return .skipped(serial) }
            do throws(Errno) {
                try l2tp.createTunnel(id: id, peerID: peer, socket: socket.rawValue)
                ticket.isMade.set()
                return .tunnel(serial, nil)
            } catch {
                return .tunnel(serial, DataPlaneError(.createTunnel, error))
            }
        case .session(let serial, let ticket, let setup):
            if ticket.isCancelled.isSet { return .skipped(serial) }
            do throws(DataPlaneError) {
                let socket = try socket(setup)
                attach.post(AttachWorkers.Job(serial: serial, key: setup.key, socket: socket))
                return nil
            } catch {
                return .session(serial, .failure(error))
            }
        case .unit(let serial, let ticket, let specification, let channel):
            if ticket.isCancelled.isSet { return .skipped(serial) }
            do throws(DataPlaneError) {
                return .unit(serial, .success(try unit(specification, channel)))
            } catch {
                return .unit(serial, .failure(error))
            }
        case .configure(let serial, let ticket, let unit, let network, let previous, let mtu):
            if ticket.isCancelled.isSet { return .skipped(serial) }
            if let previous, previous != network { withdraw(previous, from: unit, isLast: false) }
            do throws(DataPlaneError) {
                try configure(unit, network, mtu)
                return .configured(serial, network.networkProtocol, nil)
            } catch {
                return .configured(serial, network.networkProtocol, error)
            }
        case .withdraw(let serial, let ticket, let unit, let network, let isLast):
            if ticket.isCancelled.isSet { return .skipped(serial) }
            withdraw(network, from: unit, isLast: isLast)
            return .withdrawn(serial, network.networkProtocol)
        case .route(let serial, let ticket, let unit, let routes, let isPinned):
            if ticket.isCancelled.isSet { return .skipped(serial) }
            var pinned: IPAddress?
            do throws(Errno) {
                if routes.needPin, !isPinned {
                    try pins.pin(routes.around, by: route)
                    pinned = routes.around
                }
                for prefix in routes.prefixes { try route.add(Route(to: prefix, interface: unit.interfaceIndex)) }
                return .routed(serial, pinned: pinned, nil)
            } catch {
                return .routed(serial, pinned: pinned, DataPlaneError(.addRoute, error))
            }
        case .unpin(let address):
            pins.unpin(address, by: route)
            return .unpinned
        case .removeLeftovers(let addresses, let ours):
            return .leftovers(removeLeftovers(on: addresses, except: ours))
        }
    }

    /// The answer to a job when the worker could not begin its work.
    static func failure(of job: SetupWorker.Job, _ error: Errno) -> WorkerResult {
        switch job {
        case .tunnel(let serial, _, _, _, _): .tunnel(serial, DataPlaneError(.createTunnel, error))
        case .session(let serial, _, _): .session(serial, .failure(DataPlaneError(.createSession, error)))
        case .unit(let serial, _, _, _): .unit(serial, .failure(DataPlaneError(.createInterface, error)))
        case .configure(let serial, _, _, let network, _, _):
            .configured(serial, network.networkProtocol, DataPlaneError(.configureInterface, error))
        case .withdraw(let serial, _, _, let network, _): .withdrawn(serial, network.networkProtocol)
        case .route(let serial, _, _, _, _): .routed(serial, pinned: nil, DataPlaneError(.addRoute, error))
        case .unpin: .unpinned
        case .removeLeftovers: .leftovers([])
        }
    }

    private func socket(_ setup: SessionSetup) throws(DataPlaneError) -> PPPoXSocket {
        switch setup {
        case .l2tp(let key, let peer, let parameters, let tunnel): try socket(key, peer, parameters, tunnel)
        case .pppoe(_, let circuit): try step(.connectSession, try PPPoXSocket(circuit))
        }
    }

    /// All or nothing: what was made before a step failed is unmade.
    private func socket(
        _ key: SessionKey, _ peer: SessionKey, _ parameters: SessionParameters, _ tunnel: TunnelSetup
    ) throws(DataPlaneError) -> PPPoXSocket {
        // A tunnel of this id that is not ours must not get our sessions.
        guard tunnel.ticket.isMade.isSet else {
            throw DataPlaneError(.createSession, Errno("tunnel", code: ENODEV))
        }
        let timeout = parameters.reorderTimeout.components
        let milliseconds = UInt64(max(0, timeout.seconds * 1000 + timeout.attoseconds / 1_000_000_000_000_000))
        let session = KernelSession(
            tunnel: key.tunnel, id: key.session, peerID: peer.session, isLNS: parameters.isLNS,
            sendsSequence: parameters.sendsSequence, requiresSequence: parameters.requiresSequence,
            reorderTimeout: milliseconds)
        try step(.createSession, try l2tp.createSession(session))
        do throws(Errno) {
            return try PPPoXSocket(
                session: key, peer: peer, tunnelSocket: tunnel.socket.rawValue, overIPv6: tunnel.overIPv6)
        } catch {
            try? l2tp.removeSession(key)
            throw DataPlaneError(.connectSession, error)
        }
    }

    private func unit(
        _ specification: UnitSpecification, _ channel: PPPChannel
    ) throws(DataPlaneError) -> PPPUnit {
        let unit = try step(.createInterface, try PPPUnit(specification, by: route))
        do throws(DataPlaneError) {
            try step(.connectUnit, try channel.connect(to: unit))
            return unit
        } catch {
            unit.close()
            throw error
        }
    }

    private func configure(_ unit: PPPUnit, _ network: UnitNetwork, _ mtu: Int) throws(DataPlaneError) {
        do throws(DataPlaneError) {
            try step(.configureInterface, try route.bringUp(unit.interfaceIndex, mtu: mtu, with: network.address))
            try step(.passProtocol, try unit.set(network.networkProtocol, passes: true))
        } catch {
            withdraw(network, from: unit, isLast: false)
            throw error
        }
    }

    /// What cannot be withdrawn is not there any more.
    private func withdraw(_ network: UnitNetwork, from unit: PPPUnit, isLast: Bool) {
        try? unit.set(network.networkProtocol, passes: false)
        try? route.remove(network.address, from: unit.interfaceIndex)
        if isLast { try? route.bringDown(unit.interfaceIndex) }
    }

    private func removeLeftovers(on addresses: [Endpoint], except ours: Set<UInt32>) -> [LeftoverTunnel] {
        guard let tunnels = try? l2tp.tunnels(), let sessions = try? l2tp.sessions() else { return [] }
        return tunnels.filter { tunnel in
            guard let local = tunnel.local, !ours.contains(tunnel.id) else { return false }
            return addresses.contains { $0.covers(local) }
        }
        .map { tunnel in
            var leftover = LeftoverTunnel(
                tunnel: tunnel, sessions: sessions.count { $0.tunnel == tunnel.id }, failure: nil)
            do throws(Errno) {
                try l2tp.removeTunnel(id: tunnel.id)
            } catch {
                leftover.failure = DataPlaneError(.deleteTunnel, error)
            }
            return leftover
        }
    }

    private func step<Result>(
        _ step: DataPlaneError.Step, _ body: @autoclosure () throws(Errno) -> Result
    ) throws(DataPlaneError) -> Result {
        do throws(Errno) {
            return try body()
        } catch {
            throw DataPlaneError(step, error)
        }
    }
}

extension Endpoint {
    /// Whether a socket bound here would be in the way of one bound to `other`: same port, and same address or any.
    fileprivate func covers(_ other: Endpoint) -> Bool {
        guard port == other.port else { return false }
        return switch (address, other.address) {
        case (.v4(let own), .v4(let theirs)): own == .any || own == theirs
        case (.v6(let own), .v6(let theirs)): own == .any || own == theirs
        case (.v4, .v6), (.v6, .v4): false
        }
    }
}

extension UnitNetwork {
    var address: InterfaceAddress {
        switch self {
        case .ipv4(let local, let peer):
            InterfaceAddress(local: .v4(local), peer: .v4(peer), prefixLength: 32)
        case .ipv6(let local, let peer):
            InterfaceAddress(
                local: .v6(IPv6Address(linkLocal: local)), peer: .v6(IPv6Address(linkLocal: peer)), prefixLength: 128)
        }
    }
}
