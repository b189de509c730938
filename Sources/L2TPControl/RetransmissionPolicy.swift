/// When an unacknowledged message is sent again, and when the peer is given up (RFC 2661 section 5.8).
package struct RetransmissionPolicy: Equatable, Sendable {
    /// The first interval; each later one is twice its predecessor.
    package var initial: Duration
    /// No interval is longer. RFC 2661 demands at least 8 seconds.
    package var cap: Duration
    /// Intervals that pass without an acknowledgement before the peer is given up. Five of them are RFC 2661's full
    /// cycle of 1+2+4+8+16 = 31 s, and with the cap of 8 s the 1+2+4+8+8 = 23 s of RFC 5571 section 5.1.2's sum.
    package var limit: Int
    /// How long the state of a stopped tunnel is kept at least: RFC 2661 section 5.7 recommends 31 s.
    package var linger: Duration

    /// A cap below 8 s is raised to it, a limit below 1 to 1.
    package init(
        initial: Duration = .seconds(1), cap: Duration = .seconds(8), limit: Int = 5, linger: Duration = .seconds(31)
    ) {
        self.initial = initial
        self.cap = max(cap, .seconds(8))
        self.limit = max(limit, 1)
        self.linger = linger
    }

    /// The interval after the `attempt`-th transmission, which is counted from 1.
    package func interval(after attempt: Int) -> Duration {
        var interval = initial
        for _ in 1..<max(attempt, 1) where interval < cap { interval *= 2 }
        return min(interval, cap)
    }

    /// A full retransmission cycle: from the first transmission until the peer is given up.
    package var cycle: Duration {
        (1...limit).reduce(.zero) { $0 + interval(after: $1) }
    }

    /// How long the state of a stopped tunnel is kept: `linger`, or our own cycle where that is longer.
    package var hold: Duration { max(linger, cycle) }
}
