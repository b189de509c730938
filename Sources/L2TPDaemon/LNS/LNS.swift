import Configuration
import DataPlane
import L2TPWire
import Logging
import Netlink
import PPP

/// The LNS: ends PPP for incoming calls, one pppN interface a session.
///
/// It knows calls, links and the data plane, and no tunnel: what is to be said to the other end of the tunnel it
/// returns as orders.
final class LNS<Plane: DataPlane> {
    typealias Instant = ContinuousClock.Instant

    let plane: Plane
    let hostName: String
    let log: Logger
    private(set) var sessions: [SessionKey: LNSSession] = [:]
    private var keys: [UInt32: Set<SessionKey>] = [:]
    /// Sessions that are not ending, over all and by `[[peer]]`.
    private(set) var liveCount = 0
    private var liveByPeer: [String: Int] = [:]
    var deadlines = DeadlineQueue<SessionKey>()
    var statistics = Statistics()
    /// Who may come in and what they are given; replaced by a reload.
    var users: Users
    var pools: AddressPools
    var names = InterfaceNames()
    var random = SystemRandomNumberGenerator()

    init(plane: Plane, hostName: String, users: Users, pools: AddressPools, log: Logger) {
        self.plane = plane
        self.hostName = hostName
        self.users = users
        self.pools = pools
        self.log = log
    }

    /// Sessions of a `[[peer]]` that are not ending.
    func liveCount(ofPeer name: String) -> Int { liveByPeer[name, default: 0] }

    // MARK: - What the tunnel says

    /// An ICRQ came: the kernel's session is made before it is answered, so that data may follow the ICCN at once.
    func offer(_ offer: ICRQ, key: SessionKey, peerTunnel: TunnelID, peer: Peer, at now: Instant) -> [LNSOrder] {
        // Ids rest before they are used again; where the kernel takes very long to forget one they may not rest enough.
        guard sessions[key] == nil else { return [.reject(key, .failed)] }
        let profile = peer.ppp
        let session = LNSSession(
            key: key,
            peerKey: SessionKey(
                tunnel: UInt32(peerTunnel.rawValue), session: UInt32(offer.assignedSessionID.rawValue)),
            peer: peer, profile: profile, offer: offer,
            link: Link(configuration: profile.linkConfiguration(hostName: hostName)), at: now)
        sessions[key] = session
        keys[key.tunnel, default: []].insert(key)
        liveCount += 1
        liveByPeer[peer.name, default: 0] += 1
        plane.createSession(key, peer: session.peerKey, parameters: SessionParameters(isLNS: true))
        return []
    }

    /// The ICCN came: PPP begins, with the LAC's proxy AVPs where there are any.
    func connect(_ connection: ICCN, key: SessionKey, at now: Instant) -> [LNSOrder] {
        guard let session = sessions[key], case .awaitingConnection(let early) = session.stage else { return [] }
        session.connection = connection
        // Before the first packet of ours: the LAC may drop those without (RFC 2661 section 4.4.5).
        if connection.sequencingRequired, !plane.requireSequence(key) {
            statistics.count(.dataPlaneFailures)
            log.error("sequence numbers cannot be had", metadata: metadata(session))
            return [.close(key, .failed)]
        }
        session.stage = .linked
        var orders = advance(session, .begin(connection, session.peer), at: now)
        for frame in early { orders += advance(session, .frame(frame), at: now) }
        return orders
    }

    /// The call ended: at the peer's word, or because an order to close it was carried out.
    func release(_ key: SessionKey, at now: Instant) {
        guard let session = sessions[key], !session.isEnding else { return }
        // The call is over already: nothing is left to be said to the tunnel.
        if session.isLinked { _ = advance(session, .lowerLayerDown, at: now) }
        retire(session)
        plane.deleteSession(session.key)
    }

    /// The tunnel is gone with all of its calls (KA-03). The caller deletes the kernel's tunnel, which takes the
    /// sessions along.
    func releaseAll(inTunnel tunnel: UInt32) {
        for key in keys[tunnel, default: []] {
            if let session = sessions[key], !session.isEnding { retire(session) }
        }
    }

    /// Ends a session in order: PPP first, then the call.
    func close(_ key: SessionKey, at now: Instant) -> [LNSOrder] {
        guard let session = sessions[key] else { return [] }
        switch session.stage {
        case .linked: return advance(session, .close(.administrative), at: now)
        case .preparing, .awaitingConnection: return [.close(key, .administrative)]
        case .ending: return []
        }
    }

    // MARK: - The end

    /// Nothing more is done for a session but to wait until the data plane has forgotten it.
    private func retire(_ session: LNSSession) {
        session.stage = .ending
        deadlines.remove(session.key)
        uncount(session)
    }

    /// The data plane has nothing of it.
    func remove(_ key: SessionKey) -> LNSSession? {
        guard let session = sessions.removeValue(forKey: key) else { return nil }
        keys[key.tunnel]?.remove(key)
        if keys[key.tunnel]?.isEmpty == true { keys[key.tunnel] = nil }
        deadlines.remove(key)
        if !session.isEnding { uncount(session) }
        return session
    }

    private func uncount(_ session: LNSSession) {
        liveCount -= 1
        let count = liveCount(ofPeer: session.peer.name)
        liveByPeer[session.peer.name] = count > 1 ? count - 1 : nil
    }

    func metadata(_ session: LNSSession) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "tunnel_id": "\(session.key.tunnel)", "session_id": "\(session.key.session)",
            "peer": "\(session.peer.name)",
        ]
        if let user = session.link.user { fields["user"] = "\(Text(user))" }
        if let name = session.interfaceName { fields["interface"] = "\(name)" }
        return fields
    }
}

extension Link.Event {
    /// PPP begins, or goes on where a LAC has begun it.
    fileprivate static func begin(_ connection: ICCN, _ peer: Peer) -> Self {
        guard let lcp = connection.proxyLCP else { return .lowerLayerUp }
        let authentication = connection.proxyAuthentication.map {
            ProxiedAuthentication(
                type: $0.type.rawValue, name: $0.name, challenge: $0.challenge, identifier: $0.id,
                response: $0.response)
        }
        return .lowerLayerUpWithProxy(
            ProxiedLCP(
                initialReceived: lcp.initialReceived, lastSent: lcp.lastSent, lastReceived: lcp.lastReceived),
            authentication,
            ProxyPolicy(
                acceptsLCP: peer.proxyLCP == .accept, acceptsAuthentication: peer.proxyAuthentication == .accept))
    }
}
