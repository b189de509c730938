import Instants
import L2TPWire

/// A call of a tunnel: which of RFC 2661's four it is.
enum Call: Sendable {
    case lacIncoming(LACIncomingCall)
    case lnsIncoming(LNSIncomingCall)
    case lacOutgoing(LACOutgoingCall)
    case lnsOutgoing(LNSOutgoingCall)

    mutating func handle(_ event: CallEvent) -> [CallEffect] {
        switch self {
        case .lacIncoming(var call):
            defer { self = .lacIncoming(call) }
            return call.handle(event)
        case .lnsIncoming(var call):
            defer { self = .lnsIncoming(call) }
            return call.handle(event)
        case .lacOutgoing(var call):
            defer { self = .lacOutgoing(call) }
            return call.handle(event)
        case .lnsOutgoing(var call):
            defer { self = .lnsOutgoing(call) }
            return call.handle(event)
        }
    }

    /// What may be seen of it.
    var session: Tunnel.Session {
        switch self {
        case .lacIncoming(let call): call.session
        case .lnsIncoming(let call): call.session
        case .lacOutgoing(let call): call.session
        case .lnsOutgoing(let call): call.session
        }
    }

    /// When its setup must be over.
    var deadline: Instant? {
        switch self {
        case .lacIncoming(let call): call.state.deadline
        case .lnsIncoming(let call): call.state.deadline
        case .lacOutgoing(let call): call.state.deadline
        case .lnsOutgoing(let call): call.state.deadline
        }
    }

    var peerID: SessionID? { session.peerID }
    var isEstablished: Bool { session.state == .established }

    /// Whether our request for the call has not been answered: the peer may not even have heard of it.
    var isUnanswered: Bool {
        let session = session
        return session.state == .waitReply && session.peerID == nil
    }
}
