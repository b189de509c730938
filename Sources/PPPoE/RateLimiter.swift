import Addresses
import Instants

/// The buckets of an interface for one kind of packet: one for all hosts and one for each.
///
/// A host gets a bucket of its own only with a token of the interface's, and at most `capacity` are remembered, those
/// heard of lately: a flood from made-up addresses costs bounded memory, and only the interface's tokens.
struct RateLimiter: Sendable {
    enum Verdict: Equatable, Sendable {
        case granted, exceededByInterface, exceededByHost
    }

    private let capacity: Int
    private var all: TokenBucket
    /// Hosts heard of since the last turn, and those of the turn before; each at most half of the capacity.
    private var recent: [MACAddress: TokenBucket] = [:]
    private var older: [MACAddress: TokenBucket] = [:]

    init(at now: Instant, capacity: Int = 8192) {
        self.capacity = capacity
        all = TokenBucket(at: now)
    }

    /// How many hosts are remembered.
    var count: Int { recent.count + older.count }

    /// Takes a token of the interface and, unless `host` is nil, one of the host's: both or neither.
    mutating func take(
        interface: RateLimit, host limit: RateLimit, from host: MACAddress?, at now: Instant
    ) -> Verdict {
        guard let host else { return all.take(interface, at: now) ? .granted : .exceededByInterface }
        var bucket = recent[host] ?? older[host] ?? TokenBucket(at: now)
        guard bucket.take(limit, at: now) else {
            remember(host, bucket)
            return .exceededByHost
        }
        guard all.take(interface, at: now) else { return .exceededByInterface }
        remember(host, bucket)
        return .granted
    }

    private mutating func remember(_ host: MACAddress, _ bucket: TokenBucket) {
        if recent[host] == nil, recent.count >= max(1, capacity / 2) {
            older = recent
            recent = [:]
        }
        recent[host] = bucket
    }
}
