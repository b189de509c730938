import L2TPWire

/// The tunnel's calls.
extension Tunnel {
    /// Gives a call an event and does what follows. A call that is not there any more hears nothing.
    mutating func tell(_ id: SessionID, _ event: CallEvent, using random: inout some RandomNumberGenerator) {
        guard let before = calls[id] else { return }
        let effects = calls[id]?.handle(event) ?? []
        let peer = calls[id]?.peerID ?? before.peerID
        for effect in effects {
            switch effect {
            case .send(.cdn(let message)):
                // Who has not been sent the request is not sent its end either.
                let dropped = delivery.prune(id)
                if before.isUnanswered, dropped > 0 { continue }
                send(.cdn(message), to: peer ?? .none, using: &random)
            case .send(let message):
                send(message, to: peer ?? .none, owner: id, using: &random)
            case .accepted(let message):
                callsByPeerID[message.assignedSessionID] = id
                outputs.append(.callAccepted(id, peer: message.assignedSessionID, message))
            case .connected(let message): outputs.append(.callConnected(id, message))
            case .ended(let end):
                forget(id, peer: peer)
                outputs.append(.callClosed(id, end))
            }
        }
        // A setup timer that was started or restarted; all last equally long, so the order is kept.
        if let deadline = calls[id]?.deadline, deadline != before.deadline { setupDeadlines.append((deadline, id)) }
    }

    private mutating func forget(_ id: SessionID, peer: SessionID?) {
        calls[id] = nil
        if let peer, callsByPeerID[peer] == id { callsByPeerID[peer] = nil }
        waitingCalls.removeAll { $0 == id }
        sessionIDs.release(id.rawValue)
        delivery.prune(id)
    }

    mutating func placeCall(
        _ request: ICRQ, at now: ContinuousClock.Instant, using random: inout some RandomNumberGenerator
    ) {
        let serial = request.callSerialNumber
        let code: ResultCode<CDNResult>? =
            if !isRunning || role == .responder && connection.tableState == .idle {
                ResultCode(.seeErrorCode, error: .noControlConnection)
            } else if calls.count >= configuration.maxSessions {
                ResultCode(.noFacilitiesTemporarily, text: "session limit")
            } else { nil }
        if let code { return outputs.append(.callNotPlaced(callSerialNumber: serial, .local(code))) }
        guard let id = allocateSessionID(using: &random) else {
            return outputs.append(
                .callNotPlaced(callSerialNumber: serial, .local(ResultCode(.noFacilitiesTemporarily))))
        }
        calls[id] = .lac(LACIncomingCall(localID: id, request: request))
        waitingCalls.append(id)
        outputs.append(.callPlaced(id, callSerialNumber: serial))
        tell(.localOpen, at: now, using: &random)
    }

    /// A new call of the peer's.
    mutating func offerCall(
        _ request: ICRQ, at now: ContinuousClock.Instant, using random: inout some RandomNumberGenerator
    ) {
        let isRoom = calls.count < configuration.maxSessions
        guard isRoom, let id = allocateSessionID(using: &random) else {
            let code = ResultCode<CDNResult>(.noFacilitiesTemporarily, text: "session limit")
            return refuse(request.assignedSessionID, code, using: &random)
        }
        let until = now + configuration.callSetupTimeout
        let call = LNSIncomingCall(
            localID: id, request: request, framing: configuration.framingCapabilities, until: until)
        calls[id] = .lns(call)
        callsByPeerID[request.assignedSessionID] = id
        setupDeadlines.append((until, id))
        outputs.append(.callOffered(id, request))
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
