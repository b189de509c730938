import Configuration

/// Whom a tunnel joins us to, as the configuration says it.
enum Counterpart {
    /// Who opened the tunnel with us.
    case peer(Peer)
    /// Whom we opened it with.
    case lns(Outbound)

    /// A tunnel of ours: which LNS it leads to, and whose calls it takes.
    struct Outbound {
        /// Calls that agree in this share a tunnel.
        struct Share: Hashable {
            var lns: RemoteLNS
            /// Whose calls alone it takes; nil takes everybody's.
            var owner: String?
        }

        var share: Share
        /// How long an LNS that fails is left alone.
        var retryAfter: Duration
        /// How long it stays open without calls; nil for as long as there is a far end.
        var linger: Duration?

        init(_ member: TunnelGroup.Member, of group: TunnelGroup, owner: String?) {
            share = Share(lns: member.lns, owner: owner)
            retryAfter = member.retryAfter
            linger = group.isPersistent ? nil : group.linger
        }
    }

    /// For logs and lists.
    var name: String {
        switch self {
        case .peer(let peer): peer.name
        case .lns(let outbound): "\(outbound.share.lns.place)"
        }
    }

    var settings: TunnelSettings {
        switch self {
        case .peer(let peer): peer.tunnel
        case .lns(let outbound): outbound.share.lns.tunnel
        }
    }

    var peer: Peer? { if case .peer(let peer) = self { peer } else { nil } }

    var outbound: Outbound? { if case .lns(let outbound) = self { outbound } else { nil } }
}
