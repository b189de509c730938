import L2TPWire

// What an end tells a LAC that knows several LNSes for its subscriber.
extension TunnelEnd {
    /// Whether the LNS, and not the call, was the reason, so that a call which waited in this tunnel is to be tried at
    /// the next LNS: it does not answer, was not let in or did not let us in, or turned us away with a StopCCN, whatever
    /// its codes (RFC 2661 sections 4.4.2, 5.8 and 7.2). False when we closed the tunnel for reasons of our own, and
    /// when our request gave way to the LNS's (section 4.4.3): then its tunnel may serve.
    package var suggestsAnotherLNS: Bool {
        switch self {
        case .peer, .peerLost, .abandoned: true
        case .tieLost: false
        case .local(let code):
            switch code.result {
            case .generalClear, .shuttingDown: false
            // What we say to one that does not keep to the protocol, or cannot prove itself.
            default: true
            }
        }
    }
}

extension CallEnd {
    /// Whether the LNS, and not the call, was the reason, so that the call is to be tried at the next LNS. Means something
    /// for a call that was never connected, `TunnelOutput.callNotPlaced` included; one that was connected is over, whatever
    /// its end says.
    ///
    /// By RFC 2661 section 4.4.2 the LNS lacks facilities (CDN 4 or 5), took too long (10), or names a general error (2)
    /// that is its own: no control connection (1), no resources (4), a session id out of context (5), "try another" (7)
    /// or, as RFC 3931 section 5.4.2 adds, one that it names (9). Codes that nobody can read, and answers that we had
    /// to refuse, are the LNS's fault too. Anything else is about the call: refused by administration (3), an invalid
    /// destination (6), busy (8) and the like would be the same elsewhere.
    package var suggestsAnotherLNS: Bool {
        switch self {
        case .tunnel(let end): end.suggestsAnotherLNS
        case .outOfPlace, .peer(nil): true
        case .local(let code): code.result == .seeErrorCode || code.isAboutTheLNS
        case .peer(let code?): code.isAboutTheLNS
        }
    }
}

extension ResultCode<CDNResult> {
    fileprivate var isAboutTheLNS: Bool {
        switch result {
        case .noFacilitiesTemporarily, .noFacilitiesPermanently, .timeout: true
        case .seeErrorCode:
            switch error {
            case .noControlConnection, .insufficientResources, .invalidSessionID, .tryAnother, .tryAnotherDirected: true
            default: false
            }
        default: false
        }
    }
}
