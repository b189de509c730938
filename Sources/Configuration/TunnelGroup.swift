import Addresses

/// `[[tunnel_group]]`: LNSes of which any will do. A call goes to one of the most preferred that answer.
package struct TunnelGroup: Hashable, Sendable {
    /// `[[tunnel_group.lns]]`
    package struct Member: Hashable, Sendable {
        package var lns: RemoteLNS
        /// Lower is tried first; those of one preference share the calls by their weights.
        package var preference: Int
        package var weight: Int
        /// Calls of ours at a time; nil is without limit.
        package var maxSessions: Int?
        /// How long one that is dead or refuses is left alone.
        package var retryAfter: Duration
        /// What the RFC 5515 AVPs of its calls say of the line, whether the access node told us or the LAC whose call is
        /// switched. The Calling Number is no such AVP.
        package var accessLine: Set<LineInformation>

        package init(
            lns: RemoteLNS, preference: Int = 0, weight: Int = 1, maxSessions: Int? = nil,
            retryAfter: Duration = .seconds(60), accessLine: Set<LineInformation> = Set(LineInformation.allCases)
        ) {
            self.lns = lns
            self.preference = preference
            self.weight = weight
            self.maxSessions = maxSessions
            self.retryAfter = retryAfter
            self.accessLine = accessLine
        }
    }

    package var name: String
    package var members: [Member]
    /// How long a tunnel without calls stays open, unless it is persistent.
    package var linger: Duration
    /// Whether there is a tunnel to each of the LNSes from the start, with calls or without.
    package var isPersistent: Bool
    /// How PPP ends here in calls that the other end is asked to place; nil asks for none.
    package var ppp: PPPProfile?

    package init(
        name: String, members: [Member], linger: Duration = Self.usualLinger, isPersistent: Bool = false,
        ppp: PPPProfile? = nil
    ) {
        self.name = name
        self.members = members
        self.linger = linger
        self.isPersistent = isPersistent
        self.ppp = ppp
    }

    package static let usualLinger = Duration.seconds(30)
}

extension TunnelGroup {
    init?(reading table: inout TableReader, profiles: Declared<PPPProfile>) {
        let name = table.requiredName("name")
        let linger = table.seconds("linger", in: 0...86_400, default: Self.usualLinger)
        let isPersistent = table.boolean("persistent") ?? false
        if isPersistent, table.has("linger") {
            table.refuse("linger", "is there beside persistent = true, which keeps the tunnels; leave one of them out")
        }
        let profile = table.has("ppp") ? table.reference("ppp", to: profiles, declaredBy: "[[ppp]]") : nil
        if !table.has("lns") { table.refuse("lns", "is missing; write a [[tunnel_group.lns]] for each LNS") }
        let members = table.tables("lns").compactMap { table in
            var table = table
            let member = Member(reading: &table)
            table.refuseUnknownKeys()
            return member.map { (table, $0) }
        }
        var seen: [RemoteLNS: String] = [:]
        for (table, member) in members {
            if let other = seen.updateValue(table.path, forKey: member.lns) {
                table.refuse("address", "is \(member.lns.place), as \(other) has it already; leave one out")
            }
        }
        guard let name else { return nil }
        self.init(name: name, members: members.map(\.1), linger: linger, isPersistent: isPersistent, ppp: profile)
    }
}

extension TunnelGroup.Member {
    init?(reading table: inout TableReader) {
        let place = table.required("address", RemoteLNS.Place.advice) { RemoteLNS.Place($0) }
        let lns = RemoteLNS(reading: &table, place: place)
        let preference = table.integer("preference", in: 0...1_000_000, default: 0)
        let weight = table.integer("weight", in: 1...1_000_000, default: 1)
        let maxSessions = table.integer("max_sessions", in: 1...65_535)
        let retryAfter = table.seconds("retry_after", in: 0...86_400, default: .seconds(60))
        let words = LineInformation.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        let accessLine = table.list("access_line", of: "any of \(words)") { LineInformation(rawValue: $0) }
        guard let lns else { return nil }
        self.init(
            lns: lns, preference: preference, weight: weight, maxSessions: maxSessions, retryAfter: retryAfter,
            accessLine: Set(table.has("access_line") ? accessLine : LineInformation.allCases))
    }
}

extension RemoteLNS {
    /// All of it but where it is; nil when that was refused.
    init?(reading table: inout TableReader, place: Place?) {
        let port = table.integer("port", in: 1...65_535, default: 1701)
        let localAddress = table.optional("local_address", "an IPv4 or IPv6 address") { IPAddress($0) }
        let tunnel = TunnelSettings(reading: &table)
        guard let place else { return nil }
        if let localAddress, case .address(let address) = place, !localAddress.isSameFamily(as: address) {
            table.refuse("local_address", "is \(localAddress), from which \(address) cannot be reached")
        }
        self.init(
            place: place, port: UInt16(truncatingIfNeeded: port), localAddress: localAddress, tunnel: tunnel)
    }
}

extension IPAddress {
    fileprivate func isSameFamily(as other: IPAddress) -> Bool {
        switch (self, other) {
        case (.v4, .v4), (.v6, .v6): true
        case (.v4, .v6), (.v6, .v4): false
        }
    }
}
