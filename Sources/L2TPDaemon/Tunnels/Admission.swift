import Addresses
import Configuration

/// Bounds what peers can cost us before they have proven themselves.
struct Admission: Sendable {
    typealias Instant = ContinuousClock.Instant

    private let limits: Daemon
    private var requests: TokenBucket
    private var refusals: TokenBucket
    private var sources: [IPAddress: TokenBucket] = [:]

    /// Sources remembered at once; a flood from more addresses meets the total rate.
    private static let mostSources = 4096

    init(limits: Daemon, at now: Instant) {
        self.limits = limits
        requests = TokenBucket(rate: limits.sccrqRate, at: now)
        refusals = TokenBucket(rate: limits.refusalRate, at: now)
    }

    /// Whether an SCCRQ from this source is looked at.
    mutating func admitsRequest(from source: IPAddress, at now: Instant) -> Bool {
        if sources.count >= Self.mostSources { sources = sources.filter { !$0.value.isFull(at: now) } }
        guard sources.count < Self.mostSources || sources[source] != nil else { return requests.take(at: now) }
        var own = sources[source] ?? TokenBucket(rate: limits.sccrqRatePerSource, at: now)
        defer { sources[source] = own }
        return own.take(at: now) && requests.take(at: now)
    }

    /// Whether what cannot be accepted is answered, or dropped in silence.
    mutating func admitsRefusal(at now: Instant) -> Bool {
        refusals.take(at: now)
    }

    /// Why no further tunnel is half-opened; nil when one may be.
    func obstacle(to peer: Peer, from source: IPAddress, in table: TunnelTable) -> String? {
        if table.halfOpenCount >= limits.maxHalfOpen { return "max_half_open is reached" }
        if table.halfOpenCount(from: source) >= limits.maxHalfOpenPerSource {
            return "max_half_open_per_source is reached"
        }
        if let most = limits.maxTunnels, table.count >= most { return "max_tunnels is reached" }
        if let most = peer.maxTunnels, table.count(ofPeer: peer.name) >= most {
            return "max_tunnels of peer \(peer.name) is reached"
        }
        return nil
    }
}
