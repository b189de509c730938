import Instants

/// Keeps those who provoke one kind of event again and again from filling the log: so many a second of each kind and peer
/// are told, the rest is counted.
struct Withholding {
    private struct Cause: Hashable {
        var event: String
        var peer: String?
    }

    private struct Allowance {
        var bucket: TokenBucket
        var withheld = 0
    }

    private var allowances: [Cause: Allowance] = [:]
    /// When it is told how many were withheld.
    private(set) var deadline: Instant?

    /// Events of one cause a second, and at once.
    static let rate = 20
    /// How long it takes until it is told how many were withheld.
    static let pause: Duration = .seconds(10)

    /// Kinds and peers that are remembered.
    var causes: Int { allowances.count }

    /// Whether an event of this kind, about this peer, is told now.
    mutating func admits(_ event: String, of peer: String?, at now: Instant) -> Bool {
        let cause = Cause(event: event, peer: peer)
        var allowance = allowances[cause] ?? Allowance(bucket: TokenBucket(rate: Self.rate, at: now))
        let isAdmitted = allowance.bucket.take(at: now)
        if !isAdmitted {
            allowance.withheld += 1
            deadline = deadline ?? now + Self.pause
        }
        allowances[cause] = allowance
        return isAdmitted
    }

    /// How many of each kind were withheld since this was last asked, if it is time. Causes that have been quiet are forgotten.
    mutating func takeCounts(at now: Instant) -> [(event: String, count: Int)] {
        guard let due = deadline, due <= now else { return [] }
        deadline = nil
        var counts: [String: Int] = [:]
        for (cause, allowance) in allowances {
            if allowance.withheld > 0 { counts[cause.event, default: 0] += allowance.withheld }
            allowances[cause]?.withheld = 0
            if allowance.bucket.isFull(at: now) { allowances[cause] = nil }
        }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
