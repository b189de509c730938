package import Instants
package import L2TPWire

/// An outgoing call at the LAC: `LACOutgoingCallTable` with data in its states (RFC 2661 section 7.5.1).
///
/// Between an OCRQ and our answer somebody decides whether the call can be placed. The table has no state for that: the
/// call is still `idle`, though it has an id and can end.
package struct LACOutgoingCall: Sendable {
    package let localID: SessionID
    package let peerID: SessionID
    package let callSerialNumber: UInt32
    package private(set) var state: OfferedCallState

    /// A call that was asked for.
    package init(localID: SessionID, request: OCRQ, until: Instant) {
        self.localID = localID
        peerID = request.assignedSessionID
        callSerialNumber = request.callSerialNumber
        state = .offered(until: until)
    }

    /// The state without its data.
    package var tableState: LACOutgoingCallTable.State {
        switch state {
        case .offered, .idle: .idle
        case .replied: .waitCsAnswer
        case .established: .established
        }
    }

    var session: Tunnel.Session {
        let state: Tunnel.Session.State =
            switch tableState {
            case .idle: .offered
            case .waitCsAnswer: .waitCsAnswer
            case .established: .established
            }
        return Tunnel.Session(
            localID: localID, peerID: peerID, side: .lac, direction: .outgoing, state: state,
            callSerialNumber: callSerialNumber)
    }

    mutating func handle(_ event: CallEvent) -> [CallEffect] {
        if state == .idle { return [] }
        guard let name = name(event) else { return [] }
        switch LACOutgoingCallTable.transition(from: tableState, on: name).action {
        case .nothing:
            return []
        case .sendOCRP:
            guard case .acceptOutgoing(var message, let until) = event else { return [] }
            message.assignedSessionID = localID
            state = .replied(until: until)
            return [.send(.ocrp(message))]
        case .sendOCCN:
            guard case .connectOutgoing(let message) = event else { return [] }
            state = .established
            return [.send(.occn(message))]
        case .sendCDN:
            state = .idle
            return event.disconnection(of: localID)
        case .cleanUp:
            state = .idle
            return event.cleaning
        }
    }

    /// The table's name for an event; nil for one that no call at the LAC, or none in this state, can be given.
    private func name(_ event: CallEvent) -> LACOutgoingCallTable.Event? {
        let isOffered = tableState == .idle
        switch event {
        case .acceptOutgoing: return isOffered ? .acceptableOCRQ : nil
        case .connectOutgoing: return .bearerAnswer
        // A request that came twice before it was answered: the peer has lost count.
        case .ocrq, .refused(.ocrq, _): return .refusedOCRQ
        case .ocrp, .refused(.ocrp, _): return .ocrp
        case .occn, .refused(.occn, _): return .occn
        case .cdn: return .cdn
        // While nobody has decided, to close the call is to refuse it. What belongs to an incoming call, or could not be
        // read, leaves us no choice.
        case .localClose, .icrq, .icrp, .iccn, .refused: return isOffered ? .refusedOCRQ : .localClose
        case .timeout: return isOffered ? .refusedOCRQ : .setupTimeout
        case .tunnelOpen, .accept, .connect: return nil
        }
    }
}
