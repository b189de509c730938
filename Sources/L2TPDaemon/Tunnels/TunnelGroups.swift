import Configuration
import Instants

/// Which LNS of a group the next call goes to: the most preferred that are not left alone share the calls by weight.
struct TunnelGroups {
    enum Choice: Equatable {
        case member(TunnelGroup.Member)
        /// None may be tried now; `retry` is when the first may be again, where all of them are left alone.
        case none(retry: Instant?)
    }

    /// Until when an LNS that failed is left alone.
    private var resting: [RemoteLNS: Instant] = [:]
    /// What each has been owed of its group's calls and not been given (smooth weighted round robin).
    private var credits: [String: [RemoteLNS: Int]] = [:]

    /// The member for a call that has tried some already. `hasRoom` tells whether another call fits.
    mutating func choose(
        from group: TunnelGroup, except tried: Set<RemoteLNS>, at now: Instant,
        hasRoom: (TunnelGroup.Member) -> Bool = { _ in true }
    ) -> Choice {
        resting = resting.filter { $0.value > now }
        let untried = group.members.filter { !tried.contains($0.lns) }
        let able = untried.filter { resting[$0.lns] == nil && hasRoom($0) }
        guard let preference = able.map(\.preference).min() else {
            let waits = group.members.map { resting[$0.lns] }
            return .none(retry: waits.contains(nil) ? nil : waits.compactMap(\.self).min())
        }
        let candidates = able.filter { $0.preference == preference }
        var credit = credits[group.name] ?? [:]
        for candidate in candidates { credit[candidate.lns, default: 0] += candidate.weight }
        let total = candidates.reduce(0) { $0 + $1.weight }
        // The first of those that are owed alike.
        guard let best = candidates.map({ credit[$0.lns, default: 0] }).max(),
            let choice = candidates.first(where: { credit[$0.lns] == best })
        else { return .none(retry: nil) }
        credit[choice.lns, default: 0] -= total
        credits[group.name] = credit
        return .member(choice)
    }

    /// It does not answer, or refuses: it is left alone for a while.
    mutating func failed(_ lns: RemoteLNS, for pause: Duration, at now: Instant) {
        if pause > .zero { resting[lns] = max(resting[lns] ?? now, now + pause) }
        for group in credits.keys { credits[group]?[lns] = nil }
    }

    /// It opened a tunnel.
    mutating func answered(_ lns: RemoteLNS) {
        resting[lns] = nil
    }
}
