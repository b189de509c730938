import Instants

/// How many Protocol-Rejects and Code-Rejects may still be sent: ten at once, one a second in the long run. A peer that sends
/// garbage at line rate is not answered at line rate.
struct RejectBudget: Sendable {
    private static let burst: Int64 = 10
    private var tokens = Self.burst
    private var refilled: Instant?

    /// Whether one may be sent now; if so it is counted.
    mutating func spend(at now: Instant) -> Bool {
        let seconds = refilled.map { max(0, (now - $0).components.seconds) } ?? 0
        if refilled == nil || seconds > 0 {
            refilled = now
            tokens = min(Self.burst, tokens + min(Self.burst, seconds))
        }
        guard tokens > 0 else { return false }
        tokens -= 1
        return true
    }
}
