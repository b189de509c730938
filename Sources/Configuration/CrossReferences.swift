import Addresses

/// The tables of one kind that others may name.
struct Declared<Value> {
    var values: [String: Value]
    /// Their names, also of those that were refused: a reference to such a one is no second problem.
    var names: Set<String>

    init(_ values: [String: Value], names: Set<String>) {
        self.values = values
        self.names = names
    }
}

// What one table cannot tell of itself: names that repeat, addresses that are shared.

/// The tables by their names; a name that comes again is refused.
func named<Value>(_ tables: [(TableReader, Value)], _ name: KeyPath<Value, String>) -> [String: Value] {
    var first: [String: String] = [:]
    var values: [String: Value] = [:]
    for (table, value) in tables {
        let name = value[keyPath: name]
        if let other = first[name] {
            table.refuse("name", "is \(TableReader.quoted(name)), as is \(other).name; give each its own name")
        } else {
            first[name] = table.path
            values[name] = value
        }
    }
    return values
}

func refuseRepeatedListeners(_ listeners: [(TableReader, Endpoint)]) {
    var seen: [Endpoint: String] = [:]
    for (table, endpoint) in listeners {
        if let other = seen.updateValue(table.path, forKey: endpoint) {
            table.refuse("address", "is \(endpoint), as \(other) has it already; leave one out")
        }
    }
}

func refuseOverlaps(_ pools: [(TableReader, Pool)]) {
    let ranges = pools.flatMap { table, pool in pool.ranges.enumerated().map { (table, $0.offset, $0.element) } }
        .sorted { $0.2.first < $1.2.first }
    for (one, other) in zip(ranges, ranges.dropFirst()) where one.2.overlaps(other.2) {
        other.0.refuse(
            "ranges[\(other.1)]",
            "is \(other.2), which overlaps \(one.2) in \(one.0.pathOf("ranges[\(one.1)]")); an address belongs to one range"
        )
    }
}

/// Two peers that every SCCRQ fits alike leave no rule to choose by.
func refuseAmbiguity(_ peers: [(TableReader, Peer)]) {
    struct Selection: Hashable {
        var prefix: IPPrefix?
        var hostName: String?
    }
    var seen: [Selection: String] = [:]
    for (table, peer) in peers {
        for prefix in peer.addresses.isEmpty ? [nil] : peer.addresses.map(Optional.some) {
            for hostName in peer.hostNames.isEmpty ? [nil] : peer.hostNames.map(Optional.some) {
                let selection = Selection(prefix: prefix, hostName: hostName)
                guard let other = seen.updateValue(table.path, forKey: selection) else { continue }
                let what = [prefix.map { "\($0)" }, hostName.map(TableReader.quoted)].compactMap(\.self)
                table.refuse(
                    prefix == nil ? "host_names" : "addresses",
                    other == table.path
                        ? "says \(what.joined(separator: " with ")) twice"
                        : "has \(what.joined(separator: " with ")), as \(other) has it; nothing tells the two apart")
            }
        }
    }
}

func refuseSharedAddresses(_ users: [(TableReader, User)], profiles: [PPPProfile]) {
    var seen: [IPv4Address: String] = [:]
    for (table, user) in users {
        guard let address = user.address else { continue }
        if let profile = profiles.first(where: { $0.localAddress == address }) {
            table.refuse(
                "address", "is \(address), which is our own end in [[ppp]] \(TableReader.quoted(profile.name))")
        }
        if let other = seen.updateValue(table.path, forKey: address) {
            table.refuse("address", "is \(address), as \(other) has it; an address belongs to one user")
        }
    }
}

func refuseSharedInterfaces(_ clients: [(TableReader, Client)]) {
    var seen: [String: String] = [:]
    for (table, client) in clients {
        guard case .exact(let name) = client.interface else { continue }
        if let other = seen.updateValue(table.path, forKey: name) {
            table.refuse("interface", "is \"\(name)\", as \(other) has it; an interface belongs to one client")
        }
    }
}

func refuseRepeatedAccess(_ interfaces: [(TableReader, AccessInterface)]) {
    var seen: [String: String] = [:]
    for (table, access) in interfaces {
        if let other = seen.updateValue(table.path, forKey: access.interface) {
            table.refuse("interface", "is \"\(access.interface)\", as \(other) has it already; leave one out")
        }
    }
}

func refuseRepeatedCallees(_ callees: [(TableReader, Callee)]) {
    var numbers: [String: String] = [:]
    for (table, callee) in callees {
        if let other = numbers.updateValue(table.path, forKey: callee.number) {
            table.refuse("number", "is \"\(callee.number)\", as is \(other).number; a number calls one subscriber")
        }
    }
}

func refuseRepeatedRealms(_ realms: [(TableReader, Realm)]) {
    var seen: [Realm.Selector: String] = [:]
    for (table, realm) in realms {
        guard let other = seen.updateValue(table.path, forKey: realm.selector) else { continue }
        switch realm.selector {
        case .name(let name): table.refuse("name", "is \"\(name)\", as is \(other).name; leave one out")
        case .service(let name):
            table.refuse("service_name", "is \"\(name)\", as is \(other).service_name; leave one out")
        }
    }
}
