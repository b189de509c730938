import Addresses
import Configuration
import DataPlane
private import DequeModule
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Linux

/// The tunnels and the roles that their calls have: from datagrams, kernel events and time to datagrams and kernel
/// objects. It sees to it that each machine hears what is its own and that what the machine wants is done.
final class L2TPServer<Plane: DataPlane> {
    let plane: Plane
    let loop: EventLoop
    let sessions: Sessions<Plane>
    let tap: PacketTap
    let lns: LNS
    let clients: Clients
    let lac: LAC
    let listeners: [DatagramSocket]
    let hostName: String
    let log: Journal
    var statistics = Statistics()
    /// What tunnels that are forgotten met with, by what the configuration calls the other end.
    private(set) var deliveryOfGone: [String: DeliveryCounters] = [:]
    private(set) var peers: Peers
    private(set) var limits: Daemon
    var table = TunnelTable()
    var admission: Admission
    var groups = TunnelGroups()
    var standing = StandingTunnels()
    /// The tunnels that we open, until they are over.
    var outboundTunnels: [Counterpart.Outbound.Share: TunnelContext] = [:]
    /// The calls that we place, by their Call Serial Numbers, until an LNS takes them.
    var placedCalls: [UInt32: PlacedCall] = [:]
    /// Calls to be switched, by their incoming sessions' keys, until an LNS takes them.
    var switching: [SessionKey: SwitchedCall] = [:]
    var serials: CallSerialNumbers
    let resolver: NameResolver
    /// Calls that wait for the address of their LNS.
    var lookups: [String: [PlacedCall]] = [:]
    /// Orders to open tunnels that wait for it, by the name.
    var requestedTunnels: [String: [RequestedTunnels]] = [:]
    /// Which of a name's addresses is next: each failure is one for the next address.
    var addressTurns: [String: Int] = [:]
    var random = SystemRandomNumberGenerator()
    private var deadlines = DeadlineQueue<TunnelID>()
    /// Tunnels that were told something and have not thought about it yet, in the order in which they were told.
    private var told: Deque<TunnelContext> = []
    private var isThinking = false
    private var isGathering = false
    /// Nobody new is let in.
    private(set) var isStopping = false

    init(
        plane: Plane, loop: EventLoop, listeners: [DatagramSocket], sessions: Sessions<Plane>, lns: LNS,
        clients: Clients, lac: LAC, hostName: String, peers: Peers, limits: Daemon, serials: CallSerialNumbers,
        resolver: NameResolver, log: Journal,
        at now: Instant
    ) {
        self.plane = plane
        self.loop = loop
        self.listeners = listeners
        self.sessions = sessions
        tap = sessions.tap
        self.lns = lns
        self.clients = clients
        self.lac = lac
        self.serials = serials
        self.resolver = resolver
        self.hostName = hostName
        self.peers = peers
        self.limits = limits
        self.log = log
        admission = Admission(limits: limits, at: now)
    }

    // MARK: - What happens

    /// All that a listener holds.
    func drain(listener index: Int, at now: Instant) {
        drain(listeners[index], at: now)
    }

    /// All that the socket holds by which a tunnel of ours is opened.
    func drain(caller id: TunnelID, at now: Instant) {
        if let context = table[id], context.isOutbound { drain(context.listener, at: now) }
    }

    /// All that a tunnel's own socket holds.
    func drain(tunnel id: TunnelID, at now: Instant) {
        guard let context = table[id], let socket = context.ownSocket else { return }
        // ICMP errors about datagrams sent earlier: perhaps the peer is gone.
        if drain(socket, at: now), context.isOpen { probe(context, .networkError, at: now) }
    }

    /// All that a socket holds; whether the network reported errors on it.
    @discardableResult
    func drain(_ socket: DatagramSocket, at now: Instant) -> Bool {
        let drained = socket.drain()
        gather(at: now) {
            for datagram in drained.datagrams { receive(datagram, by: socket, at: now) }
        }
        return !drained.networkErrors.isEmpty
    }

    func handle(_ events: [DataPlaneEvent], at now: Instant) {
        gather(at: now) {
            for event in events { handle(event, at: now) }
        }
    }

    /// Goes on with the survey of the sessions.
    func survey(until end: Instant, at now: Instant) {
        gather(at: now) { carryOut(sessions.goOnSurveying(until: end, at: now), at: now) }
    }

    /// When `timeout` is due.
    var deadline: Instant? {
        [
            deadlines.earliest, sessions.deadlines.earliest, clients.deadline, isStopping ? nil : standing.deadline,
        ].reduce(nil, earlier)
    }

    func timeout(at now: Instant) {
        gather(at: now) {
            for id in deadlines.popDue(at: now) {
                guard let context = table[id] else { continue }
                if let deadline = context.machine.deadline, deadline > now {
                    deadlines.schedule(id, at: deadline)
                } else {
                    tell(context, .timeout, at: now)
                }
            }
            carryOut(sessions.timeout(at: now), at: now)
            dialClients(at: now)
            openStandingTunnels(at: now)
        }
    }

    // MARK: - What an operator asks

    /// Peers and limits from now on. Tunnels that stand keep what they were made with.
    func apply(peers: Peers, limits: Daemon, at now: Instant) {
        self.peers = peers
        self.limits = limits
        admission = Admission(limits: limits, at: now)
    }

    func closeTunnel(_ context: TunnelContext, _ reason: ResultCode<StopCCNResult>, at now: Instant) {
        tell(context, .close(reason), at: now)
    }

    func closeSession(_ key: SessionKey, at now: Instant) {
        carryOut(sessions.close(key, at: now), at: now)
    }

    /// Tells every peer that we go; nobody new is let in.
    func stop(at now: Instant) {
        isStopping = true
        for call in placedCalls.values { cancel(call, at: now) }
        gather(at: now) {
            for context in table.all where !context.isClosed {
                tell(context, .close(ResultCode(.shuttingDown)), at: now)
            }
        }
        closeSubscribers(at: now)
    }

    /// Whether every peer has heard of the end, or never will, and no kernel tunnel is left.
    var isStopped: Bool { table.all.allSatisfy { !$0.isInKernel && $0.mayBeLeft } }

    // MARK: - Machines

    /// Gives a machine something to think about.
    ///
    /// What follows from it is done before the outermost call returns, but never in the midst of what follows from
    /// something else: tables and machines are only seen between two steps.
    func tell(_ context: TunnelContext, _ input: TunnelInput, at now: Instant) {
        if context.inbox.isEmpty { told.append(context) }
        context.inbox.append(input)
        if !isGathering { think(at: now) }
    }

    /// Lets what `body` tells wait until all is told: what belongs together is acknowledged together.
    func gather(at now: Instant, _ body: () -> Void) {
        guard !isGathering else { return body() }
        isGathering = true
        body()
        isGathering = false
        think(at: now)
    }

    /// Machines think about what they were told, and what they want is done.
    func think(at now: Instant) {
        guard !isThinking else { return }
        isThinking = true
        defer { isThinking = false }
        while let context = told.popFirst() {
            let inputs = context.inbox
            context.inbox = []
            let outputs = context.machine.handle(inputs, at: now, using: &random)
            if context.peerTunnelID == .none { context.peerTunnelID = context.machine.peerTunnelID }
            for output in outputs { perform(output, for: context, at: now) }
            beginLinks(in: context, at: now)
            deadlines.schedule(context.id, at: context.machine.deadline)
            forgetIfDone(context)
        }
    }

    func forgetIfDone(_ context: TunnelContext) {
        guard context.isForgettable, table[context.id] === context else { return }
        table.remove(context)
        deliveryOfGone[context.counterpart.name, default: DeliveryCounters()].add(context.machine.statistics.delivery)
        log.forget(.tunnel(context.id))
        if context.isOutbound { loop.remove(context.listener.descriptor) }
        deadlines.remove(context.id)
    }

    func tunnelConfiguration(_ counterpart: Counterpart) -> TunnelConfiguration {
        TunnelConfiguration(
            counterpart, hostName: hostName, probeTimeout: probeTimeout, placesCalls: !lac.callees.isEmpty)
    }

    func facts(_ context: TunnelContext) -> Facts {
        [
            "tunnel_id": "\(context.id)", "peer": "\(context.counterpart.name)",
            "peer_address": "\(context.path.remote)",
            "peer_tunnel_id": "\(context.peerTunnelID)",
        ]
    }
}
