/// `[[pppoe]]`: an interface, or a VLAN's sub-interface, on which subscribers find us by PPPoE.
package struct AccessInterface: Hashable, Sendable {
    package var interface: String
    /// AC-Name; nil is the host name.
    package var acName: String?
    /// The services that are offered; none named is any.
    package var services: [String]
    package var maxSessions: Int
    package var maxSessionsPerMAC: Int
    /// PADIs, and PADRs with a good cookie, that are looked at in a second: of the interface and of one MAC address.
    package var padiRate: Int
    package var padiRatePerMAC: Int
    package var padrRate: Int
    package var padrRatePerMAC: Int
    /// Whether an access node stands before the subscribers, so that what a line's tag says is its word (TR-101).
    package var trustsAccessNode: Bool
    /// How LCP and the first step of authentication are done, and how PPP is ended for those who end here.
    package var ppp: PPPProfile
    /// Where those go whom no realm fits; nil ends them here.
    package var group: TunnelGroup?

    package init(
        interface: String, acName: String? = nil, services: [String] = [], maxSessions: Int = 65_534,
        maxSessionsPerMAC: Int = 8, padiRate: Int = 1000, padiRatePerMAC: Int = 2, padrRate: Int = 1000,
        padrRatePerMAC: Int = 2, trustsAccessNode: Bool = false, ppp: PPPProfile, group: TunnelGroup? = nil
    ) {
        self.interface = interface
        self.acName = acName
        self.services = services
        self.maxSessions = maxSessions
        self.maxSessionsPerMAC = maxSessionsPerMAC
        self.padiRate = padiRate
        self.padiRatePerMAC = padiRatePerMAC
        self.padrRate = padrRate
        self.padrRatePerMAC = padrRatePerMAC
        self.trustsAccessNode = trustsAccessNode
        self.ppp = ppp
        self.group = group
    }
}

extension AccessInterface {
    private static let mostSessions = 65_534

    init?(reading table: inout TableReader, profiles: Declared<PPPProfile>, groups: Declared<TunnelGroup>) {
        let interface = table.required("interface", "the name of an Ethernet interface") { name in
            (1...15).contains(name.utf8.count) && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x2f && $0 != 0x7f }
                ? name : nil
        }
        let acName = table.name("ac_name")
        let services = table.list("service_names", of: "service names") { $0.isEmpty ? nil : $0 }
        let maxSessions = table.integer("max_sessions", in: 1...Self.mostSessions, default: Self.mostSessions)
        let maxSessionsPerMAC = table.integer(
            "max_sessions_per_mac", in: 1...Self.mostSessions, default: 8)
        let padiRate = table.integer("padi_rate", in: 1...1_000_000, default: 1000)
        let padiRatePerMAC = table.integer("padi_rate_per_mac", in: 1...1_000_000, default: 2)
        let padrRate = table.integer("padr_rate", in: 1...1_000_000, default: 1000)
        let padrRatePerMAC = table.integer("padr_rate_per_mac", in: 1...1_000_000, default: 2)
        let trustsAccessNode = table.boolean("trust_access_node") ?? false
        let profile = table.reference("ppp", to: profiles, declaredBy: "[[ppp]]")
        let group =
            table.has("tunnel_group")
            ? table.reference("tunnel_group", to: groups, declaredBy: "[[tunnel_group]]") : nil
        guard let interface, let profile else { return nil }
        self.init(
            interface: interface, acName: acName, services: services, maxSessions: maxSessions,
            maxSessionsPerMAC: maxSessionsPerMAC, padiRate: padiRate, padiRatePerMAC: padiRatePerMAC,
            padrRate: padrRate, padrRatePerMAC: padrRatePerMAC, trustsAccessNode: trustsAccessNode, ppp: profile,
            group: group)
    }
}
