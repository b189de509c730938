package import L2TPWire

/// An incoming call at the LAC: `LACIncomingCallTable` with data in its states (RFC 2661 section 7.4.1).
///
/// Between an ICRP and our ICCN the session's data path is prepared. The table has no state for that: the call is
/// still in `waitReply`, and what would be acceptable there once is not acceptable twice.
package struct LACIncomingCall: Sendable {
    package enum State: Equatable, Sendable {
        case idle
        case waitTunnel(ICRQ)
        case waitReply(until: ContinuousClock.Instant)
        /// The ICRP came, and the ICCN is to be sent.
        case replied(peer: SessionID, until: ContinuousClock.Instant)
        case established(peer: SessionID)
    }

    package let localID: SessionID
    package let callSerialNumber: UInt32
    package private(set) var state: State

    /// A call that waits for its tunnel.
    package init(localID: SessionID, request: ICRQ) {
        self.localID = localID
        callSerialNumber = request.callSerialNumber
        var request = request
        request.assignedSessionID = localID
        state = .waitTunnel(request)
    }

    /// The state without its data.
    package var tableState: LACIncomingCallTable.State {
        switch state {
        case .idle: .idle
        case .waitTunnel: .waitTunnel
        case .waitReply, .replied: .waitReply
        case .established: .established
        }
    }

    package var peerID: SessionID? {
        switch state {
        case .idle, .waitTunnel, .waitReply: nil
        case .replied(let peer, _), .established(let peer): peer
        }
    }

    package var deadline: ContinuousClock.Instant? {
        switch state {
        case .idle, .waitTunnel, .established: nil
        case .waitReply(let until), .replied(_, let until): until
        }
    }

    mutating func handle(_ event: CallEvent) -> [CallEffect] {
        if case (.icrp(let message), .waitReply(let until)) = (event, state) {
            state = .replied(peer: message.assignedSessionID, until: until)
            return [.accepted(message)]
        }
        guard let name = name(event) else { return [] }
        return perform(event, name)
    }

    private mutating func perform(_ event: CallEvent, _ name: LACIncomingCallTable.Event) -> [CallEffect] {
        let transition = LACIncomingCallTable.transition(from: tableState, on: name)
        switch transition.action {
        case .nothing, .openTunnel:
            return []
        case .sendICRQ:
            guard case (.waitTunnel(let request), .tunnelOpen(let until)) = (state, event) else { return [] }
            state = .waitReply(until: until)
            return [.send(.icrq(request))]
        case .sendICCN:
            guard case (.replied(let peer, _), .connect(let message)) = (state, event) else { return [] }
            state = .established(peer: peer)
            return [.send(.iccn(message))]
        case .sendCDN:
            let cdn = disconnect(event)
            state = .idle
            return [.send(.cdn(cdn)), .ended(.local(cdn.resultCode))]
        case .cleanUp:
            state = .idle
            return [.ended(end(event))]
        }
    }

    /// The table's name for an event; nil for one that no call at the LAC, or none in this state, can be given.
    private func name(_ event: CallEvent) -> LACIncomingCallTable.Event? {
        switch event {
        case .tunnelOpen: return .tunnelOpen
        // One that is acceptable was taken before this: here it comes a second time.
        case .icrp, .refusedICRP: return .refusedICRP
        case .connect:
            if case .replied = state { return .acceptableICRP }
            return nil
        case .icrq: return .icrq
        case .iccn, .refusedICCN: return .iccn
        case .cdn: return .cdn
        case .localClose: return .localClose
        case .timeout: return .setupTimeout
        case .accept: return nil
        }
    }

    private func disconnect(_ event: CallEvent) -> CDN {
        if case .localClose(var cdn) = event {
            cdn.assignedSessionID = localID
            return cdn
        }
        return CDN(resultCode: code(event), assignedSessionID: localID)
    }

    private func end(_ event: CallEvent) -> CallEnd {
        switch event {
        case .cdn(let code): .peer(code)
        case .iccn, .refusedICCN: .outOfPlace(.iccn)
        case .localClose, .timeout, .icrq, .icrp, .refusedICRP, .tunnelOpen, .connect, .accept: .local(code(event))
        }
    }

    private func code(_ event: CallEvent) -> ResultCode<CDNResult> {
        switch event {
        case .localClose(let cdn): cdn.resultCode
        case .refusedICRP(let refusal): refusal
        case .timeout: ResultCode(.timeout)
        case .icrp: .outOfPlace(.icrp)
        case .icrq: .outOfPlace(.icrq)
        case .iccn, .refusedICCN: .outOfPlace(.iccn)
        case .tunnelOpen, .connect, .accept, .cdn: ResultCode(.administrative)
        }
    }
}
