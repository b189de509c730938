/// An outgoing call at the LAC, which is asked for it, and what happens in each of its states (RFC 2661 section 7.5.1).
///
/// A call that was asked for and is not decided yet is still `idle`. What the RFC calls to hang up or to release the
/// bearer is done by whoever is told that the call ended.
package enum LACOutgoingCallTable {
    package enum State: CaseIterable, Sendable {
        case idle, waitCsAnswer, established
    }

    package enum Event: CaseIterable, Sendable {
        case acceptableOCRQ, refusedOCRQ
        case ocrp, occn, cdn
        /// The called party answered and framing was detected.
        case bearerAnswer
        /// We end the call, or its bearer failed or dropped.
        case localClose
        /// The called party took too long to answer.
        case setupTimeout
    }

    package enum Action: Equatable, Sendable {
        /// The table's empty cells.
        case nothing
        case sendOCRP
        case sendOCCN
        /// Send CDN and clean up.
        case sendCDN
        case cleanUp
    }

    package static func transition(from state: State, on event: Event) -> (action: Action, next: State) {
        switch (state, event) {
        case (.idle, .acceptableOCRQ): (.sendOCRP, .waitCsAnswer)
        case (.idle, .refusedOCRQ): (.sendCDN, .idle)
        case (.idle, .ocrp): (.sendCDN, .idle)
        case (.idle, .occn), (.idle, .cdn): (.cleanUp, .idle)
        case (.idle, .bearerAnswer): (.nothing, .idle)
        case (.idle, .localClose), (.idle, .setupTimeout): (.nothing, .idle)

        case (.waitCsAnswer, .acceptableOCRQ), (.waitCsAnswer, .refusedOCRQ): (.sendCDN, .idle)
        case (.waitCsAnswer, .ocrp), (.waitCsAnswer, .occn): (.sendCDN, .idle)
        case (.waitCsAnswer, .cdn): (.cleanUp, .idle)
        case (.waitCsAnswer, .bearerAnswer): (.sendOCCN, .established)
        case (.waitCsAnswer, .localClose), (.waitCsAnswer, .setupTimeout): (.sendCDN, .idle)

        case (.established, .acceptableOCRQ), (.established, .refusedOCRQ): (.sendCDN, .idle)
        case (.established, .ocrp), (.established, .occn): (.sendCDN, .idle)
        case (.established, .cdn): (.cleanUp, .idle)
        case (.established, .bearerAnswer): (.nothing, .established)
        case (.established, .localClose): (.sendCDN, .idle)
        case (.established, .setupTimeout): (.nothing, .established)
        }
    }
}
