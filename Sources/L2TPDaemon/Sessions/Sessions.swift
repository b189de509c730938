import Configuration
import ControlProtocol
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import Netlink
import PPP

/// The sessions: those whose PPP ends here, with one pppN interface each, and pairs that the kernel bridges.
///
/// They know calls, links and the data plane, and no tunnel: what is to be said to the other end of the tunnel is
/// returned as orders. What differs from role to role is the `SessionRole`'s.
final class Sessions<Plane: DataPlane> {
    let plane: Plane
    let tap: PacketTap
    let log: Journal
    private var sessions: [SessionKey: PPPSession] = [:]
    private var keys: [UInt32: Set<SessionKey>] = [:]
    /// Sessions that are not ending, over all and, where a `[[peer]]`'s tunnel carries them, by it.
    private(set) var liveCount = 0
    private var liveByPeer: [String: Int] = [:]
    private var lastAccessNumber: UInt32 = 0
    var deadlines = DeadlineQueue<SessionKey>()
    var statistics = Statistics()
    /// What the kernel counted, by what the configuration calls the other end: of the sessions that are gone too.
    private(set) var traffic: [String: SessionCounters] = [:]
    /// A look at all sessions that is under way, and how many there were of each kind when the last one ended.
    var survey: Survey?
    var census: [CountedKind: Int] = [:]
    var names = InterfaceNames()
    var random = SystemRandomNumberGenerator()

    init(plane: Plane, tap: PacketTap, log: Journal) {
        self.plane = plane
        self.tap = tap
        self.log = log
    }

    subscript(key: SessionKey) -> PPPSession? { sessions[key] }

    var all: some Collection<PPPSession> { sessions.values }
    var allKeys: some Collection<SessionKey> { sessions.keys }
    /// The tunnels that have sessions; 0 stands for PPPoE subscribers.
    var tunnels: some Collection<UInt32> { keys.keys }
    func keys(inTunnel tunnel: UInt32) -> Set<SessionKey> { keys[tunnel, default: []] }
    var isEmpty: Bool { sessions.isEmpty }
    var count: Int { sessions.count }

    /// Sessions in a `[[peer]]`'s tunnels that are not ending.
    func liveCount(ofPeer name: String) -> Int { liveByPeer[name, default: 0] }

    /// A key that no subscriber's session has.
    func freeAccessKey() -> SessionKey {
        repeat { lastAccessNumber &+= 1 } while sessions[.access(lastAccessNumber)] != nil
        return .access(lastAccessNumber)
    }

    // MARK: - What the tunnel says

    /// A call that wants a session of the kernel's: an LNS answers it, a LAC connects it, when it is there, so that data
    /// may follow the ICCN at once.
    func prepare(
        _ offer: CallRequest, key: SessionKey, peer: SessionKey, over path: Path?, role: any SessionRole, link: Link,
        at now: Instant
    ) -> [SessionOrder] {
        // Ids rest before they are used again; where the kernel takes very long to forget one they may not rest enough.
        guard sessions[key] == nil else { return [.reject(key, .failed)] }
        add(PPPSession(key: key, peerKey: peer, path: path, role: role, offer: offer, link: link, at: now))
        plane.createSession(key, peer: peer, parameters: SessionParameters(isLNS: role.side == .lns))
        return []
    }

    /// A subscriber wants a session, of which he hears when the kernel has it. `offer` is what an LNS would be asked.
    func prepare(
        _ circuit: PPPoECircuit, key: SessionKey, offer: CallRequest, role: any SessionRole, link: Link, at now: Instant
    ) {
        add(PPPSession(key: key, peerKey: nil, path: nil, role: role, offer: offer, link: link, at: now))
        plane.createAccessSession(key, circuit)
    }

    private func add(_ session: PPPSession) {
        sessions[session.key] = session
        keys[session.key.tunnel, default: []].insert(session.key)
        if !session.role.isSecondSide { liveCount += 1 }
        if let name = session.role.countedPeer { liveByPeer[name, default: 0] += 1 }
        log.follow(.session(session.key))
        session.role.began(session)
    }

    /// The subscriber has heard of his session: PPP begins.
    func begin(_ key: SessionKey, at now: Instant) -> [SessionOrder] {
        guard let session = sessions[key], case .awaitingConnection(let early) = session.stage else { return [] }
        session.stage = .linked
        var orders = advance(session, .lowerLayerUp, at: now)
        for frame in early { orders += advance(session, .frame(frame), at: now) }
        return orders
    }

    /// The ICCN or OCCN came or went: PPP begins, with the LAC's proxy AVPs where there are any. An OCCN may come before
    /// the kernel's session is there: no answer of ours is waited for.
    func connect(_ connection: CallConnection, key: SessionKey, at now: Instant) -> [SessionOrder] {
        guard let session = sessions[key] else { return [] }
        if case .preparing = session.stage { session.stage = .preparing(connection) }
        guard case .awaitingConnection(let early) = session.stage else { return [] }
        session.connection = connection
        if let partner = session.partner {
            // Before anything can follow the ICCN of the leg behind; each leg counts for itself.
            if connection.sequencingRequired, session.role.side == .lns {
                guard [key, partner].allSatisfy({ requireSequence($0) }) else { return [.close(key, .failed)] }
            }
            session.stage = .bridged
            session.opened = now
            for frame in session.unsent { send(frame, on: session) }
            if let other = sessions[partner] { for frame in early { send(frame, on: other) } }
            session.unsent = []
            statistics.count(.sessionsOpened)
            observeSetup(of: session, at: now)
            log.info("bridged", session.facts.adding(["bridged_to": "\(partner)"]))
            return [session.role.connected(session, connection)].compactMap(\.self)
        }
        // Before the first packet of ours: the LAC may drop those without (RFC 2661 section 4.4.5).
        if connection.sequencingRequired, !requireSequence(key) { return [.close(key, .failed)] }
        // Frames go on waiting, for whoever takes the link over.
        if session.role.handsOver(session, connection) { return [.handOver(key)] }
        session.stage = .linked
        var orders = [session.role.connected(session, connection)].compactMap(\.self)
        orders += advance(session, .begin(connection, session.role.proxyPolicy), at: now)
        for frame in early { orders += advance(session, .frame(frame), at: now) }
        return orders
    }

    /// Of two sides of a bridge, once; of a subscriber who is handed over, from his PADR on.
    func observeSetup(of session: PPPSession, at now: Instant) {
        guard !session.role.isSecondSide || session.partner?.isAccess == true else { return }
        let partner = session.partner.flatMap { sessions[$0] }
        let began = min(session.began, partner?.began ?? session.began)
        statistics.observe(.sessionSetup(role: session.roleName), now - began)
    }

    /// The kernel's counters of a session are these now.
    func take(_ counters: SessionCounters, of session: PPPSession) {
        guard counters != session.counters else { return }
        traffic[session.role.peerName, default: SessionCounters()].add(counters, since: session.counters)
        session.counters = counters
    }

    /// Sends a PPP frame, which begins with its protocol number, to the other end of the link.
    func send(_ frame: [UInt8], on session: PPPSession, via way: FrameWay = .channel) {
        tap.frame(.sent, frame, of: session)
        plane.send(frame, on: session.key, via: way)
    }

    private func requireSequence(_ key: SessionKey) -> Bool {
        if plane.requireSequence(key) { return true }
        statistics.count(.dataPlaneFailures)
        log.error("sequence numbers cannot be had", sessions[key]?.facts ?? [:])
        return false
    }

    /// The subscriber's link was handed over: whatever either side says from now on is for the other. The call is about
    /// to be connected by this.
    func bridge(_ subscriber: PPPSession, to call: PPPSession, by connection: ICCN) -> [SessionOrder] {
        subscriber.stage = .bridged
        deadlines.remove(subscriber.key)
        // Each leg counts for itself.
        if connection.sequencingRequired, !requireSequence(call.key) { return [.close(call.key, .failed)] }
        plane.bridge(subscriber.key, call.key)
        return []
    }

    /// The call ended: at the peer's word, or because an order to close it was carried out. `disconnection` is what the
    /// other side of a bridge is told.
    func release(
        _ key: SessionKey, _ reason: String, _ disconnection: Disconnection, at now: Instant
    ) -> [SessionOrder] {
        guard let session = sessions[key], !session.isEnding else { return [] }
        // The call is over already: nothing is left to be said to the tunnel. PPP may know better why.
        if session.isLinked { _ = advance(session, .lowerLayerDown, at: now) }
        session.end = session.end ?? reason
        retire(session, at: now)
        plane.deleteSession(session.key)
        return endPartner(of: session, disconnection)
    }

    /// The tunnel is gone with all of its calls (KA-03). The caller deletes the kernel's tunnel, which takes the
    /// sessions along.
    func releaseAll(inTunnel tunnel: UInt32, _ reason: String, at now: Instant) -> [SessionOrder] {
        keys[tunnel, default: []].flatMap { key -> [SessionOrder] in
            guard let session = sessions[key], !session.isEnding else { return [] }
            session.end = session.end ?? reason
            retire(session, at: now)
            return endPartner(of: session, Disconnection(.lossOfCarrier, text: reason))
        }
    }

    /// Ends a session in order: PPP first, then the call. `disconnection` is what the other end of the tunnel is told,
    /// where that is not for PPP to say.
    func close(_ key: SessionKey, _ disconnection: Disconnection? = nil, at now: Instant) -> [SessionOrder] {
        guard let session = sessions[key] else { return [] }
        switch session.stage {
        case .linked:
            session.disconnection = session.disconnection ?? disconnection
            return advance(session, .close(.administrative), at: now)
        case .preparing, .awaitingConnection, .bridged: return [.close(key, disconnection ?? .administrative)]
        case .ending: return []
        }
    }

    /// The other side of a bridge has nobody to talk to any more.
    func endPartner(of session: PPPSession, _ disconnection: Disconnection) -> [SessionOrder] {
        guard let key = session.partner, let partner = sessions[key], partner.partner == session.key,
            !partner.isEnding
        else { return [] }
        partner.end = partner.end ?? session.end
        return [.end(key, disconnection)]
    }

    /// What was meant to be a bridge will be none.
    func part(_ session: PPPSession) {
        if let partner = session.partner.flatMap({ sessions[$0] }), partner.partner == session.key {
            partner.partner = nil
        }
        session.partner = nil
    }

    // MARK: - The end

    /// Nothing more is done for a session but to wait until the data plane has forgotten it.
    private func retire(_ session: PPPSession, at now: Instant) {
        session.wasBridged = session.isBridged
        session.stage = .ending
        session.ended = now
        for network in NetworkProtocol.allCases where !session.networks.isClear(network) {
            session.role.networkDown(network, of: session, at: now)
        }
        deadlines.remove(session.key)
        uncount(session)
    }

    /// The data plane has nothing of it.
    func remove(_ key: SessionKey) -> PPPSession? {
        guard let session = sessions.removeValue(forKey: key) else { return nil }
        keys[key.tunnel]?.remove(key)
        if keys[key.tunnel]?.isEmpty == true { keys[key.tunnel] = nil }
        deadlines.remove(key)
        if !session.isEnding { uncount(session) }
        return session
    }

    private func uncount(_ session: PPPSession) {
        if !session.role.isSecondSide { liveCount -= 1 }
        guard let name = session.role.countedPeer else { return }
        let count = liveCount(ofPeer: name)
        liveByPeer[name] = count > 1 ? count - 1 : nil
    }
}

extension Link.Event {
    /// PPP begins, or goes on where a LAC has begun it.
    fileprivate static func begin(_ connection: CallConnection, _ policy: ProxyPolicy) -> Self {
        guard let lcp = connection.proxyLCP else { return .lowerLayerUp }
        let authentication = connection.proxyAuthentication.map {
            ProxiedAuthentication(
                type: $0.type.rawValue, name: $0.name, challenge: $0.challenge, identifier: $0.id,
                response: $0.response)
        }
        return .lowerLayerUpWithProxy(
            ProxiedLCP(
                initialReceived: lcp.initialReceived, lastSent: lcp.lastSent, lastReceived: lcp.lastReceived),
            authentication, policy)
    }
}
