import Addresses
package import Configuration
import ControlProtocol
package import DataPlane
package import EventLoop
import Instants
import HTTP
package import Linux
import L2TPControl
import L2TPWire
import Netlink

/// The daemon: one loop that hears sockets, signals, the kernel and the clock, and hands each to whom it belongs.
package final class Service<Plane: DataPlane> {
    let loop: EventLoop
    let plane: Plane
    let sessions: Sessions<Plane>
    let lns: LNS
    let clients: Clients
    let lac: LAC
    let server: L2TPServer<Plane>
    let control: ControlServer
    /// Clients that follow what happens.
    let followers = Feed<EventFilter>()
    let began: Instant
    let kernel: String
    let processID: Int32
    private let notifier: ServiceNotifier?
    let configurationPath: String?
    var configuration: Configuration
    let log: Journal
    /// When an ordered end stops waiting for the peers; nil while there is none.
    private var stopDeadline: Instant?
    private var isEndingAtOnce = false
    private var nextCounters: Instant
    private var nextReconciliation: Instant
    /// Where metrics are told, where the configuration wants them told.
    let http: HTTPListener?
    var scrape = Scrape()
    /// Since 1970.
    let startSeconds: UInt32
    let descriptors = DescriptorCount()
    /// What the loop itself counts.
    private(set) var ownStatistics = Statistics()
    private(set) var turns = TurnWatch()
    /// How long systemd waits for a sign of life, and when it gets the next; nil where it does not wait for one.
    private let watchdog: Duration?
    private var nextSign: Instant?

    /// Opens the listeners and the control socket. Throws when one of them cannot be had.
    package init(
        configuration: Configuration, loop: EventLoop, plane: Plane, surroundings: consuming Surroundings, log: Journal
    ) throws(StartError) {
        let now = Instant.now
        self.configuration = configuration
        self.loop = loop
        self.plane = plane
        self.log = log
        began = now
        nextCounters = now
        nextReconciliation = now
        kernel = surroundings.kernel
        processID = surroundings.processID
        configurationPath = surroundings.configurationPath
        let hostName = configuration.daemon.hostName ?? surroundings.hostName
        let openAccess = surroundings.openAccess
        let secondsSince1970 = surroundings.secondsSince1970
        startSeconds = secondsSince1970
        watchdog = surroundings.watchdog
        notifier = surroundings.notifier
        var listeners: [DatagramSocket] = []
        for (index, endpoint) in configuration.listeners.enumerated() {
            do throws(Errno) {
                let socket = try DatagramSocket(bind: endpoint)
                try loop.add(socket.descriptor, .listener(index))
                listeners.append(socket)
            } catch {
                throw StartError(what: "listener \(endpoint)", why: error)
            }
        }
        do throws(Errno) {
            let daemon = configuration.daemon
            control = try ControlServer(path: daemon.controlSocket, group: daemon.controlGroup, loop: loop)
        } catch {
            let group = configuration.daemon.controlGroup.map { " for the group \($0)" } ?? ""
            throw StartError(what: "control socket \(configuration.daemon.controlSocket)\(group)", why: error)
        }
        do throws(Errno) {
            http = try configuration.metrics.map { endpoint throws(Errno) in try HTTPListener(bind: endpoint) }
            if let http { try loop.add(http.descriptor, .http) }
        } catch {
            throw StartError(what: "[metrics] \(configuration.metrics.map { "\($0)" } ?? "")", why: error)
        }
        let tap = PacketTap()
        let ports = try Self.openAccess(
            configuration.accessInterfaces, hostName, loop, tap, at: now, by: openAccess)
        let resolver: NameResolver
        do throws(Errno) {
            resolver = try NameResolver()
            try loop.add(resolver.descriptor, .resolver)
        } catch {
            throw StartError(what: "name resolver", why: error)
        }
        sessions = Sessions(plane: plane, tap: tap, log: log)
        lns = LNS(
            hostName: hostName, users: Users(configuration), pools: AddressPools(configuration),
            realms: Realms(configuration.realms), log: log)
        let hooks = Hooks(loop: loop, log: log)
        clients = Clients(configuration.clients, hooks: hooks, log: log)
        lac = LAC(lns: lns, ports: ports, callees: Callees(configuration.callees, hooks: hooks), log: log)
        server = L2TPServer(
            plane: plane, loop: loop, listeners: listeners, sessions: sessions, lns: lns, clients: clients, lac: lac,
            hostName: hostName, peers: Peers(configuration), limits: configuration.daemon,
            serials: CallSerialNumbers(clock: secondsSince1970), resolver: resolver, log: log, at: now)
    }

    private static func openAccess(
        _ interfaces: [AccessInterface], _ hostName: String, _ loop: EventLoop, _ tap: PacketTap,
        at now: Instant,
        by open: (String) throws(PacketSocketError) -> any DiscoverySocket
    ) throws(StartError) -> [AccessPort] {
        var random = SystemRandomNumberGenerator()
        var ports: [AccessPort] = []
        for settings in interfaces {
            do {
                let socket = try open(settings.interface)
                if let descriptor = socket.watchedDescriptor { try loop.add(descriptor, .access(ports.count)) }
                ports.append(
                    try AccessPort(
                        settings, socket: socket, tap: tap, hostName: hostName, at: now, using: &random))
            } catch {
                throw StartError(what: "[[pppoe]] \(settings.interface)", why: error)
            }
        }
        return ports
    }

    /// Runs until SIGTERM or SIGINT and the orderly end that follows it; a second such signal ends it at once.
    // The daemon's own data plane, known at compile time all the way down.
    @specialized(where Plane == LinuxDataPlane)
    package func run() throws(Errno) {
        start()
        while !isOver(at: .now) {
            let deadline = plane.hasEvents ? Instant.now : nextDeadline(at: .now)
            let events = try loop.wait(until: deadline)
            let woken = Instant.now
            serve(events, at: woken)
            let time = .now - woken
            ownStatistics.observe(.loopTurn, time)
            turns.note(time, at: woken)
        }
        log.notice("ended")
    }

    func start() {
        plane.removeLeftovers(on: configuration.listeners)
        clients.start(at: .now)
        server.standing.apply(configuration.groups, at: .now)
        notify("READY=1")
        if watchdog != nil { nextSign = .now }
        log.notice(
            "ready", ["listeners": "\(configuration.listeners.map(\.description).joined(separator: " "))"])
    }

    /// One turn: what the loop heard, what the data plane did, what is due.
    func serve(_ events: [Event], at now: Instant) {
        for event in events { handle(event, at: now) }
        handlePlaneEvents(at: now)
        survey(at: now)
        expire(at: now)
        server.endCallsOfFailedHooks(at: now)
        answerWaiting(at: now)
        for event in log.takeNews() { followers.publish(.event(event)) { $0.matches(event) } }
        log.isFollowed = !followers.isEmpty
        control.deliver()
        giveSign(at: now)
    }

    /// systemd's watchdog is told that the loop turns, by the loop: one that is stuck must be ended.
    private func giveSign(at now: Instant) {
        guard let watchdog, let due = nextSign, due <= now else { return }
        notify("WATCHDOG=1")
        nextSign = now + watchdog / 2
    }

    // MARK: - Events

    private func handle(_ event: Event, at now: Instant) {
        switch event {
        case .signal(let signal): handle(signal, at: now)
        case .deadline: break
        case .readable(let token), .writable(let token), .hangUp(let token):
            switch Token.Owner(rawValue: token.owner) {
            case .listener: server.drain(listener: Int(token.value), at: now)
            case .tunnel: server.drain(tunnel: TunnelID(UInt16(truncatingIfNeeded: token.value)), at: now)
            case .caller: server.drain(caller: TunnelID(UInt16(truncatingIfNeeded: token.value)), at: now)
            case .access: server.drain(access: Int(token.value), at: now)
            case .plane: plane.handle(event)
            case .hook: clients.hooks.handle(token.value, at: now)
            case .resolver: server.takeAddresses(at: now)
            case .controlListener: control.accept(at: now)
            case .http: serveHTTP(at: now)
            case .controlClient: handle(event, clientNumber: token.value, at: now)
            case nil: break
            }
        }
    }

    private func handle(_ event: Event, clientNumber: UInt64, at now: Instant) {
        guard let client = control.client(clientNumber) else { return }
        switch event {
        case .readable: client.read()
        case .writable: client.advance(until: control.allowance)
        case .hangUp:
            // What it asked for before it went is done, in as many turns as it takes; nobody is there to be answered.
            client.read()
            serve(client, at: now)
            abandonWait(of: client, at: now)
            if !client.isPostponed { client.abandon() }
        case .signal, .deadline: break
        }
        serve(client, at: now)
        control.settle(client)
    }

    /// Whether an ordered end is under way.
    var isStopping: Bool { stopDeadline != nil }

    private func handlePlaneEvents(at now: Instant) {
        let events = plane.takeEvents()
        guard !events.isEmpty else { return }
        server.handle(events, at: now)
        for case .leftoversRemoved(let leftovers) in events { report(leftovers) }
    }

    /// A piece of the survey, if one is under way; at its end those are answered who wait for the kernel's counters.
    private func survey(at now: Instant) {
        guard sessions.survey != nil else { return }
        server.survey(until: .now + .milliseconds(2), at: now)
        guard sessions.survey == nil else { return }
        answerWithCounters(at: now)
        answerScrape(at: now)
    }

    func handle(_ signal: Signal, at now: Instant) {
        switch signal {
        case .hangUp: _ = reload(at: now)
        case .windowChange: break
        case .terminate, .interrupt:
            guard stopDeadline == nil else {
                log.warning("ending at once: peers that were not told keep their tunnels for a while")
                isEndingAtOnce = true
                return
            }
            notify("STOPPING=1")
            log.notice(
                "stopping", ["tunnels": "\(server.table.liveCount)", "sessions": "\(sessions.liveCount)"])
            stopDeadline = now + configuration.daemon.shutdownTimeout
            clients.stop()
            server.stop(at: now)
        }
    }

    // MARK: - Time

    /// When `serve` is due though nothing happens; nil when nothing is waited for.
    func nextDeadline(at now: Instant) -> Instant? {
        [
            server.deadline, sessions.isEmpty ? nil : nextCounters, reconciliation, control.resumption,
            control.waitDeadline, nextSign, httpDeadline, log.deadline,
            stopDeadline.flatMap { $0 > now ? $0 : nil }, sessions.survey == nil ? nil : now,
        ].reduce(nil, earlier)
    }

    private func expire(at now: Instant) {
        if let due = server.deadline, due <= now { server.timeout(at: now) }
        control.resume(at: now)
        log.timeout(at: now)
        if let due = reconciliation, due <= now {
            // It reads the counters as well.
            (nextReconciliation, nextCounters) = (
                now + (server.limits.reconcileInterval ?? .zero), now + countersInterval
            )
            plane.reconcile()
        }
        expireHTTP(at: now)
        if !sessions.isEmpty, nextCounters <= now {
            nextCounters = now + countersInterval
            plane.readCounters()
        }
    }

    /// When what the kernel has is compared with what it should have; nil while it should have nothing of ours.
    private var reconciliation: Instant? {
        let hasAny = server.table.liveCount > server.table.halfOpenCount || !sessions.isEmpty
        return hasAny && server.limits.reconcileInterval != nil ? nextReconciliation : nil
    }

    /// Often enough that data of the last third of a HELLO interval keeps a tunnel from being asked (KA-01).
    private var countersInterval: Duration {
        let settings =
            server.peers.all.map(\.tunnel)
            + (configuration.groups + clients.all.map(\.client.group)).flatMap { $0.members.map(\.lns.tunnel) }
        let shortest = settings.compactMap(\.helloInterval).min() ?? .seconds(60)
        return max(.seconds(1), min(shortest / 3, .seconds(20)))
    }

    // MARK: - The end

    /// Whether there is nothing more to do: peers have heard of the end, or had their time, and the kernel is as it was
    /// before us.
    func isOver(at now: Instant) -> Bool {
        guard let stopDeadline else { return false }
        return isEndingAtOnce || plane.isIdle && clients.hooks.isIdle && (server.isStopped || stopDeadline <= now)
    }

    private func report(_ leftovers: [LeftoverTunnel]) {
        for leftover in leftovers {
            let fields: Facts = [
                "tunnel_id": "\(leftover.tunnel.id)", "sessions": "\(leftover.sessions)",
            ]
            if let failure = leftover.failure {
                log.error(
                    "kernel tunnel of an earlier run stays", fields.adding(["error": "\(failure)"]))
            } else {
                log.notice("kernel tunnel of an earlier run removed", fields)
            }
        }
    }

    func notify(_ state: String) {
        // Without systemd there is nobody to tell; and that it did not hear is no reason to end.
        try? notifier?.notify(state)
    }
}
