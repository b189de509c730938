/// An outgoing call at the LNS, which asks for it, and what happens in each of its states (RFC 2661 section 7.5.2).
///
/// The RFC has no timers (section 7.3); ours ends a call that nobody answers or connects. A message that cannot reach a
/// call in `waitTunnel`, because no session id has been sent yet, has an empty cell.
package enum LNSOutgoingCallTable {
    package enum State: CaseIterable, Sendable {
        case idle, waitTunnel, waitReply, waitConnect, established
    }

    package enum Event: CaseIterable, Sendable {
        /// Somebody here wants the call.
        case localOpen
        /// The control connection is established.
        case tunnelOpen
        case acceptableOCRP, refusedOCRP
        case acceptableOCCN, refusedOCCN
        case ocrq, cdn
        case localClose
        /// The LAC took too long to answer, or to connect the call.
        case setupTimeout
    }

    package enum Action: Equatable, Sendable {
        /// The table's empty cells.
        case nothing
        /// Open the tunnel, or learn that it is open.
        case openTunnel
        case sendOCRQ
        /// The LAC is placing the call; the session's data path can be made.
        case awaitConnection
        /// The session's data path must carry from now on.
        case prepareData
        /// Send CDN and clean up.
        case sendCDN
        case cleanUp
    }

    package static func transition(from state: State, on event: Event) -> (action: Action, next: State) {
        switch (state, event) {
        case (.idle, .localOpen): (.openTunnel, .waitTunnel)
        case (.idle, .tunnelOpen): (.nothing, .idle)
        case (.idle, .acceptableOCRP), (.idle, .refusedOCRP): (.cleanUp, .idle)
        case (.idle, .acceptableOCCN), (.idle, .refusedOCCN): (.cleanUp, .idle)
        case (.idle, .ocrq): (.nothing, .idle)
        case (.idle, .cdn): (.cleanUp, .idle)
        case (.idle, .localClose), (.idle, .setupTimeout): (.nothing, .idle)

        case (.waitTunnel, .localOpen): (.nothing, .waitTunnel)
        case (.waitTunnel, .tunnelOpen): (.sendOCRQ, .waitReply)
        case (.waitTunnel, .acceptableOCRP), (.waitTunnel, .refusedOCRP): (.nothing, .waitTunnel)
        case (.waitTunnel, .acceptableOCCN), (.waitTunnel, .refusedOCCN): (.nothing, .waitTunnel)
        case (.waitTunnel, .ocrq), (.waitTunnel, .cdn): (.nothing, .waitTunnel)
        case (.waitTunnel, .localClose), (.waitTunnel, .setupTimeout): (.cleanUp, .idle)

        case (.waitReply, .localOpen), (.waitReply, .tunnelOpen): (.nothing, .waitReply)
        case (.waitReply, .acceptableOCRP): (.awaitConnection, .waitConnect)
        case (.waitReply, .refusedOCRP): (.sendCDN, .idle)
        case (.waitReply, .acceptableOCCN), (.waitReply, .refusedOCCN): (.sendCDN, .idle)
        case (.waitReply, .ocrq): (.sendCDN, .idle)
        case (.waitReply, .cdn): (.cleanUp, .idle)
        case (.waitReply, .localClose), (.waitReply, .setupTimeout): (.sendCDN, .idle)

        case (.waitConnect, .localOpen), (.waitConnect, .tunnelOpen): (.nothing, .waitConnect)
        case (.waitConnect, .acceptableOCRP), (.waitConnect, .refusedOCRP): (.sendCDN, .idle)
        case (.waitConnect, .acceptableOCCN): (.prepareData, .established)
        case (.waitConnect, .refusedOCCN): (.sendCDN, .idle)
        case (.waitConnect, .ocrq): (.sendCDN, .idle)
        case (.waitConnect, .cdn): (.cleanUp, .idle)
        case (.waitConnect, .localClose), (.waitConnect, .setupTimeout): (.sendCDN, .idle)

        case (.established, .localOpen), (.established, .tunnelOpen): (.nothing, .established)
        case (.established, .acceptableOCRP), (.established, .refusedOCRP): (.sendCDN, .idle)
        case (.established, .acceptableOCCN), (.established, .refusedOCCN): (.sendCDN, .idle)
        case (.established, .ocrq): (.sendCDN, .idle)
        case (.established, .cdn): (.cleanUp, .idle)
        case (.established, .localClose): (.sendCDN, .idle)
        case (.established, .setupTimeout): (.nothing, .established)
        }
    }
}
