/// Why a link ended, in the terms of RFC 3145 section 3.
package enum LinkEnd: Equatable, Sendable {
    /// Whose: which end did or lacked it (RFC 3145 section 2). The raw value is the AVP's Direction.
    package enum Direction: UInt8, Sendable {
        case global = 0
        case peer = 1
        case local = 2
    }

    /// The lower layer went away.
    case lowerLayerDown
    /// A person or a limit of ours ended it.
    case administrative
    /// Somebody sent a Terminate-Request.
    case terminated(by: Direction)
    /// The peer stopped answering while LCP was negotiated.
    case lcpTimeout
    /// Nothing that LCP could read was ever received.
    case noLCP
    /// LCP cannot go on: it did not converge in time, or the peer rejected it.
    case lcpFailed
    case loopback
    case echoTimeout
    case authenticationTimeout(AuthenticationMethod)
    /// `peer`: the peer rejected all of our methods; `local`: we know none of the peer's.
    case authenticationProtocolUnacceptable(Direction)
    /// `peer`: the peer did not prove itself; `local`: we did not.
    case authenticationFailed(AuthenticationMethod, Direction)
    /// No network protocol opened in time, or all of them were refused.
    case noNetworkProtocol
    /// `peer`: it refused our address too often; `local`: we refused the peer's too often.
    case addressesDoNotConverge(Direction)
    /// No address may be used, or none is left, for this user.
    case addressNotPermitted

    /// Disconnect Code of the PPP Disconnect Cause Code AVP.
    package var disconnectCode: UInt16 {
        switch self {
        case .lowerLayerDown: 0
        case .administrative: 1
        case .terminated: 3
        case .lcpTimeout, .lcpFailed: 5
        case .noLCP: 6
        case .loopback: 7
        case .echoTimeout: 8
        case .authenticationTimeout: 13
        case .authenticationProtocolUnacceptable: 15
        case .authenticationFailed: 16
        case .noNetworkProtocol: 18
        case .addressesDoNotConverge: 19
        case .addressNotPermitted: 20
        }
    }

    /// Control Protocol Number of that AVP: 0 where the error belongs to no one protocol.
    package var controlProtocol: UInt16 {
        switch self {
        case .lowerLayerDown, .administrative, .terminated: 0
        case .lcpTimeout, .lcpFailed, .noLCP, .loopback, .echoTimeout: ProtocolNumber.lcp.rawValue
        case .authenticationProtocolUnacceptable: ProtocolNumber.chap.rawValue
        case .authenticationTimeout(let method), .authenticationFailed(let method, _): method.protocolNumber.rawValue
        case .noNetworkProtocol, .addressesDoNotConverge, .addressNotPermitted: ProtocolNumber.ipcp.rawValue
        }
    }

    /// Direction of that AVP.
    package var direction: Direction {
        switch self {
        case .terminated(let direction), .authenticationProtocolUnacceptable(let direction),
            .authenticationFailed(_, let direction), .addressesDoNotConverge(let direction):
            direction
        case .addressNotPermitted: .local
        case .lowerLayerDown, .administrative, .lcpTimeout, .noLCP, .lcpFailed, .loopback, .echoTimeout,
            .authenticationTimeout, .noNetworkProtocol:
            .global
        }
    }

    /// One sentence for a log and for the AVP's message.
    package var text: String {
        switch self {
        case .lowerLayerDown: "the lower layer went down"
        case .administrative: "closed by administration"
        case .terminated(let direction): direction == .peer ? "the peer ended the link" : "this end ended the link"
        case .lcpTimeout: "the peer stopped answering LCP"
        case .noLCP: "no LCP packet was received"
        case .lcpFailed: "LCP did not converge"
        case .loopback: "the link is looped back"
        case .echoTimeout: "the peer stopped answering echoes"
        case .authenticationTimeout(let method): "authentication by \(method.rawValue) was not finished in time"
        case .authenticationProtocolUnacceptable: "no authentication protocol suits both ends"
        case .authenticationFailed(let method, let direction):
            direction == .peer
                ? "authentication by \(method.rawValue) failed" : "the peer refused our \(method.rawValue)"
        case .noNetworkProtocol: "no network protocol came up"
        case .addressesDoNotConverge: "the ends did not agree on addresses"
        case .addressNotPermitted: "no address is there for the user"
        }
    }
}
