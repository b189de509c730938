import Addresses
import Configuration
import Instants

/// Bounds what peers can cost us before they have proven themselves.
struct Admission: Sendable {
    private let limits: Daemon
    private var requests: TokenBucket
    private var refusals: TokenBucket
    private var sources: [IPAddress: TokenBucket] = [:]
    /// When sources that have been quiet are forgotten the next time.
    private var nextPurge: Instant

    /// Sources remembered at once; a flood from more addresses meets the total rate.
    static let mostSources = 4096

    init(limits: Daemon, at now: Instant) {
        self.limits = limits
        requests = TokenBucket(rate: limits.sccrqRate, at: now)
        refusals = TokenBucket(rate: limits.refusalRate, at: now)
        nextPurge = now
    }

    /// Whether an SCCRQ from this source is looked at.
    mutating func admitsRequest(from address: IPAddress, at now: Instant) -> Bool {
        let source = address.sourceNetwork
        // Not for every datagram of a flood: a walk over them all costs more than the datagram.
        if sources.count >= Self.mostSources, nextPurge <= now {
            sources = sources.filter { !$0.value.isFull(at: now) }
            nextPurge = now + .seconds(1)
        }
        guard sources.count < Self.mostSources || sources[source] != nil else { return requests.take(at: now) }
        var own = sources[source] ?? TokenBucket(rate: limits.sccrqRatePerSource, at: now)
        let isWithinOwn = own.take(at: now)
        sources[source] = own
        return isWithinOwn && requests.take(at: now)
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
        if let most = limits.maxTunnels, table.liveCount >= most { return "max_tunnels is reached" }
        if let most = peer.maxTunnels, table.liveCount(ofPeer: peer.name) >= most {
            return "max_tunnels of peer \(peer.name) is reached"
        }
        return nil
    }
}

extension IPAddress {
    /// What a limit for each source counts: an IPv4 address, or the IPv6 network of 64 bits in which a host may take as
    /// many addresses as it likes.
    var sourceNetwork: IPAddress {
        switch self {
        case .v4: self
        case .v6(let address): .v6(IPv6Address(high: address.high, low: 0))
        }
    }
}
