import Configuration
import ControlProtocol
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import PPP
import PPPoE

extension AccessPort {
    /// What the access concentrator wants done that is not a session's business is done; the rest comes back.
    @discardableResult
    func handle(_ event: AccessConcentrator.Event, at now: Instant) -> [AccessConcentrator.Output] {
        concentrator.handle(event, at: now).filter { output in
            guard case .send(let octets, let host) = output else { return true }
            tap.discovery(.sent, octets, host, on: self)
            // Hosts ask again; a PADT that was lost a host misses by his echoes.
            _ = socket.send(octets, to: host)
            return false
        }
    }
}

/// PPPoE subscribers: from discovery to PPP, and to the end.
extension L2TPServer {
    /// All that an access interface's socket holds.
    func drain(access index: Int, at now: Instant) {
        let port = lac.ports[index]
        let drained = port.socket.drain(limit: 64)
        for error in drained.errors {
            log.notice("access interface", ["interface": "\(port.interface)", "error": "\(error)"])
        }
        gather(at: now) {
            for packet in drained.packets {
                tap.discovery(.received, packet.octets, packet.source, on: port)
                for output in port.handle(.received(packet.octets, from: packet.source), at: now) {
                    perform(output, on: port, at: now)
                }
            }
        }
    }

    private func perform(_ output: AccessConcentrator.Output, on port: AccessPort, at now: Instant) {
        switch output {
        case .send: break
        case .begin(let request): begin(request, on: port, at: now)
        case .terminated(let id):
            guard let key = port.keys.removeValue(forKey: id) else { return }
            (sessions[key]?.role as? any AccessRole)?.knowsEnd = true
            carryOut([.close(key, Disconnection(.lossOfCarrier, text: "the subscriber ended the session"))], at: now)
        }
    }

    private func begin(_ request: AccessRequest, on port: AccessPort, at now: Instant) {
        if let call = lac.callees.ringing(on: port.interface, request.host) {
            return answer(call, request, on: port, at: now)
        }
        if let obstacle = obstacleToAccess {
            statistics.count(.callsRefused)
            log.warning(
                "subscriber refused",
                ["interface": "\(port.interface)", "mac": "\(request.host)", "reason": "\(obstacle)"])
            port.handle(.refuse(request.id, .system(obstacle)), at: now)
            return
        }
        let key = sessions.freeAccessKey()
        let subscription = Subscription(lac, on: port, request)
        port.keys[request.id] = key
        // Each call that is made of it has a number of its own.
        let offer = ICRQ(
            assignedSessionID: .none, callSerialNumber: 0, bearerType: .digital,
            physicalChannelID: UInt32(bitPattern: port.socket.interfaceIndex) << 16 | UInt32(request.id.rawValue),
            callingNumber: subscription.callingNumber,
            calledNumber: request.serviceName.isEmpty ? nil : Text(request.serviceName),
            extensions: request.line?.avps ?? [])
        let circuit = PPPoECircuit(interface: port.interface, peer: request.host, sessionID: request.id.rawValue)
        sessions.prepare(
            circuit, key: key, offer: .incoming(offer), role: subscription,
            link: Link(configuration: subscription.linkConfiguration), at: now)
        log.info(
            "subscriber",
            [
                "session_id": "\(key.session)", "interface": "\(port.interface)", "mac": "\(request.host)",
                "pppoe_session_id": "\(request.id)", "service": "\(request.serviceName)",
            ])
    }

    private var obstacleToAccess: String? {
        if isStopping { return "shutting down" }
        if let most = limits.maxSessions, sessions.liveCount >= most { return "too many sessions" }
        return nil
    }

    /// The kernel has the subscriber's session: now he may hear of it, and PPP begins.
    func acceptSubscriber(_ key: SessionKey, at now: Instant) {
        guard let subscription = sessions[key]?.role as? Subscription else { return acceptCallee(key, at: now) }
        subscription.port.handle(.accept(subscription.request.id), at: now)
        carryOut(sessions.begin(key, at: now), at: now)
    }

    /// The subscriber's session is over, for him or by us; he is told when the kernel has nothing of it.
    func closeSubscriber(_ key: SessionKey, _ reason: Disconnection, at now: Instant) {
        subscriberGone(key, reason, at: now)
        let text = reason.resultCode.text.map { "\($0)" } ?? "\(reason.resultCode)"
        carryOut(sessions.release(key, text, reason, at: now), at: now)
    }

    /// Ends what a shutdown leaves: the subscribers whom no LNS has.
    func closeSubscribers(at now: Instant) {
        for session in sessions.all where session.role is Subscription {
            carryOut([.close(session.key, Disconnection(.administrative, text: "shutting down"))], at: now)
        }
    }
}
