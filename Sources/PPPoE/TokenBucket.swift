/// A token bucket, told as the instant at which it will be full.
struct TokenBucket: Equatable, Sendable {
    private var fullAt: ContinuousClock.Instant

    init(at now: ContinuousClock.Instant) {
        fullAt = now
    }

    /// Takes a token; false when there is none.
    mutating func take(_ limit: RateLimit, at now: ContinuousClock.Instant) -> Bool {
        guard hasToken(limit, at: now) else { return false }
        fullAt = max(fullAt, now) + limit.interval
        return true
    }

    func hasToken(_ limit: RateLimit, at now: ContinuousClock.Instant) -> Bool {
        max(fullAt, now) - now <= limit.interval * (limit.burst - 1)
    }
}
