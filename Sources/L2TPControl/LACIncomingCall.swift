package import L2TPWire

/// An incoming call at the LAC: `LACIncomingCallTable` with data in its states (RFC 2661 section 7.4.1).
///
/// Between an ICRP and our ICCN the session's data path is prepared. The table has no state for that: a call that was
/// replied to is still in `waitReply`, and what would be acceptable there once is not acceptable twice.
package struct LACIncomingCall: Sendable {
    package let localID: SessionID
    package let callSerialNumber: UInt32
    package private(set) var state: PlacedCallState<ICRQ>

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

    var session: Tunnel.Session {
        let state: Tunnel.Session.State =
            switch tableState {
            case .idle, .waitTunnel: .waitTunnel
            case .waitReply: .waitReply
            case .established: .established
            }
        return Tunnel.Session(
            localID: localID, peerID: self.state.peerID, side: .lac, direction: .incoming, state: state,
            callSerialNumber: callSerialNumber)
    }

    mutating func handle(_ event: CallEvent) -> [CallEffect] {
        if case (.icrp(let message), .waitReply(let until)) = (event, state) {
            state = .replied(peer: message.assignedSessionID, until: until)
            return [.report(.callAccepted(localID, peer: message.assignedSessionID, message))]
        }
        guard let name = name(event) else { return [] }
        switch LACIncomingCallTable.transition(from: tableState, on: name).action {
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
            state = .idle
            return event.disconnection(of: localID)
        case .cleanUp:
            state = .idle
            return event.cleaning
        }
    }

    /// The table's name for an event; nil for one that no call at the LAC, or none in this state, can be given.
    private func name(_ event: CallEvent) -> LACIncomingCallTable.Event? {
        switch event {
        case .tunnelOpen: return .tunnelOpen
        // One that is acceptable was taken before this: here it comes a second time.
        case .icrp, .refused(.icrp, _): return .refusedICRP
        case .connect:
            if case .replied = state { return .acceptableICRP }
            return nil
        case .icrq, .refused(.icrq, _): return .icrq
        case .iccn, .refused(.iccn, _): return .iccn
        case .cdn: return .cdn
        // What belongs to an outgoing call, or could not be read, leaves us no choice.
        case .localClose, .ocrq, .ocrp, .occn, .refused: return .localClose
        case .timeout: return .setupTimeout
        case .accept, .acceptOutgoing, .connectOutgoing: return nil
        }
    }
}
