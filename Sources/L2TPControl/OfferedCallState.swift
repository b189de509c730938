package import Instants

/// How far a call is that the peer asks for, whose session id it has told in its request: an incoming call at the LNS, an
/// outgoing one at the LAC.
package enum OfferedCallState: Equatable, Sendable {
    /// The request came, and nobody has decided.
    case offered(until: Instant)
    /// The reply was sent.
    case replied(until: Instant)
    case established
    /// Over.
    case idle

    package var deadline: Instant? {
        switch self {
        case .offered(let until), .replied(let until): until
        case .established, .idle: nil
        }
    }
}
