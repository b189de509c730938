/// An incoming call at the LNS, which is asked for it, and what happens in each of its states (RFC 2661 section 7.4.2).
///
/// A call that was asked for and is not decided yet is still `idle`. The RFC has no timers (section 7.3); ours ends a
/// call whose ICCN does not come.
package enum LNSIncomingCallTable {
    package enum State: CaseIterable, Sendable {
        case idle, waitConnect, established
    }

    package enum Event: CaseIterable, Sendable {
        case acceptableICRQ, refusedICRQ
        case acceptableICCN, refusedICCN
        case icrp, cdn
        case localClose
        /// The LAC took too long to connect the call.
        case setupTimeout
    }

    package enum Action: Equatable, Sendable {
        /// The table's empty cells.
        case nothing
        case sendICRP
        /// The session's data path must carry from now on.
        case prepareData
        /// Send CDN and clean up.
        case sendCDN
        case cleanUp
    }

    package static func transition(from state: State, on event: Event) -> (action: Action, next: State) {
        switch (state, event) {
        case (.idle, .acceptableICRQ): (.sendICRP, .waitConnect)
        case (.idle, .refusedICRQ): (.sendCDN, .idle)
        case (.idle, .acceptableICCN), (.idle, .refusedICCN): (.cleanUp, .idle)
        case (.idle, .icrp): (.sendCDN, .idle)
        case (.idle, .cdn): (.cleanUp, .idle)
        case (.idle, .localClose), (.idle, .setupTimeout): (.nothing, .idle)

        case (.waitConnect, .acceptableICRQ), (.waitConnect, .refusedICRQ): (.sendCDN, .idle)
        case (.waitConnect, .acceptableICCN): (.prepareData, .established)
        case (.waitConnect, .refusedICCN): (.sendCDN, .idle)
        case (.waitConnect, .icrp): (.sendCDN, .idle)
        case (.waitConnect, .cdn): (.cleanUp, .idle)
        case (.waitConnect, .localClose), (.waitConnect, .setupTimeout): (.sendCDN, .idle)

        case (.established, .acceptableICRQ), (.established, .refusedICRQ): (.sendCDN, .idle)
        case (.established, .acceptableICCN), (.established, .refusedICCN): (.sendCDN, .idle)
        case (.established, .icrp): (.sendCDN, .idle)
        case (.established, .cdn): (.cleanUp, .idle)
        case (.established, .localClose): (.sendCDN, .idle)
        case (.established, .setupTimeout): (.nothing, .established)
        }
    }
}
