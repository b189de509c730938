package import Addresses

/// `[[peer]]`: who may open tunnels with us, and how they are treated.
package struct Peer: Hashable, Sendable {
    /// What is done with a LAC's proxy AVPs (RFC 2661 section 4.4.5).
    package enum ProxyPolicy: String, CaseIterable, Hashable, Sendable {
        /// They are believed, when they fit what `[[ppp]]` asks for.
        case accept
        /// They are put aside and the link begins anew.
        case renegotiate
    }

    package var name: String
    /// Source prefixes; empty is any source.
    package var addresses: [IPPrefix]
    /// Host Name AVPs; empty is any.
    package var hostNames: [String]
    package var tunnel: TunnelSettings
    /// Nil is without limit.
    package var maxTunnels: Int?
    package var maxSessions: Int?
    /// Where this peer's calls end: by PPP here, or, switched on, at an LNS of a group.
    package var ending: Realm.Ending
    /// Whether the `[[realm]]` that stands behind the "@" of a user's name goes before `ending`, where that is PPP here:
    /// the name is what the LAC says of him in its proxy AVPs, or what he says himself when he is asked.
    package var followsRealms: Bool
    /// How long a tunnel that was stopped by the peer is still answered for (a full retransmission cycle: 31 s).
    package var linger: Duration
    package var proxyLCP: ProxyPolicy
    package var proxyAuthentication: ProxyPolicy

    package init(
        name: String, addresses: [IPPrefix] = [], hostNames: [String] = [], tunnel: TunnelSettings = TunnelSettings(),
        maxTunnels: Int? = nil, maxSessions: Int? = nil, ending: Realm.Ending, followsRealms: Bool = true,
        linger: Duration = .seconds(31),
        proxyLCP: ProxyPolicy = .renegotiate, proxyAuthentication: ProxyPolicy = .renegotiate
    ) {
        self.name = name
        self.addresses = addresses
        self.hostNames = hostNames
        self.tunnel = tunnel
        self.maxTunnels = maxTunnels
        self.maxSessions = maxSessions
        self.ending = ending
        self.followsRealms = followsRealms
        self.linger = linger
        self.proxyLCP = proxyLCP
        self.proxyAuthentication = proxyAuthentication
    }
}

extension Peer {
    init?(reading table: inout TableReader, profiles: Declared<PPPProfile>, groups: Declared<TunnelGroup>) {
        let name = table.requiredName("name")
        let addresses = table.list("addresses", of: "prefixes (\"192.0.2.0/24\")") { IPPrefix($0) }
        let hostNames = table.list("host_names", of: "Host Names") { $0.isEmpty ? nil : $0 }
        if addresses.isEmpty, hostNames.isEmpty, !table.has("addresses") || table.isEmptyList("addresses") {
            table.refuse(
                "addresses",
                "says nothing and neither does host_names; write source prefixes, Host Names or both "
                    + "(addresses = [\"0.0.0.0/0\", \"::/0\"] is everybody)")
        }
        let tunnel = TunnelSettings(reading: &table)
        let maxTunnels = table.integer("max_tunnels", in: 1...65_535)
        let maxSessions = table.integer("max_sessions", in: 1...10_000_000)
        let ending = Realm.Ending(
            reading: &table, profiles: profiles, groups: groups,
            both: "a peer's calls are ended here or switched on, leave one of them out")
        let followsRealms = table.boolean("realms")
        if followsRealms != nil, table.has("tunnel_group") {
            table.refuse("realms", "is there beside tunnel_group, into which every call goes; leave one of them out")
        }
        let linger = table.seconds("linger", in: 0...600, default: .seconds(31))
        let proxyLCP = table.choice("proxy_lcp", default: ProxyPolicy.renegotiate)
        let proxyAuthentication = table.choice("proxy_authentication", default: ProxyPolicy.renegotiate)
        guard let name, let ending else { return nil }
        self.init(
            name: name, addresses: addresses, hostNames: hostNames, tunnel: tunnel, maxTunnels: maxTunnels,
            maxSessions: maxSessions, ending: ending, followsRealms: followsRealms ?? true, linger: linger,
            proxyLCP: proxyLCP, proxyAuthentication: proxyAuthentication)
    }
}
