import L2TPControl
import L2TPWire

/// What asked for a call: a LAC's ICRQ, or an LNS's OCRQ.
enum CallRequest: Equatable {
    case incoming(ICRQ)
    case outgoing(OCRQ)

    var direction: Tunnel.Session.Direction {
        switch self {
        case .incoming: .incoming
        case .outgoing: .outgoing
        }
    }

    var callSerialNumber: UInt32 {
        switch self {
        case .incoming(let request): request.callSerialNumber
        case .outgoing(let request): request.callSerialNumber
        }
    }

    var calledNumber: Text? {
        switch self {
        case .incoming(let request): request.calledNumber
        case .outgoing(let request): request.calledNumber
        }
    }

    /// Only a LAC knows who calls.
    var callingNumber: Text? {
        switch self {
        case .incoming(let request): request.callingNumber
        case .outgoing: nil
        }
    }

    /// What a tunnel is told that is to place the call.
    var placing: TunnelInput {
        switch self {
        case .incoming(let request): .placeCall(request)
        case .outgoing(let request): .placeOutgoingCall(request)
        }
    }

    /// RFC 2661's name (sections 7.4 and 7.5) for the state of a call that was asked for and is not connected;
    /// `isReady`: the kernel has its session.
    func state(at side: Tunnel.Session.Side, isReady: Bool) -> String {
        let state: Tunnel.Session.State =
            switch (direction, side) {
            case (.incoming, .lns): isReady ? .waitConnect : .offered
            case (.incoming, .lac): .waitReply
            case (.outgoing, .lns): .waitConnect
            case (.outgoing, .lac): .waitCsAnswer
            }
        return state.rawValue
    }
}
