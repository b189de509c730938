import Logging
import Configuration
import DataPlane
import L2TPControl
import L2TPWire

/// Calls, between their tunnel's machine and the role that serves them.
extension L2TPServer {
    func receive(_ offer: ICRQ, _ id: SessionID, in context: TunnelContext, at now: Instant) {
        if let obstacle = obstacleToCall(context) {
            statistics.count(.callsRefused)
            log.warning("call refused", metadata: metadata(context).merging(["reason": "\(obstacle)"]) { $1 })
            let reason = ResultCode<CDNResult>(.noFacilitiesTemporarily, text: Text(obstacle))
            return tell(context, .rejectCall(id, reason), at: now)
        }
        let key = SessionKey(tunnel: context.kernelID, session: UInt32(id.rawValue))
        carryOut(lns.offer(offer, key: key, peerTunnel: context.peerTunnelID, peer: context.peer, at: now), at: now)
    }

    /// Why no further call is taken; nil when one may be.
    private func obstacleToCall(_ context: TunnelContext) -> String? {
        if isStopping { return "shutting down" }
        if context.kernel != .requested, context.kernel != .ready { return "the tunnel is not in the kernel" }
        if let most = limits.maxSessions, lns.liveCount >= most { return "max_sessions is reached" }
        if let most = context.peer.maxSessions, lns.liveCount(ofPeer: context.peer.name) >= most {
            return "max_sessions of peer \(context.peer.name) is reached"
        }
        return nil
    }

    /// What the LNS wants of its calls' tunnels.
    func carryOut(_ orders: [LNSOrder], at now: Instant) {
        for order in orders {
            switch order {
            case .accept(let key):
                tell(key, at: now) { .acceptCall($0) }
            case .reject(let key, let reason):
                statistics.count(.callsRefused)
                tell(key, at: now) { .rejectCall($0, reason.resultCode) }
            case .close(let key, let reason):
                tell(key, at: now) { id in
                    .disconnectCall(
                        id,
                        CDN(
                            resultCode: reason.resultCode, assignedSessionID: id,
                            pppDisconnectCause: reason.disconnectCause))
                }
            case .dataReceived(let tunnel):
                if let context = context(tunnel) { tell(context, .dataReceived, at: now) }
            }
        }
    }

    private func tell(_ key: SessionKey, at now: Instant, _ input: (SessionID) -> TunnelInput) {
        guard let context = context(key.tunnel), let session = UInt16(exactly: key.session) else { return }
        tell(context, input(SessionID(session)), at: now)
    }
}
