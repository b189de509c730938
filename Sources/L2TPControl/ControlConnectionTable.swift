/// The control connection's states and what happens in each (RFC 2661 section 7.2.1), as one table.
///
/// The RFC leaves some cells open. They are filled like this: winning a tie, or meeting an SCCRQ where neither side has
/// a Tie Breaker, leaves our own request alone; a connection that is being opened keeps the calls that wait for it;
/// what comes from a peer that cannot be reached is not answered.
package enum ControlConnectionTable {
    package enum State: CaseIterable, Sendable {
        case idle, waitCtlReply, waitCtlConn, established
    }

    package enum Event: CaseIterable, Sendable {
        /// Somebody here wants the connection: to place a call, or to have it ready.
        case localOpen
        case acceptableSCCRQ, refusedSCCRQ
        /// An SCCRQ that met our own under way, and beat it or lost to it (section 4.4.3, Tie Breaker).
        case tieLost, tieWon
        case acceptableSCCRP, refusedSCCRP
        case acceptableSCCCN, refusedSCCCN
        case stopCCN
        case localClose
        /// The other side took too long to finish the handshake.
        case establishmentTimeout
        /// A message of ours ran out of retransmissions.
        case peerLost
    }

    package enum Action: Equatable, Sendable {
        /// The table's empty cells.
        case nothing
        case sendSCCRQ
        case sendSCCRP
        /// Send SCCCN, and tell the calls that wait that the tunnel is open.
        case sendSCCCNAndOpen
        /// Tell the calls that wait that the tunnel is open.
        case open
        /// The call waits until the tunnel is open.
        case queue
        /// Send StopCCN and clean up; delivery goes on until it is acknowledged (section 5.8).
        case sendStopCCN
        case cleanUp
        /// Clean up without a word to the peer; whoever wanted the connection still wants one.
        case cleanUpAndRequeue
    }

    package static func transition(from state: State, on event: Event) -> (action: Action, next: State) {
        switch (state, event) {
        case (.idle, .localOpen): (.sendSCCRQ, .waitCtlReply)
        case (.idle, .acceptableSCCRQ): (.sendSCCRP, .waitCtlConn)
        case (.idle, .refusedSCCRQ): (.sendStopCCN, .idle)
        case (.idle, .tieLost), (.idle, .tieWon): (.nothing, .idle)
        case (.idle, .acceptableSCCRP), (.idle, .refusedSCCRP): (.sendStopCCN, .idle)
        case (.idle, .acceptableSCCCN), (.idle, .refusedSCCCN): (.cleanUp, .idle)
        case (.idle, .stopCCN): (.cleanUp, .idle)
        case (.idle, .localClose), (.idle, .establishmentTimeout), (.idle, .peerLost): (.nothing, .idle)

        case (.waitCtlReply, .localOpen): (.queue, .waitCtlReply)
        case (.waitCtlReply, .acceptableSCCRQ), (.waitCtlReply, .refusedSCCRQ): (.nothing, .waitCtlReply)
        case (.waitCtlReply, .tieLost): (.cleanUpAndRequeue, .idle)
        case (.waitCtlReply, .tieWon): (.nothing, .waitCtlReply)
        case (.waitCtlReply, .acceptableSCCRP): (.sendSCCCNAndOpen, .established)
        case (.waitCtlReply, .refusedSCCRP): (.sendStopCCN, .idle)
        case (.waitCtlReply, .acceptableSCCCN), (.waitCtlReply, .refusedSCCCN): (.sendStopCCN, .idle)
        case (.waitCtlReply, .stopCCN): (.cleanUp, .idle)
        case (.waitCtlReply, .localClose), (.waitCtlReply, .establishmentTimeout): (.sendStopCCN, .idle)
        case (.waitCtlReply, .peerLost): (.cleanUp, .idle)

        case (.waitCtlConn, .localOpen): (.queue, .waitCtlConn)
        case (.waitCtlConn, .acceptableSCCRQ), (.waitCtlConn, .refusedSCCRQ): (.sendStopCCN, .idle)
        case (.waitCtlConn, .tieLost), (.waitCtlConn, .tieWon): (.sendStopCCN, .idle)
        case (.waitCtlConn, .acceptableSCCRP), (.waitCtlConn, .refusedSCCRP): (.sendStopCCN, .idle)
        case (.waitCtlConn, .acceptableSCCCN): (.open, .established)
        case (.waitCtlConn, .refusedSCCCN): (.sendStopCCN, .idle)
        case (.waitCtlConn, .stopCCN): (.cleanUp, .idle)
        case (.waitCtlConn, .localClose), (.waitCtlConn, .establishmentTimeout): (.sendStopCCN, .idle)
        case (.waitCtlConn, .peerLost): (.cleanUp, .idle)

        case (.established, .localOpen): (.open, .established)
        case (.established, .acceptableSCCRQ), (.established, .refusedSCCRQ): (.sendStopCCN, .idle)
        case (.established, .tieLost), (.established, .tieWon): (.sendStopCCN, .idle)
        case (.established, .acceptableSCCRP), (.established, .refusedSCCRP): (.sendStopCCN, .idle)
        case (.established, .acceptableSCCCN), (.established, .refusedSCCCN): (.sendStopCCN, .idle)
        case (.established, .stopCCN): (.cleanUp, .idle)
        case (.established, .localClose): (.sendStopCCN, .idle)
        case (.established, .establishmentTimeout): (.nothing, .established)
        case (.established, .peerLost): (.cleanUp, .idle)
        }
    }
}
