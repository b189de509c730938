import Instants
import Configuration
import DataPlane
import L2TPControl
import L2TPWire

/// Calls, between their tunnel's machine and the role that serves them.
extension L2TPServer {
    func receive(_ offer: ICRQ, _ id: SessionID, in context: TunnelContext, at now: Instant) {
        guard let peer = context.counterpart.peer else {
            statistics.count(.callsRefused)
            let reason = ResultCode<CDNResult>(.noFacilitiesPermanently, text: "no calls are taken in this tunnel")
            return tell(context, .rejectCall(id, reason), at: now)
        }
        if let obstacle = obstacleToCall(in: context) {
            statistics.count(.callsRefused)
            log.warning("call refused", facts(context).adding(["reason": "\(obstacle)"]))
            let reason = ResultCode<CDNResult>(.noFacilitiesTemporarily, text: Text(obstacle))
            return tell(context, .rejectCall(id, reason), at: now)
        }
        let key = SessionKey(tunnel: context.kernelID, session: UInt32(id.rawValue))
        let peerKey = SessionKey(
            tunnel: UInt32(context.peerTunnelID.rawValue), session: UInt32(offer.assignedSessionID.rawValue))
        switch peer.ending {
        case .here(let profile):
            carryOut(
                sessions.prepare(
                    .incoming(offer), key: key, peer: peerKey, over: context.path,
                    role: LNSCall(lns, from: peer, by: profile), link: lns.link(by: profile), at: now), at: now)
        case .tunnel(let group):
            switchOn(SwitchedCall(offer, key: key, peerKey: peerKey, from: peer, into: group), from: context, at: now)
        }
    }

    /// Why there can be no further call in a tunnel that the other end asks for, or that we ask the other end to place;
    /// nil when there can.
    func obstacleToCall(in context: TunnelContext) -> String? {
        if isStopping { return "shutting down" }
        if context.kernel != .requested, context.kernel != .ready { return "the tunnel is not in the kernel" }
        /// Calls that will be sessions, by their peers.
        let waiting = switching.values.map(\.peer.name) + lac.callees.ringing.values.map { $0.peer?.name }
        if let most = limits.maxSessions, sessions.liveCount + waiting.count >= most {
            return "max_sessions is reached"
        }
        guard let peer = context.counterpart.peer, let most = peer.maxSessions else { return nil }
        if sessions.liveCount(ofPeer: peer.name) + waiting.count(where: { $0 == peer.name }) >= most {
            return "max_sessions of peer \(peer.name) is reached"
        }
        return nil
    }

    /// What sessions want of their tunnels.
    func carryOut(_ orders: [SessionOrder], at now: Instant) {
        for order in orders {
            switch order {
            case .accept(let key) where key.isAccess:
                acceptSubscriber(key, at: now)
            case .close(let key, let reason) where key.isAccess:
                closeSubscriber(key, reason, at: now)
            case .reject(let key, _) where key.isAccess:
                // He is told where he is forgotten.
                statistics.count(.callsRefused)
            case .accept(let key):
                tell(key, at: now) { .acceptCall($0) }
            case .connect(let key, let connection):
                guard let context = context(key.tunnel) else { continue }
                context.connecting.append((key, connection))
                tell(key, at: now) { connection.telling($0) }
            case .reject(let key, let reason):
                statistics.count(.callsRefused)
                switching[key] = nil
                tell(key, at: now) { id in
                    reason.disconnectCause == nil
                        ? .rejectCall(id, reason.resultCode) : .disconnectCall(id, reason.notification(of: id))
                }
            case .close(let key, let reason):
                tell(key, at: now) { .disconnectCall($0, reason.notification(of: $0)) }
            case .end(let key, let reason):
                carryOut(sessions.close(key, reason, at: now), at: now)
            case .handOver(let key):
                handOver(key, at: now)
            case .bridge(let key):
                bridge(subscriber: key, at: now)
            case .goOn(let key):
                goOn(switched: key, at: now)
            case .join(let key):
                join(key)
            case .dataReceived(let tunnel):
                if let context = context(tunnel) { tell(context, .dataReceived, at: now) }
            }
        }
    }

    /// PPP begins behind the ICCN or OCCN: an LNS may have no ear for what overtakes it.
    func beginLinks(in context: TunnelContext, at now: Instant) {
        let connecting = context.connecting
        context.connecting = []
        for (key, connection) in connecting { carryOut(sessions.connect(connection, key: key, at: now), at: now) }
    }

    func tell(_ key: SessionKey, at now: Instant, _ input: (SessionID) -> TunnelInput) {
        guard let context = context(key.tunnel), let session = UInt16(exactly: key.session) else { return }
        tell(context, input(SessionID(session)), at: now)
    }
}
