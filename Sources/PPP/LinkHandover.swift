/// What a LAC tells the LNS that takes a link over (RFC 2661 section 4.4.5).
package struct Handover: Equatable, Sendable {
    /// AVPs 26, 27 and 28.
    package var lcp: ProxiedLCP
    /// AVPs 29 to 33, each that its type needs. Nil: no type is registered for what the peer was asked with
    /// (MS-CHAPv2), and the LNS has to ask it once more.
    package var authentication: ProxiedAuthentication?
    /// What the peer has said to network protocols already, for the LNS to hear first. Only a peer that nobody asked for
    /// proof goes on without an answer.
    package var frames: [PPPFrame]
}

extension Link {
    /// Gives an open link away instead of answering: at a LAC whose peer's name belongs to an LNS. The link is `closed`
    /// at once and says nothing any more, not even that it is; no network protocol was begun (RFC 2809 section 4.2).
    /// Whatever the peer sends from now on is the LNS's.
    ///
    /// Until then the link goes on: it answers echoes, and a peer that ends it, negotiates it anew or takes too long
    /// makes the request void.
    ///
    /// - Parameter request: what `Output.authenticate` gave, not answered yet; nil at `Output.networkPhase` of a link
    ///   that asks nobody.
    /// - Returns: nil, and the link is as it was, when it does not wait for this answer.
    package mutating func handOver(_ request: AuthenticationRequest?) -> Handover? {
        let proxied: ProxiedAuthentication?
        if let request {
            guard phase == .authenticate, question == request.id else { return nil }
            proxied = authentication?.proxied(request)
        } else {
            guard phase == .network, network == nil, authentication == nil else { return nil }
            proxied = ProxiedAuthentication(type: ProxiedAuthentication.Kind.none)
        }
        let frames = early.sorted { $0.key.rawValue < $1.key.rawValue }.map { PPPFrame($0.key, $0.value.encoded) }
        _ = finish(.lowerLayerDown)
        deadline = nil
        question = nil
        early = [:]
        return Handover(lcp: lcp.requests, authentication: proxied, frames: frames)
    }
}
