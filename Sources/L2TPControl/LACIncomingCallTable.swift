/// An incoming call at the LAC, which asks for it, and what happens in each of its states (RFC 2661 section 7.4.1).
///
/// The RFC has no timers (section 7.3); ours ends a call that nobody answers. A message that cannot reach a call in
/// `waitTunnel`, because no session id has been sent yet, has an empty cell.
package enum LACIncomingCallTable {
    package enum State: CaseIterable, Sendable {
        case idle, waitTunnel, waitReply, established
    }

    package enum Event: CaseIterable, Sendable {
        /// The call is there: a modem rang, a PPPoE subscriber came.
        case bearerReady
        /// The control connection is established.
        case tunnelOpen
        case acceptableICRP, refusedICRP
        case icrq, iccn, cdn
        /// We end the call, or its bearer was lost.
        case localClose
        /// The LNS took too long to answer.
        case setupTimeout
    }

    package enum Action: Equatable, Sendable {
        /// The table's empty cells.
        case nothing
        /// Open the tunnel, or learn that it is open.
        case openTunnel
        case sendICRQ
        case sendICCN
        /// Send CDN and clean up.
        case sendCDN
        case cleanUp
    }

    package static func transition(from state: State, on event: Event) -> (action: Action, next: State) {
        switch (state, event) {
        case (.idle, .bearerReady): (.openTunnel, .waitTunnel)
        case (.idle, .tunnelOpen): (.nothing, .idle)
        case (.idle, .acceptableICRP), (.idle, .refusedICRP): (.cleanUp, .idle)
        case (.idle, .icrq): (.nothing, .idle)
        case (.idle, .iccn), (.idle, .cdn): (.cleanUp, .idle)
        case (.idle, .localClose), (.idle, .setupTimeout): (.nothing, .idle)

        case (.waitTunnel, .bearerReady): (.nothing, .waitTunnel)
        case (.waitTunnel, .tunnelOpen): (.sendICRQ, .waitReply)
        case (.waitTunnel, .acceptableICRP), (.waitTunnel, .refusedICRP): (.nothing, .waitTunnel)
        case (.waitTunnel, .icrq), (.waitTunnel, .iccn), (.waitTunnel, .cdn): (.nothing, .waitTunnel)
        case (.waitTunnel, .localClose), (.waitTunnel, .setupTimeout): (.cleanUp, .idle)

        case (.waitReply, .bearerReady), (.waitReply, .tunnelOpen): (.nothing, .waitReply)
        case (.waitReply, .acceptableICRP): (.sendICCN, .established)
        case (.waitReply, .refusedICRP): (.sendCDN, .idle)
        case (.waitReply, .icrq): (.sendCDN, .idle)
        case (.waitReply, .iccn), (.waitReply, .cdn): (.cleanUp, .idle)
        case (.waitReply, .localClose), (.waitReply, .setupTimeout): (.sendCDN, .idle)

        case (.established, .bearerReady), (.established, .tunnelOpen): (.nothing, .established)
        case (.established, .acceptableICRP), (.established, .refusedICRP): (.sendCDN, .idle)
        case (.established, .icrq), (.established, .iccn): (.sendCDN, .idle)
        case (.established, .cdn): (.cleanUp, .idle)
        case (.established, .localClose): (.sendCDN, .idle)
        case (.established, .setupTimeout): (.nothing, .established)
        }
    }
}
