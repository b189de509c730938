import Instants

/// So many a second, and as many at once: the limit on what an unproven peer can make us do.
struct TokenBucket: Sendable {
    private let rate: Int
    private var tokens: Double
    private var filled: Instant

    /// Full at the start. A rate of 0 allows nothing.
    init(rate: Int, at now: Instant) {
        self.rate = rate
        tokens = Double(rate)
        filled = now
    }

    /// Takes a token if there is one.
    mutating func take(at now: Instant) -> Bool {
        tokens = min(Double(rate), tokens + (now - filled) / .seconds(1) * Double(rate))
        filled = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// Whether it would be full by now: then nothing is lost by forgetting it.
    func isFull(at now: Instant) -> Bool {
        tokens + (now - filled) / .seconds(1) * Double(rate) >= Double(rate)
    }
}
