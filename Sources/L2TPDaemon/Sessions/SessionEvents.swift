import Instants
import ControlProtocol
import L2TPWire
import DataPlane
import Linux
import Netlink
import PPP

/// What the data plane and the clock say.
extension Sessions {
    /// Events of tunnels are not the sessions'.
    func handle(_ event: DataPlaneEvent, at now: Instant) -> [SessionOrder] {
        switch event {
        case .sessionReady(let key):
            guard let session = self[key], case .preparing(let connection) = session.stage else { return [] }
            session.stage = .awaitingConnection(early: [])
            let orders = [session.role.ready(session)].compactMap(\.self)
            return connection.map { orders + connect($0, key: key, at: now) } ?? orders
        case .sessionFailed(let key, let error): return fail(key, error, at: now)
        case .sessionDeleted(let key, let counters): forget(key, counters, at: now)
        case .sessionLost(let key), .channelHangUp(let key):
            guard let session = self[key], !session.isEnding else { return [] }
            session.hasFailed = true
            // A subscriber's end of his own hangs the channel up, too.
            if case .sessionLost = event { statistics.count(.kernelLosses) }
            log.warning("kernel session lost", session.facts)
            return [.close(key, Disconnection(.lossOfCarrier, text: "the session is gone from the kernel"))]
        case .interfaceLost(let key, let loss):
            guard let session = self[key], session.isLinked else { return [] }
            session.hasFailed = true
            statistics.count(.kernelLosses)
            log.warning("interface lost", session.facts.adding(["reason": "\(loss)"]))
            // Its peer can still be told by PPP.
            session.end = session.end ?? "\(loss)"
            return [.end(key, Disconnection(.administrative, text: "\(loss)"))]
        case .unitReady(let key, let index, let name):
            guard let session = self[key], session.isLinked else { return [] }
            session.unit = .ready(index: index, name: name)
            guard session.link.phase == .network else { return [] }
            // A link that has gone down meanwhile does not hear it, and is told when it comes here again.
            return advance(session, enterNetworkPhase(session), at: now)
        case .unitFailed(let key, let error): return retryUnit(key, error)
        case .configured(let key, let network): noteConfigured(key, network, at: now)
        case .configurationFailed(let key, _, let error):
            guard let session = self[key], session.isLinked else { return [] }
            statistics.count(.dataPlaneFailures)
            log.error("interface not configured", session.facts.adding(["error": "\(error)"]))
            return [.close(key, .failed)]
        case .withdrawn(let key, let network):
            guard let session = self[key] else { return [] }
            if session.networks.withdrawn(network) { session.role.withdrawn(network, from: session) }
        case .routed(let key):
            guard let session = self[key], !session.routing.isEmpty else { return [] }
            let network = session.routing.removeFirst()
            if session.isLinked, session.networks.isUp(network) {
                session.role.networkUp(network, of: session, at: now)
            }
        case .routingFailed(let key, let error):
            guard let session = self[key], !session.routing.isEmpty else { return [] }
            session.routing.removeFirst()
            guard session.isLinked else { return [] }
            statistics.count(.dataPlaneFailures)
            session.end = "routes cannot be had: \(error)"
            log.error("routes not added", session.facts.adding(["error": "\(error)"]))
            return [.close(key, .failed)]
        case .frame(let key, let octets, from: _): return receive(octets, key, at: now)
        case .counters(let counters): survey = Survey(counters, of: allKeys)
        case .bridged(_, let key):
            guard let session = self[key], !session.isEnding else { return [] }
            return [session.role.bridged(session)].compactMap(\.self)
        case .bridgeFailed(_, let key, let error):
            guard let session = self[key], !session.isEnding else { return [] }
            statistics.count(.dataPlaneFailures)
            log.error("not bridged", session.facts.adding(["error": "\(error)"]))
            return [.close(key, .failed)]
        case .tunnelReady, .tunnelFailed, .tunnelDeleted, .tunnelLost, .leftoversRemoved: break
        }
        return []
    }

    /// A PPP frame that user space received for a session, from its channel, its unit or the tunnel's socket.
    func receive(_ octets: [UInt8], _ key: SessionKey, at now: Instant) -> [SessionOrder] {
        guard let session = self[key] else { return [] }
        tap.frame(.received, octets, of: session)
        switch session.stage {
        case .linked:
            return advance(session, .frame(octets), at: now)
        case .awaitingConnection(var early):
            if early.count < PPPSession.earlyFrames { early.append(octets) }
            session.stage = .awaitingConnection(early: early)
        case .bridged:
            // Taken from the kernel before it passed frames on by itself, or of a kind that it leaves to us.
            if let partner = session.partner.flatMap({ self[$0] }) { send(octets, on: partner) }
        case .preparing, .ending:
            break
        }
        return []
    }

    func timeout(at now: Instant) -> [SessionOrder] {
        var orders: [SessionOrder] = []
        for key in deadlines.popDue(at: now) {
            guard let session = self[key], session.isLinked else { continue }
            if let deadline = session.link.deadline, deadline > now {
                deadlines.schedule(key, at: deadline)
            } else {
                orders += advance(session, .timeout, at: now)
            }
        }
        return orders
    }

    private func noteConfigured(_ key: SessionKey, _ network: NetworkProtocol, at now: Instant) {
        guard let session = self[key], session.networks.configured(network), session.isLinked else { return }
        if session.opened == nil {
            session.opened = now
            session.lastUser = session.user
            statistics.count(.sessionsOpened)
            observeSetup(of: session, at: now)
        }
        log.info("network up", session.facts.adding(["network": "\(network)"]))
        if let routes = session.role.routes(of: network, through: session) {
            session.routing.append(network)
            plane.addRoutes(key, routes)
        } else {
            session.role.networkUp(network, of: session, at: now)
        }
    }

    private func fail(_ key: SessionKey, _ error: DataPlaneError, at now: Instant) -> [SessionOrder] {
        guard let session = remove(key) else { return [] }
        defer {
            session.role.forgotten(session, at: now)
            log.forget(.session(key))
        }
        // Where its tunnel has failed or is over nobody waits for an answer.
        guard !session.isEnding else { return [] }
        statistics.count(.dataPlaneFailures)
        session.end = "the kernel session was not made: \(error)"
        log.error("kernel session not made", session.facts.adding(["error": "\(error)"]))
        return [.reject(key, .failed)] + endPartner(of: session, .failed)
    }

    private func forget(_ key: SessionKey, _ counters: SessionCounters?, at now: Instant) {
        guard let session = remove(key) else { return }
        switch session.unit {
        case .ready(_, let name), .requested(let name): names.giveBack(name)
        case .none: break
        }
        statistics.count(.sessionsClosed)
        if let ended = session.ended { statistics.observe(.sessionTeardown, now - ended) }
        if let counters { take(counters, of: session) }
        let last = session.counters
        var fields = session.facts
        fields["reason"] = "\(session.end ?? "over")"
        if let end = session.callEnd { fields["call_end"] = "\(end)" }
        fields["rx_bytes"] = "\(last.receivedOctets)"
        fields["tx_bytes"] = "\(last.sentOctets)"
        if !session.wasOpen {
            log.notice("session not opened", fields)
        } else if session.hasFailed {
            log.notice("session lost", fields)
        } else {
            log.info("session closed", fields)
        }
        session.role.forgotten(session, at: now)
        log.forget(.session(key))
    }
}
