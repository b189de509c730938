package import Addresses
package import Configuration
package import ControlProtocol

/// All pools, and the addresses that users have of their own: what IPCP gives out, never twice.
///
/// An address is leased until it is released, whatever happens to the configuration meanwhile.
package struct AddressPools: Sendable {
    private var pools: [String: AddressPool] = [:]
    /// Pools that the configuration has no more but whose leases stand.
    private var retired: [AddressPool] = []
    /// Leased to users who have them of their own.
    private var fixed: Set<IPv4Address> = []

    package init(_ configuration: Configuration) {
        apply(configuration)
    }

    /// Takes up changed pools, users and local addresses; leases stay.
    package mutating func apply(_ configuration: Configuration) {
        let ours = Set(configuration.profiles.map(\.localAddress))
        let reserved = ours.union(configuration.users.compactMap(\.address))
        var old = pools
        pools = [:]
        for pool in configuration.pools {
            if var known = old.removeValue(forKey: pool.name) {
                known.update(pool, reserved: reserved)
                pools[pool.name] = known
            } else {
                pools[pool.name] = AddressPool(pool, reserved: reserved)
            }
        }
        retired = (retired + old.values).filter { $0.leasedCount > 0 }
    }

    /// An address for a session: the user's own, or one of the pool's.
    package mutating func lease(for user: User?, from pool: String?) throws(AddressError) -> IPv4Address {
        if let address = user?.address {
            guard !isLeased(address) else { throw .inUse(address) }
            fixed.insert(address)
            return address
        }
        guard let pool else { throw .noPool }
        guard pools[pool] != nil else { throw .unknownPool(pool) }
        // An address that moved here from another pool may still be leased there.
        var passedOver: [IPv4Address] = []
        defer { for address in passedOver { pools[pool]?.release(address) } }
        while true {
            guard let address = try pools[pool]?.lease() else { throw .unknownPool(pool) }
            let isElsewhere =
                fixed.contains(address) || retired.contains { $0.isLeased(address) }
                || pools.contains { $0.key != pool && $0.value.isLeased(address) }
            if !isElsewhere { return address }
            passedOver.append(address)
        }
    }

    /// Takes an address back when its session is gone and the kernel has let go of it. Unknown ones are passed over.
    package mutating func release(_ address: IPv4Address) {
        if fixed.remove(address) != nil { return }
        // Looked for before it is changed: a pool that is changed while the dictionary is walked is copied.
        if let name = pools.first(where: { $0.value.isLeased(address) })?.key {
            pools[name]?.release(address)
        } else if let index = retired.firstIndex(where: { $0.isLeased(address) }) {
            retired[index].release(address)
            if retired[index].leasedCount == 0 { retired.remove(at: index) }
        }
    }

    package func isLeased(_ address: IPv4Address) -> Bool {
        fixed.contains(address) || pools.values.contains { $0.isLeased(address) }
            || retired.contains { $0.isLeased(address) }
    }

    /// The pool that an address was leased from; nil of a user's own, and of one whose pool is no more.
    package func pool(of address: IPv4Address) -> String? {
        pools.first { $0.value.isLeased(address) }?.key
    }

    /// A record for each pool of the configuration, by name.
    package var records: [PoolRecord] {
        pools.values.map { $0.record(fixed: fixed) }.sorted { $0.name < $1.name }
    }
}
