import Instants
import L2TPWire

/// The tunnel's calls.
extension Tunnel {
    /// Gives a call an event and does what follows. A call that is not there any more hears nothing.
    mutating func tell(_ id: SessionID, _ event: CallEvent, using random: inout some RandomNumberGenerator) {
        guard let before = calls[id] else { return }
        let effects = calls[id]?.handle(event) ?? []
        let peer = calls[id]?.peerID ?? before.peerID
        if let peer, before.peerID == nil { callsByPeerID[peer] = id }
        for effect in effects {
            switch effect {
            case .send(.cdn(let message)):
                // Who has not been sent the request is not sent its end either.
                let dropped = delivery.prune(id)
                if before.isUnanswered, dropped > 0 { continue }
                send(.cdn(message), to: peer ?? .none, using: &random)
            case .send(let message):
                send(message, to: peer ?? .none, owner: id, using: &random)
            case .report(let output): outputs.append(output)
            case .ended(let end):
                forget(id, peer: peer)
                outputs.append(.callClosed(id, end))
            }
        }
        // A setup timer that was started or restarted.
        if let deadline = calls[id]?.deadline, deadline != before.deadline { noteSetupDeadline(deadline, id) }
    }

    /// Only an outgoing call that rings may have a deadline behind later ones: the place is at the end, or near it.
    private mutating func noteSetupDeadline(_ time: Instant, _ id: SessionID) {
        var place = setupDeadlines.count
        while place > 0, setupDeadlines[place - 1].time > time { place -= 1 }
        setupDeadlines.insert((time, id), at: place)
    }

    private mutating func forget(_ id: SessionID, peer: SessionID?) {
        calls[id] = nil
        if let peer, callsByPeerID[peer] == id { callsByPeerID[peer] = nil }
        waitingCalls.removeAll { $0 == id }
        sessionIDs.release(id.rawValue)
        delivery.prune(id)
    }

    mutating func placeCall(_ request: ICRQ, at now: Instant, using random: inout some RandomNumberGenerator) {
        place(request.callSerialNumber, at: now, using: &random) {
            .lacIncoming(LACIncomingCall(localID: $0, request: request))
        }
    }

    mutating func placeOutgoingCall(_ request: OCRQ, at now: Instant, using random: inout some RandomNumberGenerator) {
        place(request.callSerialNumber, at: now, using: &random) {
            .lnsOutgoing(LNSOutgoingCall(localID: $0, request: request))
        }
    }

    /// A new call of ours.
    private mutating func place(
        _ serial: UInt32, at now: Instant, using random: inout some RandomNumberGenerator,
        _ call: (SessionID) -> Call
    ) {
        let code: ResultCode<CDNResult>? =
            if !isRunning || role == .responder && connection.tableState == .idle {
                ResultCode(.seeErrorCode, error: .noControlConnection)
            } else if calls.count >= configuration.maxSessions {
                .sessionLimit
            } else { nil }
        if let code { return outputs.append(.callNotPlaced(callSerialNumber: serial, .local(code))) }
        guard let id = allocateSessionID(using: &random) else {
            return outputs.append(
                .callNotPlaced(callSerialNumber: serial, .local(ResultCode(.noFacilitiesTemporarily))))
        }
        calls[id] = call(id)
        waitingCalls.append(id)
        outputs.append(.callPlaced(id, callSerialNumber: serial))
        tell(.localOpen, at: now, using: &random)
    }

    /// Sends a call's request, now that the tunnel is open. A LAC is not asked for what it cannot do (RFC 2661 section
    /// 4.4.3).
    mutating func request(_ id: SessionID, at now: Instant, using random: inout some RandomNumberGenerator) {
        if case .lnsOutgoing(let call)? = calls[id], case .waitTunnel(let request) = call.state, let peer,
            let code = request.refusal(bearer: peer.bearerCapabilities, framing: peer.framingCapabilities)
        {
            tell(id, .localClose(CDN(resultCode: code, assignedSessionID: id)), using: &random)
        } else {
            tell(id, .tunnelOpen(until: now + configuration.callSetupTimeout), using: &random)
        }
    }

    /// The LAC asks for a call.
    mutating func offerCall(_ request: ICRQ, at now: Instant, using random: inout some RandomNumberGenerator) {
        let until = now + configuration.callSetupTimeout
        let id = admit(request.assignedSessionID, until: until, using: &random) {
            .lnsIncoming(LNSIncomingCall(localID: $0, request: request, until: until))
        }
        if let id { outputs.append(.callOffered(id, request)) }
    }

    /// The LNS asks for a call.
    mutating func requestOutgoingCall(
        _ request: OCRQ, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        let refusal = request.refusal(
            bearer: configuration.bearerCapabilities, framing: configuration.framingCapabilities)
        if let refusal { return refuse(request.assignedSessionID, refusal, using: &random) }
        let until = now + configuration.callSetupTimeout
        let id = admit(request.assignedSessionID, until: until, using: &random) {
            .lacOutgoing(LACOutgoingCall(localID: $0, request: request, until: until))
        }
        if let id { outputs.append(.outgoingCallRequested(id, request)) }
    }

    /// A new call of the peer's; nil where there is no room for it, which the peer is told.
    private mutating func admit(
        _ peer: SessionID, until: Instant, using random: inout some RandomNumberGenerator,
        _ call: (SessionID) -> Call
    ) -> SessionID? {
        let isRoom = calls.count < configuration.maxSessions
        guard isRoom, let id = allocateSessionID(using: &random) else {
            refuse(peer, .sessionLimit, using: &random)
            return nil
        }
        calls[id] = call(id)
        callsByPeerID[peer] = id
        noteSetupDeadline(until, id)
        return id
    }

    /// Ends a call that never was one here. The CDN must have a session id of ours, which nobody will use.
    mutating func refuse(
        _ peer: SessionID, _ code: ResultCode<CDNResult>, using random: inout some RandomNumberGenerator
    ) {
        let id = allocateSessionID(using: &random)
        let message = CDN(resultCode: code, assignedSessionID: id ?? SessionID(.max))
        send(.cdn(message), to: peer, using: &random)
        if let id { sessionIDs.release(id.rawValue) }
    }

    /// Tells the peer something about an established call.
    mutating func report(
        _ message: Message, of id: SessionID, using random: inout some RandomNumberGenerator
    ) {
        guard let call = calls[id], call.isEstablished, let peer = call.peerID else { return }
        send(message, to: peer, owner: id, using: &random)
    }

    private mutating func allocateSessionID(using random: inout some RandomNumberGenerator) -> SessionID? {
        sessionIDs.allocate(using: &random).map { SessionID($0) }
    }
}

extension OCRQ {
    /// Why a LAC with these capabilities refuses the call; nil when it can be placed. Without any bearer none can.
    fileprivate func refusal(
        bearer: BearerCapabilities?, framing: FramingCapabilities
    ) -> ResultCode<CDNResult>? {
        guard let bearer, !bearer.isEmpty else {
            return ResultCode(.noFacilitiesPermanently, text: "no outgoing calls")
        }
        guard bearer.permit(bearerType) else { return .valueOutOfRange("Bearer Type") }
        guard framing.permit(framingType) else { return .valueOutOfRange("Framing Type") }
        return nil
    }
}

extension ResultCode<CDNResult> {
    fileprivate static let sessionLimit = ResultCode<CDNResult>(.noFacilitiesTemporarily, text: "session limit")

    /// Error 3, with the AVP that it is about.
    static func valueOutOfRange(_ avp: Text) -> Self {
        ResultCode(.seeErrorCode, error: .valueOutOfRange, text: avp)
    }
}
