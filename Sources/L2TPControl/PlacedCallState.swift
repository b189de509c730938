package import Instants
package import L2TPWire

/// How far a call is that we ask the peer for, with what is known then: an incoming call at the LAC, an outgoing one at
/// the LNS.
package enum PlacedCallState<Request: Equatable & Sendable>: Equatable, Sendable {
    case idle
    /// The request is to be sent as soon as there is a tunnel.
    case waitTunnel(Request)
    case waitReply(until: Instant)
    /// The reply came: the peer's session id is known.
    case replied(peer: SessionID, until: Instant)
    case established(peer: SessionID)

    package var peerID: SessionID? {
        switch self {
        case .idle, .waitTunnel, .waitReply: nil
        case .replied(let peer, _), .established(let peer): peer
        }
    }

    package var deadline: Instant? {
        switch self {
        case .idle, .waitTunnel, .established: nil
        case .waitReply(let until), .replied(_, let until): until
        }
    }
}
