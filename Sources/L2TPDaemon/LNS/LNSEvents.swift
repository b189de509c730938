import L2TPWire
import DataPlane
import Linux
import Logging
import Netlink
import PPP

/// What the data plane and the clock say.
extension LNS {
    /// Events of tunnels are not the LNS's.
    func handle(_ event: DataPlaneEvent, at now: Instant) -> [LNSOrder] {
        switch event {
        case .sessionReady(let key):
            guard let session = sessions[key], case .preparing = session.stage else { return [] }
            session.stage = .awaitingConnection(early: [])
            return [.accept(key)]
        case .sessionFailed(let key, let error): return fail(key, error)
        case .sessionDeleted(let key, let counters): forget(key, counters)
        case .sessionLost(let key), .channelHangUp(let key):
            guard let session = sessions[key], !session.isEnding else { return [] }
            log.warning("kernel session lost", metadata: metadata(session))
            return [.close(key, Disconnection(.lossOfCarrier, text: "the session is gone from the kernel"))]
        case .unitReady(let key, let index, let name):
            guard let session = sessions[key], session.isLinked else { return [] }
            session.unit = .ready(index: index, name: name)
            // A link that has gone down meanwhile does not hear it, and is told when it comes here again.
            return advance(session, .networkReady(parameters(session)), at: now)
        case .unitFailed(let key, let error): return retryUnit(key, error)
        case .configured(let key, let network): noteConfigured(key, network, at: now)
        case .configurationFailed(let key, _, let error):
            guard let session = sessions[key], session.isLinked else { return [] }
            statistics.count(.dataPlaneFailures)
            log.error("interface not configured", metadata: metadata(session).merging(["error": "\(error)"]) { $1 })
            return [.close(key, .failed)]
        case .withdrawn(let key, let network):
            guard let session = sessions[key] else { return [] }
            if session.networks.withdrawn(network), network == .ipv4 { returnAddresses(session) }
        case .frame(let key, let octets, from: _): return receive(octets, key, at: now)
        case .counters(let counters): return note(counters, at: now)
        case .tunnelReady, .tunnelFailed, .tunnelDeleted, .tunnelLost, .bridged, .bridgeFailed, .leftoversRemoved: break
        }
        return []
    }

    /// A PPP frame that user space received for a session, from its channel, its unit or the tunnel's socket.
    func receive(_ octets: [UInt8], _ key: SessionKey, at now: Instant) -> [LNSOrder] {
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

    func timeout(at now: Instant) -> [LNSOrder] {
        var orders: [LNSOrder] = []
        for key in deadlines.popDue(at: now) {
            guard let session = sessions[key], session.isLinked else { continue }
            if let deadline = session.link.deadline, deadline > now {
                deadlines.schedule(key, at: deadline)
            } else {
                orders += advance(session, .timeout, at: now)
            }
        }
        return orders
    }

    private func noteConfigured(_ key: SessionKey, _ network: NetworkProtocol, at now: Instant) {
        guard let session = sessions[key], session.networks.configured(network), session.isLinked else { return }
        if session.opened == nil {
            session.opened = now
            statistics.count(.sessionsOpened)
        }
        log.info("network up", metadata: metadata(session).merging(["network": "\(network)"]) { $1 })
    }

    private func fail(_ key: SessionKey, _ error: DataPlaneError) -> [LNSOrder] {
        guard let session = remove(key) else { return [] }
        // Where its tunnel has failed or is over nobody waits for an answer.
        guard !session.isEnding else { return [] }
        statistics.count(.dataPlaneFailures)
        log.error("kernel session not made", metadata: metadata(session).merging(["error": "\(error)"]) { $1 })
        return [.reject(key, .failed)]
    }

    private func forget(_ key: SessionKey, _ counters: SessionCounters?) {
        guard let session = remove(key) else { return }
        returnAddresses(session)
        if let lease = session.lease { pools.release(lease.address) }
        switch session.unit {
        case .ready(_, let name), .requested(let name): names.giveBack(name)
        case .none: break
        }
        statistics.count(.sessionsClosed)
        let last = counters ?? session.counters
        let fields: Logger.Metadata = ["rx_bytes": "\(last.receivedOctets)", "tx_bytes": "\(last.sentOctets)"]
        log.info("session closed", metadata: metadata(session).merging(fields) { $1 })
    }

    /// Traffic that the kernel saw spares an LCP echo (LCP-12) and a HELLO (KA-01).
    private func note(_ counters: [SessionKey: SessionCounters], at now: Instant) -> [LNSOrder] {
        var orders: [LNSOrder] = []
        var tunnels: Set<UInt32> = []
        for (key, value) in counters {
            guard let session = sessions[key] else { continue }
            let hasMoved = value.receivedPackets != session.counters.receivedPackets
            session.counters = value
            guard hasMoved else { continue }
            tunnels.insert(key.tunnel)
            if session.isLinked { orders += advance(session, .dataReceived, at: now) }
        }
        return orders + tunnels.map { .dataReceived(tunnel: $0) }
    }
}
