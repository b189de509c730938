/// The Tie Breaker AVP: which of two crossing SCCRQs stands (RFC 2661 section 4.4.3).
package struct TieBreaker: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// What becomes of this end's tunnel and the peer's.
    package enum Outcome: Hashable, Sendable {
        /// The peer's tunnel is discarded.
        case oursStands
        /// This end's tunnel is silently discarded.
        case peersStands
        /// Equal values: both tunnels are discarded.
        case neitherStands
        /// Nobody wanted a single tunnel: two come up.
        case bothStand
    }

    /// Compares the value in this end's outstanding SCCRQ with the one received: the lower wins, and one wins over none.
    package static func outcome(ours: TieBreaker?, peers: TieBreaker?) -> Outcome {
        switch (ours, peers) {
        case (nil, nil): .bothStand
        case (_?, nil): .oursStands
        case (nil, _?): .peersStands
        case (let ours?, let peers?) where ours == peers: .neitherStands
        case (let ours?, let peers?): ours.rawValue < peers.rawValue ? .oursStands : .peersStands
        }
    }
}
