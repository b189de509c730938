package import L2TPWire

/// An outgoing call at the LNS: `LNSOutgoingCallTable` with data in its states (RFC 2661 section 7.5.2).
package struct LNSOutgoingCall: Sendable {
    package let localID: SessionID
    package let callSerialNumber: UInt32
    package private(set) var state: PlacedCallState<OCRQ>

    /// A call that waits for its tunnel.
    package init(localID: SessionID, request: OCRQ) {
        self.localID = localID
        callSerialNumber = request.callSerialNumber
        var request = request
        request.assignedSessionID = localID
        state = .waitTunnel(request)
    }

    /// The state without its data.
    package var tableState: LNSOutgoingCallTable.State {
        switch state {
        case .idle: .idle
        case .waitTunnel: .waitTunnel
        case .waitReply: .waitReply
        case .replied: .waitConnect
        case .established: .established
        }
    }

    var session: Tunnel.Session {
        let state: Tunnel.Session.State =
            switch tableState {
            case .idle, .waitTunnel: .waitTunnel
            case .waitReply: .waitReply
            case .waitConnect: .waitConnect
            case .established: .established
            }
        return Tunnel.Session(
            localID: localID, peerID: self.state.peerID, side: .lns, direction: .outgoing, state: state,
            callSerialNumber: callSerialNumber)
    }

    mutating func handle(_ event: CallEvent) -> [CallEffect] {
        guard let name = name(event) else { return [] }
        switch LNSOutgoingCallTable.transition(from: tableState, on: name).action {
        case .nothing, .openTunnel:
            return []
        case .sendOCRQ:
            guard case (.waitTunnel(let request), .tunnelOpen(let until)) = (state, event) else { return [] }
            state = .waitReply(until: until)
            return [.send(.ocrq(request))]
        case .awaitConnection:
            guard case .ocrp(let message, let until) = event else { return [] }
            state = .replied(peer: message.assignedSessionID, until: until)
            return [.report(.outgoingCallAccepted(localID, peer: message.assignedSessionID, message))]
        case .prepareData:
            guard case (.replied(let peer, _), .occn(let message)) = (state, event) else { return [] }
            state = .established(peer: peer)
            return [.report(.outgoingCallConnected(localID, message))]
        case .sendCDN:
            state = .idle
            return event.disconnection(of: localID)
        case .cleanUp:
            state = .idle
            return event.cleaning
        }
    }

    /// The table's name for an event; nil for one that no call at the LNS can be given.
    private func name(_ event: CallEvent) -> LNSOutgoingCallTable.Event? {
        switch event {
        case .tunnelOpen: .tunnelOpen
        case .ocrp: .acceptableOCRP
        case .refused(.ocrp, _): .refusedOCRP
        case .occn: .acceptableOCCN
        case .refused(.occn, _): .refusedOCCN
        case .ocrq, .refused(.ocrq, _): .ocrq
        case .cdn: .cdn
        // What belongs to an incoming call, or could not be read, leaves us no choice.
        case .localClose, .icrq, .icrp, .iccn, .refused: .localClose
        case .timeout: .setupTimeout
        case .accept, .acceptOutgoing, .connect, .connectOutgoing: nil
        }
    }
}
