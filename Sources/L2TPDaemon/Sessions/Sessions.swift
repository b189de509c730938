import Configuration
import DataPlane
import L2TPWire
import Logging
import Netlink
import PPP

/// The sessions whose PPP ends here, with one pppN interface each: the LNS's calls and those of clients.
///
/// They know calls, links and the data plane, and no tunnel: what is to be said to the other end of the tunnel is
/// returned as orders. What differs from role to role is the `SessionRole`'s.
final class Sessions<Plane: DataPlane> {
    typealias Instant = ContinuousClock.Instant

    let plane: Plane
    let log: Logger
    private var sessions: [SessionKey: PPPSession] = [:]
    private var keys: [UInt32: Set<SessionKey>] = [:]
    /// Sessions that are not ending, over all and, where they came in, by `[[peer]]`.
    private(set) var liveCount = 0
    private var liveByPeer: [String: Int] = [:]
    var deadlines = DeadlineQueue<SessionKey>()
    var statistics = Statistics()
    var names = InterfaceNames()
    var random = SystemRandomNumberGenerator()

    init(plane: Plane, log: Logger) {
        self.plane = plane
        self.log = log
    }

    subscript(key: SessionKey) -> PPPSession? { sessions[key] }

    var all: some Collection<PPPSession> { sessions.values }
    var allKeys: some Collection<SessionKey> { sessions.keys }
    var isEmpty: Bool { sessions.isEmpty }
    var count: Int { sessions.count }

    /// Sessions that came in from a `[[peer]]` and are not ending.
    func liveCount(ofPeer name: String) -> Int { liveByPeer[name, default: 0] }

    // MARK: - What the tunnel says

    /// A call that wants a session of the kernel's: an LNS answers it, a LAC connects it, when it is there, so that data
    /// may follow the ICCN at once.
    func prepare(
        _ offer: ICRQ, key: SessionKey, peer: SessionKey, role: any SessionRole, link: Link, at now: Instant
    ) -> [SessionOrder] {
        // Ids rest before they are used again; where the kernel takes very long to forget one they may not rest enough.
        guard sessions[key] == nil else { return [.reject(key, .failed)] }
        let session = PPPSession(key: key, peerKey: peer, role: role, offer: offer, link: link, at: now)
        sessions[key] = session
        keys[key.tunnel, default: []].insert(key)
        liveCount += 1
        if role.isIncoming { liveByPeer[role.peerName, default: 0] += 1 }
        role.began(session)
        plane.createSession(key, peer: peer, parameters: SessionParameters(isLNS: role.isIncoming))
        return []
    }

    /// The ICCN came or went: PPP begins, with the LAC's proxy AVPs where there are any.
    func connect(_ connection: ICCN, key: SessionKey, at now: Instant) -> [SessionOrder] {
        guard let session = sessions[key], case .awaitingConnection(let early) = session.stage else { return [] }
        session.connection = connection
        // Before the first packet of ours: the LAC may drop those without (RFC 2661 section 4.4.5).
        if connection.sequencingRequired, !plane.requireSequence(key) {
            statistics.count(.dataPlaneFailures)
            log.error("sequence numbers cannot be had", metadata: session.metadata)
            return [.close(key, .failed)]
        }
        session.stage = .linked
        var orders = advance(session, .begin(connection, session.role.proxyPolicy), at: now)
        for frame in early { orders += advance(session, .frame(frame), at: now) }
        return orders
    }

    /// The call ended: at the peer's word, or because an order to close it was carried out.
    func release(_ key: SessionKey, _ reason: String, at now: Instant) {
        guard let session = sessions[key], !session.isEnding else { return }
        // The call is over already: nothing is left to be said to the tunnel. PPP may know better why.
        if session.isLinked { _ = advance(session, .lowerLayerDown, at: now) }
        session.end = session.end ?? reason
        retire(session, at: now)
        plane.deleteSession(session.key)
    }

    /// The tunnel is gone with all of its calls (KA-03). The caller deletes the kernel's tunnel, which takes the
    /// sessions along.
    func releaseAll(inTunnel tunnel: UInt32, _ reason: String, at now: Instant) {
        for key in keys[tunnel, default: []] {
            guard let session = sessions[key], !session.isEnding else { continue }
            session.end = session.end ?? reason
            retire(session, at: now)
        }
    }

    /// Ends a session in order: PPP first, then the call.
    func close(_ key: SessionKey, at now: Instant) -> [SessionOrder] {
        guard let session = sessions[key] else { return [] }
        switch session.stage {
        case .linked: return advance(session, .close(.administrative), at: now)
        case .preparing, .awaitingConnection: return [.close(key, .administrative)]
        case .ending: return []
        }
    }

    // MARK: - The end

    /// Nothing more is done for a session but to wait until the data plane has forgotten it.
    private func retire(_ session: PPPSession, at now: Instant) {
        session.stage = .ending
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
        liveCount -= 1
        guard session.role.isIncoming else { return }
        let count = liveCount(ofPeer: session.role.peerName)
        liveByPeer[session.role.peerName] = count > 1 ? count - 1 : nil
    }
}

extension Link.Event {
    /// PPP begins, or goes on where a LAC has begun it.
    fileprivate static func begin(_ connection: ICCN, _ policy: ProxyPolicy) -> Self {
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
