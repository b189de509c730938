package import Addresses
import Configuration
import ControlProtocol
private import DequeModule

/// Why no address can be given.
package enum AddressError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Every address of the pool is leased or kept for somebody.
    case exhausted(pool: String)
    /// The configuration that was read last has no such pool.
    case unknownPool(String)
    /// The user's own address is with another session.
    case inUse(IPv4Address)
    /// The user has no address of their own and the profile names no pool.
    case noPool

    package var description: String {
        switch self {
        case .exhausted(let pool): "pool \"\(pool)\" has no free address"
        case .unknownPool(let pool): "there is no pool \"\(pool)\""
        case .inUse(let address): "\(address) is with another session"
        case .noPool: "the user has no address and the profile no pool"
        }
    }
}

/// The addresses of one pool: who has which does not matter here, only that nobody else has it.
///
/// Addresses that were never given come first, in their order; then those given back, the longest free first, so that late packets
/// for one subscriber do not meet the next. Memory grows with the addresses that were in use, never with the ranges.
struct AddressPool: Sendable {
    private(set) var pool: Pool
    /// Never leased: our own ends, and the addresses kept for users who have one of their own.
    private var reserved: Set<IPv4Address>
    private var leased: Set<IPv4Address> = []
    /// Given back, the longest free first, each once.
    private var returned: Deque<IPv4Address> = []
    private var isReturned: Set<IPv4Address> = []
    /// Where the search for addresses that were never given goes on; nil when there are none left.
    private var next: (range: Int, address: IPv4Address)?

    init(_ pool: Pool, reserved: Set<IPv4Address>) {
        self.pool = pool
        self.reserved = reserved
        next = Self.start(of: pool.ranges, at: 0)
    }

    /// Changed ranges and reservations. Leases stay, also those that no range holds any more: they end when they are returned.
    mutating func update(_ pool: Pool, reserved: Set<IPv4Address>) {
        self.reserved = reserved
        guard pool != self.pool else { return }
        self.pool = pool
        returned = Deque(returned.filter(isInRange))
        isReturned = Set(returned)
        next = Self.start(of: pool.ranges, at: 0)
    }

    mutating func lease() throws(AddressError) -> IPv4Address {
        while let candidate = takeNext() {
            if isFree(candidate), !isReturned.contains(candidate) {
                leased.insert(candidate)
                return candidate
            }
        }
        // One turn over the queue at most: a reserved address goes back to its end.
        for _ in 0..<returned.count {
            guard let candidate = returned.popFirst() else { break }
            if isFree(candidate) {
                isReturned.remove(candidate)
                leased.insert(candidate)
                return candidate
            }
            returned.append(candidate)
        }
        throw .exhausted(pool: pool.name)
    }

    /// Takes an address back; one that is not leased here is passed over.
    mutating func release(_ address: IPv4Address) {
        guard leased.remove(address) != nil else { return }
        if isInRange(address), isReturned.insert(address).inserted { returned.append(address) }
    }

    func isLeased(_ address: IPv4Address) -> Bool { leased.contains(address) }

    var leasedCount: Int { leased.count }

    func isInRange(_ address: IPv4Address) -> Bool { pool.ranges.contains { $0.contains(address) } }

    /// `fixed` are the addresses that are leased to users who have one of their own. Counted and not collected: it is asked
    /// for within a turn of the loop, and a pool may be large.
    func record(fixed: Set<IPv4Address>) -> PoolRecord {
        let addresses = pool.ranges.reduce(0) { $0 + $1.count }
        let fixedHere = fixed.count { !leased.contains($0) && isInRange($0) }
        let taken = leased.count(where: isInRange) + fixedHere
        let kept = reserved.count { !leased.contains($0) && !fixed.contains($0) && isInRange($0) }
        return PoolRecord(
            name: pool.name, ranges: pool.ranges.map(\.description), addresses: addresses,
            leased: UInt64(leased.count + fixedHere), reserved: UInt64(kept),
            free: addresses - UInt64(taken) - UInt64(kept))
    }

    private func isFree(_ address: IPv4Address) -> Bool { !reserved.contains(address) && !leased.contains(address) }

    private mutating func takeNext() -> IPv4Address? {
        guard let (range, address) = next else { return nil }
        next =
            address < pool.ranges[range].last
            ? (range, IPv4Address(rawValue: address.rawValue + 1)) : Self.start(of: pool.ranges, at: range + 1)
        return address
    }

    private static func start(of ranges: [AddressRange], at index: Int) -> (range: Int, address: IPv4Address)? {
        index < ranges.count ? (index, ranges[index].first) : nil
    }
}
