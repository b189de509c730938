package import L2TPWire

/// Why a tunnel ended.
package enum TunnelEnd: Equatable, Sendable, CustomStringConvertible {
    /// We sent StopCCN: we were asked to, or the peer left us no choice.
    case local(ResultCode<StopCCNResult>)
    /// The peer's StopCCN came; nil when its codes could not be read.
    case peer(ResultCode<StopCCNResult>?)
    /// A message of ours was never acknowledged. Nothing is sent any more.
    case peerLost
    /// Our SCCRQ met the peer's and lost, or neither won (RFC 2661 section 4.4.3). Nothing was sent; whoever wanted
    /// this tunnel is to ask again: the peer's may serve.
    case tieLost
    /// `TunnelInput.abandon`, or a message that nothing answers.
    case abandoned

    package var description: String {
        switch self {
        case .local(let code): "closed here: \(code)"
        case .peer(let code?): "closed by the peer: \(code)"
        case .peer(nil): "closed by the peer, with codes that cannot be read"
        case .peerLost: "the peer does not answer"
        case .tieLost: "gave way to the peer's own request"
        case .abandoned: "abandoned"
        }
    }
}

/// Why a call ended.
package enum CallEnd: Equatable, Sendable, CustomStringConvertible {
    /// We sent CDN, or would have if the peer had heard of the call.
    case local(ResultCode<CDNResult>)
    /// The peer's CDN came; nil when its codes could not be read.
    case peer(ResultCode<CDNResult>?)
    /// The LAC gave the call up by a message that has no place (RFC 2661 section 7.4: clean up, no CDN).
    case outOfPlace(MessageType)
    /// Its tunnel ended, and it without a CDN.
    case tunnel(TunnelEnd)

    package var description: String {
        switch self {
        case .local(let code): "closed here: \(code)"
        case .peer(let code?): "closed by the peer: \(code)"
        case .peer(nil): "closed by the peer, with codes that cannot be read"
        case .outOfPlace(let type): "\(type) out of place"
        case .tunnel(let end): "tunnel \(end)"
        }
    }
}
