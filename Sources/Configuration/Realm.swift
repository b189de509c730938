/// `[[realm]]`: where subscribers end, by what stands behind the "@" of their names or by the service that they ask for.
///
/// It is for PPPoE subscribers, and for users whose calls come by the tunnels of peers with `ppp`. To the latter all
/// realms with a `name` apply; a `service_name` is PPPoE's alone.
package struct Realm: Hashable, Sendable {
    package enum Selector: Hashable, Sendable {
        /// In lower case: realms are names of the DNS.
        case name(String)
        case service(String)
    }

    package enum Ending: Hashable, Sendable {
        case here(PPPProfile)
        case tunnel(TunnelGroup)
    }

    package var selector: Selector
    package var ending: Ending

    package init(_ selector: Selector, _ ending: Ending) {
        self.selector = selector
        self.ending = ending
    }

    /// What stands behind the last "@" of a user's name, in lower case; nil where there is nothing.
    package static func name(in user: String) -> String? {
        guard let at = user.lastIndex(of: "@") else { return nil }
        let realm = user[user.index(after: at)...]
        return realm.isEmpty ? nil : realm.lowercased()
    }

    /// For messages about a reload.
    var title: String {
        switch selector {
        case .name(let name): name
        case .service(let name): "service \(name)"
        }
    }
}

extension Realm {
    init?(reading table: inout TableReader, profiles: Declared<PPPProfile>, groups: Declared<TunnelGroup>) {
        let name = table.name("name")
        let service = table.name("service_name")
        let ending = Ending(
            reading: &table, profiles: profiles, groups: groups,
            both: "a subscriber ends here or there, leave one of them out")
        switch (table.has("name"), table.has("service_name")) {
        case (false, false):
            table.refuse("name", "is missing; write what stands behind the \"@\" of users' names, or service_name")
        case (true, true):
            table.refuse("service_name", "is there beside name; write a [[realm]] for each of them")
        case (true, false), (false, true): break
        }
        if let name, name.contains("@") {
            table.refuse("name", "is \(TableReader.quoted(name)); write what stands behind the \"@\" alone")
        }
        let selector = name.map { Selector.name($0.lowercased()) } ?? service.map { .service($0) }
        guard let selector, let ending else { return nil }
        self.init(selector, ending)
    }
}

extension Realm.Ending {
    /// Exactly one of `ppp` and `tunnel_group`; `both` says why the two do not go together.
    init?(
        reading table: inout TableReader, profiles: Declared<PPPProfile>, groups: Declared<TunnelGroup>, both: String
    ) {
        let profile = table.has("ppp") ? table.reference("ppp", to: profiles, declaredBy: "[[ppp]]") : nil
        let group =
            table.has("tunnel_group")
            ? table.reference("tunnel_group", to: groups, declaredBy: "[[tunnel_group]]") : nil
        switch (table.has("ppp"), table.has("tunnel_group")) {
        case (false, false):
            table.refuse(
                "tunnel_group", "is missing; write the name of a [[tunnel_group]], or ppp to end PPP here")
        case (true, true): table.refuse("tunnel_group", "is there beside ppp; \(both)")
        case (true, false), (false, true): break
        }
        guard let ending = profile.map({ Self.here($0) }) ?? group.map({ .tunnel($0) }) else { return nil }
        self = ending
    }
}
