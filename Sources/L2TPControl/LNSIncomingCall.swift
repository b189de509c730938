package import L2TPWire

/// An incoming call at the LNS: `LNSIncomingCallTable` with data in its states (RFC 2661 section 7.4.2).
///
/// Between an ICRQ and our answer somebody decides and prepares the session's data path. The table has no state for
/// that: the call is still `idle`, though it has an id and can end.
package struct LNSIncomingCall: Sendable {
    package enum State: Equatable, Sendable {
        /// The request came, and nobody has decided.
        case offered(until: ContinuousClock.Instant)
        case waitConnect(until: ContinuousClock.Instant)
        case established
        /// Over.
        case idle
    }

    package let localID: SessionID
    package let peerID: SessionID
    package let callSerialNumber: UInt32
    /// The framings that we advertised: a call with another is rejected.
    private let framing: FramingCapabilities
    package private(set) var state: State

    /// A call that was asked for.
    package init(
        localID: SessionID, request: ICRQ, framing: FramingCapabilities, until: ContinuousClock.Instant
    ) {
        self.localID = localID
        peerID = request.assignedSessionID
        callSerialNumber = request.callSerialNumber
        self.framing = framing
        state = .offered(until: until)
    }

    /// The state without its data.
    package var tableState: LNSIncomingCallTable.State {
        switch state {
        case .offered, .idle: .idle
        case .waitConnect: .waitConnect
        case .established: .established
        }
    }

    package var deadline: ContinuousClock.Instant? {
        switch state {
        case .offered(let until), .waitConnect(let until): until
        case .established, .idle: nil
        }
    }

    mutating func handle(_ event: CallEvent) -> [CallEffect] {
        if state == .idle { return [] }
        guard let (name, refusal) = judge(event) else { return [] }
        let transition = LNSIncomingCallTable.transition(from: tableState, on: name)
        switch transition.action {
        case .nothing:
            return []
        case .sendICRP:
            guard case .accept(let until) = event else { return [] }
            state = .waitConnect(until: until)
            return [.send(.icrp(ICRP(assignedSessionID: localID)))]
        case .prepareData:
            guard case .iccn(let message) = event else { return [] }
            state = .established
            return [.connected(message)]
        case .sendCDN:
            let cdn = disconnect(event, refusal)
            state = .idle
            return [.send(.cdn(cdn)), .ended(.local(cdn.resultCode))]
        case .cleanUp:
            state = .idle
            return [.ended(end(event))]
        }
    }

    /// The table's name for an event, and the code for a CDN that may follow from it; nil for an event that no call at
    /// the LNS, or none in this state, can be given.
    private func judge(_ event: CallEvent) -> (LNSIncomingCallTable.Event, ResultCode<CDNResult>?)? {
        let isOffered = tableState == .idle
        switch event {
        case .accept: return isOffered ? (.acceptableICRQ, nil) : nil
        // A request that came twice before it was answered: the peer has lost count.
        case .icrq: return (.refusedICRQ, .outOfPlace(.icrq))
        case .icrp, .refusedICRP: return (.icrp, .outOfPlace(.icrp))
        case .iccn(let message):
            guard framing.permit(message.framingType) else {
                return (.refusedICCN, ResultCode(.seeErrorCode, error: .valueOutOfRange, text: "Framing Type"))
            }
            return (.acceptableICCN, .outOfPlace(.iccn))
        case .refusedICCN(let refusal): return (.refusedICCN, refusal)
        case .cdn: return (.cdn, nil)
        // While nobody has decided, to close the call is to refuse it.
        case .localClose(let cdn): return (isOffered ? .refusedICRQ : .localClose, cdn.resultCode)
        case .timeout: return (isOffered ? .refusedICRQ : .setupTimeout, ResultCode(.timeout))
        case .tunnelOpen, .connect: return nil
        }
    }

    private func disconnect(_ event: CallEvent, _ code: ResultCode<CDNResult>?) -> CDN {
        if case .localClose(var cdn) = event {
            cdn.assignedSessionID = localID
            return cdn
        }
        return CDN(resultCode: code ?? ResultCode(.administrative), assignedSessionID: localID)
    }

    /// Why a call ended without a CDN of ours: the table knows two reasons.
    private func end(_ event: CallEvent) -> CallEnd {
        if case .cdn(let code) = event { .peer(code) } else { .outOfPlace(.iccn) }
    }
}

extension ResultCode<CDNResult> {
    /// For a message that a call has no place for. RFC 2661 has no result of its own for that in a CDN.
    static func outOfPlace(_ type: MessageType) -> Self {
        ResultCode(.seeErrorCode, error: .invalidSessionID, text: Text("unexpected \(type)"))
    }
}
