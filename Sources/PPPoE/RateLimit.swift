/// How often something may happen: `perSecond` times on the average, `burst` times at once.
package struct RateLimit: Equatable, Sendable {
    package var perSecond: Int
    package var burst: Int

    /// Values below 1 are taken as 1.
    package init(perSecond: Int, burst: Int) {
        self.perSecond = max(1, perSecond)
        self.burst = max(1, burst)
    }

    /// Time in which one token comes back.
    var interval: Duration { .seconds(1) / perSecond }
}
