import Addresses
import Configuration
import ControlProtocol
import DataPlane
import Glibc
import L2TPWire
import Linux
import Logging
import Netlink
import PPP

/// The LNS: ends PPP for incoming calls, one pppN interface a session.
///
/// It knows calls, links and the data plane, and no tunnel: what is to be said to the other end of the tunnel it
/// returns as orders.
final class LNS<Plane: DataPlane> {
    typealias Instant = ContinuousClock.Instant

    /// What the tunnel of a session is to do.
    enum Order: Equatable {
        case accept(SessionKey)
        case reject(SessionKey, Disconnection)
        case close(SessionKey, Disconnection)
        /// Data came through the tunnel: its peer lives (KA-01).
        case dataReceived(tunnel: UInt32)
    }

    let plane: Plane
    let hostName: String
    var log: Logger
    private(set) var sessions: [SessionKey: LNSSession] = [:]
    private(set) var deadlines = DeadlineQueue<SessionKey>()
    private var counts: [String: Int] = [:]
    var statistics = Statistics()
    /// Who may come in and what they are given; replaced by a reload.
    var users: Users
    var pools: AddressPools
    private var names = InterfaceNames()
    private var random = SystemRandomNumberGenerator()

    init(plane: Plane, hostName: String, users: Users, pools: AddressPools, log: Logger) {
        self.plane = plane
        self.hostName = hostName
        self.users = users
        self.pools = pools
        self.log = log
    }

    /// Sessions of a `[[peer]]`, those that are coming and going too.
    func count(ofPeer name: String) -> Int { counts[name, default: 0] }

    // MARK: - What the tunnel says

    /// An ICRQ came: the kernel's session is made before it is answered, so that data may follow the ICCN at once.
    func offer(_ offer: ICRQ, key: SessionKey, peerTunnel: TunnelID, peer: Peer, at now: Instant) {
        let profile = peer.ppp
        let session = LNSSession(
            key: key,
            peerKey: SessionKey(
                tunnel: UInt32(peerTunnel.rawValue), session: UInt32(offer.assignedSessionID.rawValue)),
            peer: peer, profile: profile, offer: offer,
            link: Link(configuration: profile.linkConfiguration(hostName: hostName)), at: now)
        sessions[key] = session
        counts[peer.name, default: 0] += 1
        plane.createSession(key, peer: session.peerKey, parameters: SessionParameters(isLNS: true))
    }

    /// The ICCN came: PPP begins, with the LAC's proxy AVPs where there are any.
    func connect(_ connection: ICCN, key: SessionKey, at now: Instant) -> [Order] {
        guard let session = sessions[key], case .awaitingConnection(let early) = session.stage else { return [] }
        session.connection = connection
        session.stage = .linked
        var orders = advance(session, start(connection, session.peer), at: now)
        for frame in early { orders += advance(session, .frame(frame), at: now) }
        return orders
    }

    /// The call ended: at the peer's word, or because an order to close it was carried out.
    func release(_ key: SessionKey, at now: Instant) {
        guard let session = sessions[key], !session.isEnding else { return }
        if session.isLinked { _ = advance(session, .lowerLayerDown, at: now) }
        end(session)
    }

    /// The tunnel is gone with all of its calls. The caller deletes the kernel's tunnel, which takes the sessions along.
    func releaseAll(inTunnel tunnel: UInt32) {
        for session in sessions.values where session.key.tunnel == tunnel && !session.isEnding { retire(session) }
    }

    /// Ends a session in order: PPP first, then the call.
    func close(_ key: SessionKey, at now: Instant) -> [Order] {
        guard let session = sessions[key] else { return [] }
        switch session.stage {
        case .linked: return advance(session, .close(.administrative), at: now)
        case .preparing, .awaitingConnection: return [.close(key, .administrative)]
        case .ending: return []
        }
    }

    // MARK: - What the data plane and the clock say

    func handle(_ event: DataPlaneEvent, at now: Instant) -> [Order] {
        switch event {
        case .sessionReady(let key):
            guard let session = sessions[key], case .preparing = session.stage else { return [] }
            session.stage = .awaitingConnection(early: [])
            return [.accept(key)]
        case .sessionFailed(let key, let error):
            return fail(key, error)
        case .sessionDeleted(let key, let counters):
            forget(key, counters)
        case .sessionLost(let key), .channelHangUp(let key):
            guard let session = sessions[key], !session.isEnding else { return [] }
            log.warning("kernel session lost", metadata: metadata(session))
            return [.close(key, Disconnection(.lossOfCarrier, text: "the session is gone from the kernel"))]
        case .unitReady(let key, let index, let name):
            guard let session = sessions[key], !session.isEnding else { return [] }
            session.unit = .ready(index: index, name: name)
            return advance(session, .networkReady(parameters(session)), at: now)
        case .unitFailed(let key, let error):
            return retryUnit(key, error)
        case .configured(let key, let network):
            guard let session = sessions[key], !session.isEnding else { return [] }
            if session.networks.insert(network).inserted, session.networks.count == 1 {
                statistics.count(.sessionsOpened)
            }
            log.info("network up", metadata: metadata(session).merging(["network": "\(network)"]) { $1 })
        case .configurationFailed(let key, _, let error):
            guard let session = sessions[key], !session.isEnding else { return [] }
            statistics.count(.dataPlaneFailures)
            log.error("interface not configured", metadata: metadata(session).merging(["error": "\(error)"]) { $1 })
            return [.close(key, .failed)]
        case .withdrawn(let key, let network):
            sessions[key]?.networks.remove(network)
        case .frame(let key, let octets, from: _):
            return receive(octets, key, at: now)
        case .counters(let counters):
            return note(counters, at: now)
        case .tunnelReady, .tunnelFailed, .tunnelDeleted, .tunnelLost, .leftoversRemoved:
            break
        }
        return []
    }

    /// A PPP frame that user space received for a session, from its channel, its unit or the tunnel's socket.
    func receive(_ octets: [UInt8], _ key: SessionKey, at now: Instant) -> [Order] {
        guard let session = sessions[key] else { return [] }
        switch session.stage {
        case .linked:
            return advance(session, .frame(octets), at: now)
        case .awaitingConnection(var early):
            if early.count < LNSSession.earlyFrames { early.append(octets) }
            session.stage = .awaitingConnection(early: early)
        case .preparing, .ending:
            break
        }
        return []
    }

    func timeout(at now: Instant) -> [Order] {
        var orders: [Order] = []
        while let key = deadlines.popDue(at: now) {
            guard let session = sessions[key], session.isLinked else { continue }
            if let deadline = session.link.deadline, deadline > now {
                deadlines.schedule(key, at: deadline)
            } else {
                orders += advance(session, .timeout, at: now)
            }
        }
        return orders
    }

    // MARK: - The link

    private func start(_ connection: ICCN, _ peer: Peer) -> Link.Event {
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

    private func advance(_ session: LNSSession, _ event: Link.Event, at now: Instant) -> [Order] {
        var orders: [Order] = []
        for output in session.link.handle(event, at: now, using: &random) {
            orders += perform(output, for: session, at: now)
        }
        deadlines.schedule(session.key, at: session.link.deadline)
        return orders
    }

    private func perform(_ output: Link.Output, for session: LNSSession, at now: Instant) -> [Order] {
        switch output {
        case .send(let frame):
            plane.send(
                frame.encoded, on: session.key, via: frame.protocolNumber.belongsToChannel ? .channel : .unit)
        case .authenticate(let request):
            return advance(session, .authenticationDecided(decide(request, session), for: request.id), at: now)
        case .networkPhase:
            return enterNetworkPhase(session, at: now)
        case .ipv4Up(let local, let peer, dns: _):
            plane.configure(session.key, .ipv4(local: local, peer: peer), mtu: Int(session.link.mtu))
        case .ipv6Up(let local, let peer):
            plane.configure(session.key, .ipv6(local: local, peer: peer), mtu: Int(session.link.mtu))
        case .ipv4Down:
            plane.withdraw(session.key, .ipv4)
        case .ipv6Down:
            plane.withdraw(session.key, .ipv6)
        case .linkDown:
            for network in session.networks { plane.withdraw(session.key, network) }
        case .closed(let reason):
            log.info("link closed", metadata: metadata(session).merging(["reason": "\(reason.text)"]) { $1 })
            return session.isEnding ? [] : [.close(session.key, Disconnection(reason))]
        case .noted(let note):
            statistics.note("ppp_\(Statistics.name(of: note))")
            log.debug("\(note)", metadata: metadata(session))
        }
        return []
    }

    private func decide(_ request: AuthenticationRequest, _ session: LNSSession) -> AuthenticationVerdict {
        let user = users[request.user]
        let verdict = user.map { request.verify(password: Password(octets: $0.password.octets)) } ?? .denied
        let method: Logger.Metadata = ["user": "\(Text(request.user))", "method": "\(request.method.rawValue)"]
        if case .accepted = verdict {
            statistics.count(.authenticationsAccepted)
            log.info("authenticated", metadata: metadata(session).merging(method) { $1 })
        } else {
            statistics.count(.authenticationsRejected)
            log.notice(
                "authentication refused",
                metadata: metadata(session).merging(method) { $1 }.merging([
                    "reason": user == nil ? "unknown user" : "wrong password"
                ]) { $1 })
        }
        return verdict
    }

    private func enterNetworkPhase(_ session: LNSSession, at now: Instant) -> [Order] {
        do {
            try lease(for: session)
        } catch {
            statistics.count(.addressesExhausted)
            log.warning("no address", metadata: metadata(session).merging(["error": "\(error)"]) { $1 })
            return advance(session, .close(.addressNotPermitted), at: now)
        }
        switch session.unit {
        case .ready: return advance(session, .networkReady(parameters(session)), at: now)
        case .requested: break
        case .none: requestUnit(session)
        }
        return []
    }

    /// After a renegotiation another user may be on the same link: then the first one's address goes back.
    private func lease(for session: LNSSession) throws(AddressError) {
        let user = session.link.user
        if let lease = session.lease {
            guard lease.user != user else { return }
            pools.release(lease.address)
            session.lease = nil
        }
        let address = try pools.lease(for: user.flatMap { users[$0] }, from: session.profile.pool)
        session.lease = LNSSession.Lease(user: user, address: address)
    }

    private func parameters(_ session: LNSSession) -> NetworkParameters {
        NetworkParameters(
            localIPv4: session.profile.localAddress, peerIPv4: session.lease?.address, dns: session.profile.dns,
            nbns: session.profile.nbns)
    }

    // MARK: - The unit

    private func requestUnit(_ session: LNSSession) {
        let name = names.take(session.profile.interfaceName)
        session.unit = .requested(name: name)
        plane.createUnit(
            session.key,
            UnitSpecification(
                name: name, mtu: Int(session.link.mtu), group: InterfaceGroup(rawValue: session.profile.interfaceGroup))
        )
    }

    /// A name that somebody else has is skipped; anything else ends the call.
    private func retryUnit(_ key: SessionKey, _ error: DataPlaneError) -> [Order] {
        guard let session = sessions[key], !session.isEnding, case .requested(let name) = session.unit else {
            return []
        }
        session.unit = .none
        if error.errno.code == EEXIST {
            requestUnit(session)
            return []
        }
        names.giveBack(name)
        statistics.count(.dataPlaneFailures)
        log.error("interface not made", metadata: metadata(session).merging(["error": "\(error)"]) { $1 })
        return [.close(key, .failed)]
    }

    // MARK: - The end

    private func end(_ session: LNSSession) {
        retire(session)
        plane.deleteSession(session.key)
    }

    private func retire(_ session: LNSSession) {
        session.stage = .ending
        deadlines.remove(session.key)
    }

    private func fail(_ key: SessionKey, _ error: DataPlaneError) -> [Order] {
        guard let session = remove(key) else { return [] }
        statistics.count(.dataPlaneFailures)
        log.error("kernel session not made", metadata: metadata(session).merging(["error": "\(error)"]) { $1 })
        return [.reject(key, .failed)]
    }

    private func forget(_ key: SessionKey, _ counters: SessionCounters?) {
        guard let session = remove(key) else { return }
        if let lease = session.lease { pools.release(lease.address) }
        switch session.unit {
        case .ready(_, let name), .requested(let name): names.giveBack(name)
        case .none: break
        }
        statistics.count(.sessionsClosed)
        log.info(
            "session closed",
            metadata: metadata(session).merging([
                "rx_bytes": "\(counters?.receivedOctets ?? session.counters.receivedOctets)",
                "tx_bytes": "\(counters?.sentOctets ?? session.counters.sentOctets)",
            ]) { $1 })
    }

    private func remove(_ key: SessionKey) -> LNSSession? {
        deadlines.remove(key)
        guard let session = sessions.removeValue(forKey: key) else { return nil }
        counts[session.peer.name, default: 1] -= 1
        return session
    }

    // MARK: - Counters

    /// Traffic that the kernel saw spares an LCP echo (LCP-12) and a HELLO (KA-01).
    private func note(_ counters: [SessionKey: SessionCounters], at now: Instant) -> [Order] {
        var orders: [Order] = []
        var tunnels: Set<UInt32> = []
        for (key, value) in counters {
            guard let session = sessions[key] else { continue }
            let moved = value.receivedPackets != session.counters.receivedPackets
            session.counters = value
            guard moved else { continue }
            tunnels.insert(key.tunnel)
            if session.isLinked { orders += advance(session, .dataReceived, at: now) }
        }
        return orders + tunnels.map { .dataReceived(tunnel: $0) }
    }

    private func metadata(_ session: LNSSession) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "tunnel_id": "\(session.key.tunnel)", "session_id": "\(session.key.session)",
            "peer": "\(session.peer.name)",
        ]
        if let user = session.link.user { fields["user"] = "\(Text(user))" }
        if let name = session.interfaceName { fields["interface"] = "\(name)" }
        return fields
    }
}
