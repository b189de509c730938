package import Instants
package import L2TPWire

/// An incoming call at the LNS: `LNSIncomingCallTable` with data in its states (RFC 2661 section 7.4.2).
///
/// Between an ICRQ and our answer somebody decides and prepares the session's data path. The table has no state for
/// that: the call is still `idle`, though it has an id and can end.
package struct LNSIncomingCall: Sendable {
    package let localID: SessionID
    package let peerID: SessionID
    package let callSerialNumber: UInt32
    package private(set) var state: OfferedCallState

    /// A call that was asked for.
    package init(localID: SessionID, request: ICRQ, until: Instant) {
        self.localID = localID
        peerID = request.assignedSessionID
        callSerialNumber = request.callSerialNumber
        state = .offered(until: until)
    }

    /// The state without its data.
    package var tableState: LNSIncomingCallTable.State {
        switch state {
        case .offered, .idle: .idle
        case .replied: .waitConnect
        case .established: .established
        }
    }

    var session: Tunnel.Session {
        let state: Tunnel.Session.State =
            switch tableState {
            case .idle: .offered
            case .waitConnect: .waitConnect
            case .established: .established
            }
        return Tunnel.Session(
            localID: localID, peerID: peerID, side: .lns, direction: .incoming, state: state,
            callSerialNumber: callSerialNumber)
    }

    mutating func handle(_ event: CallEvent) -> [CallEffect] {
        if state == .idle { return [] }
        guard let name = name(event) else { return [] }
        switch LNSIncomingCallTable.transition(from: tableState, on: name).action {
        case .nothing:
            return []
        case .sendICRP:
            guard case .accept(let until) = event else { return [] }
            state = .replied(until: until)
            return [.send(.icrp(ICRP(assignedSessionID: localID)))]
        case .prepareData:
            guard case .iccn(let message) = event else { return [] }
            state = .established
            return [.report(.callConnected(localID, message))]
        case .sendCDN:
            state = .idle
            return event.disconnection(of: localID)
        case .cleanUp:
            state = .idle
            return event.cleaning
        }
    }

    /// The table's name for an event; nil for one that no call at the LNS, or none in this state, can be given.
    private func name(_ event: CallEvent) -> LNSIncomingCallTable.Event? {
        let isOffered = tableState == .idle
        switch event {
        case .accept: return isOffered ? .acceptableICRQ : nil
        // A request that came twice before it was answered: the peer has lost count.
        case .icrq, .refused(.icrq, _): return .refusedICRQ
        case .icrp, .refused(.icrp, _): return .icrp
        case .iccn: return .acceptableICCN
        case .refused(.iccn, _): return .refusedICCN
        case .cdn: return .cdn
        // While nobody has decided, to close the call is to refuse it. What belongs to an outgoing call, or could not be
        // read, leaves us no choice.
        case .localClose, .ocrq, .ocrp, .occn, .refused: return isOffered ? .refusedICRQ : .localClose
        case .timeout: return isOffered ? .refusedICRQ : .setupTimeout
        case .tunnelOpen, .acceptOutgoing, .connect, .connectOutgoing: return nil
        }
    }
}
