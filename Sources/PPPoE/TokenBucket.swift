import Instants

/// A token bucket, told as the instant at which it will be full.
struct TokenBucket: Equatable, Sendable {
    private var fullAt: Instant

    init(at now: Instant) {
        fullAt = now
    }

    /// Takes a token; false when there is none.
    mutating func take(_ limit: RateLimit, at now: Instant) -> Bool {
        guard hasToken(limit, at: now) else { return false }
        fullAt = max(fullAt, now) + limit.interval
        return true
    }

    func hasToken(_ limit: RateLimit, at now: Instant) -> Bool {
        max(fullAt, now) - now <= limit.interval * (limit.burst - 1)
    }
}
