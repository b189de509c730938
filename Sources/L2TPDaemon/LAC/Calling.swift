import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP
import PPPoE

/// Outgoing calls at the LAC (RFC 2661 section 7.5.1): an LNS asks for a subscriber, who is woken and dials in.
extension L2TPServer {
    func receive(_ request: OCRQ, _ id: SessionID, in context: TunnelContext, at now: Instant) {
        guard let callee = lac.callees[request.calledNumber.string] else {
            let reason = ResultCode<CDNResult>(.invalidDestination, text: "no [[callee]] has this number")
            return refuse(request, id, reason, in: context, at: now)
        }
        if let reason = obstacle(to: callee, in: context) { return refuse(request, id, reason, in: context, at: now) }
        let key = SessionKey(tunnel: context.kernelID, session: UInt32(id.rawValue))
        let peerKey = SessionKey(
            tunnel: UInt32(context.peerTunnelID.rawValue), session: UInt32(request.assignedSessionID.rawValue))
        let call = OutgoingCall(request, to: callee, key: key, peerKey: peerKey, from: context.counterpart.peer)
        lac.callees.ring(call)
        log.info("subscriber called", facts(call, in: context))
        tell(
            context, .acceptOutgoingCall(id, OCRP(assignedSessionID: .none), answerWithin: callee.timeout), at: now)
        if let program = callee.hook {
            let environment = [
                "L2TPD_EVENT": "call", "L2TPD_NUMBER": callee.number, "L2TPD_INTERFACE": callee.interface,
                "L2TPD_MAC": "\(callee.mac)",
            ]
            let run = Hooks.Run(
                owner: .call(key), program: program, limit: callee.hookTimeout, environment: environment)
            lac.callees.hooks.start(run, at: now)
        }
    }

    /// Why a callee cannot be called now, as RFC 2661 section 4.4.2 has it; nil when he can.
    private func obstacle(to callee: Callee, in context: TunnelContext) -> ResultCode<CDNResult>? {
        if let obstacle = obstacleToCall(in: context) {
            return ResultCode(.noFacilitiesTemporarily, text: Text(obstacle))
        }
        guard let port = lac.ports.first(where: { $0.interface == callee.interface }), port.socket.isUp else {
            return ResultCode(.noDialTone, text: Text("\(callee.interface) is down"))
        }
        let isOnline = port.concentrator.sessionCount(of: callee.mac) > 0
        if isOnline || lac.callees.ringing(on: callee.interface, callee.mac) != nil {
            return ResultCode(.busy, text: isOnline ? "the subscriber is online" : "the subscriber is being called")
        }
        return nil
    }

    private func refuse(
        _ request: OCRQ, _ id: SessionID, _ reason: ResultCode<CDNResult>, in context: TunnelContext, at now: Instant
    ) {
        statistics.count(.callsRefused)
        let fields: Facts = ["called_number": "\(request.calledNumber)", "reason": "\(reason)"]
        log.warning("outgoing call refused", facts(context).adding(fields))
        tell(context, .rejectCall(id, reason), at: now)
    }

    /// Ends the calls that nobody was woken for.
    func endCallsOfFailedHooks(at now: Instant) {
        for failure in lac.callees.hooks.takeFailures() {
            guard case .call(let key) = failure.owner, lac.callees.ringing[key] != nil else { continue }
            let reason = ResultCode<CDNResult>(
                .seeErrorCode, error: .vendorSpecific, text: Text("hook: \(failure.reason)"))
            tell(key, at: now) { .closeCall($0, reason) }
        }
    }

    /// The subscriber dials in: his session and the LNS's are made.
    func answer(_ call: OutgoingCall, _ request: AccessRequest, on port: AccessPort, at now: Instant) {
        guard let context = context(call.key.tunnel) else { return }
        lac.callees.stopRinging(call.key)
        let key = sessions.freeAccessKey()
        let leg = CalleeLeg(call, on: port, request)
        port.keys[request.id] = key
        log.info("subscriber answered", facts(call, in: context))
        let circuit = PPPoECircuit(interface: port.interface, peer: request.host, sessionID: request.id.rawValue)
        sessions.prepare(
            circuit, key: key, offer: .outgoing(call.request), role: leg, link: Link(configuration: .unused), at: now)
        carryOut(
            sessions.prepare(
                .outgoing(call.request), key: call.key, peer: call.peerKey, over: context.path,
                role: CallerLeg(call, from: context, over: request.line), link: Link(configuration: .unused), at: now),
            at: now)
        // The kernel has not forgotten an earlier session of this id.
        if let session = sessions[key], session.partner == nil { closeSubscriber(key, .failed, at: now) }
    }

    /// The OCCN is under way: the subscriber hears of his session, and whatever he says from then on passes.
    func acceptCallee(_ key: SessionKey, at now: Instant) {
        guard let session = sessions[key], let leg = session.role as? CalleeLeg, let partner = session.partner,
            let connection = sessions[partner]?.connection
        else { return }
        leg.port.handle(.accept(leg.request.id), at: now)
        carryOut(sessions.connect(connection, key: key, at: now), at: now)
    }

    private func facts(_ call: OutgoingCall, in context: TunnelContext) -> Facts {
        let fields: Facts = [
            "session_id": "\(call.key.session)", "called_number": "\(call.callee.number)",
            "interface": "\(call.callee.interface)", "mac": "\(call.callee.mac)",
            "call_serial": "\(call.request.callSerialNumber)",
        ]
        return facts(context).adding(fields)
    }
}
