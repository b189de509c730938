import Addresses
import Configuration
import ControlProtocol
import Instants
import L2TPDaemon
import Linux
import Testing

@Suite struct AddressPoolTests {
    /// A configuration with pools "a", "b", ... of these ranges, our own end at 10.0.0.1.
    static func configuration(_ pools: [[String]], users: [String: String] = [:]) throws -> Configuration {
        Configuration(
            listeners: [],
            profiles: [PPPProfile(name: "p", authentication: [], localAddress: IPv4Address(10, 0, 0, 1))],
            pools: try zip(["a", "b", "c"], pools).map { name, ranges in
                Pool(name: name, ranges: try ranges.map { try #require(AddressRange($0)) })
            },
            users: users.map { name, address in
                User(name: name, password: Secret("x"), address: IPv4Address(address))
            })
    }

    static func texts(_ count: Int, from pools: inout AddressPools, _ pool: String = "a") throws -> [String] {
        try (0..<count).map { _ in try pools.lease(for: nil, from: pool).description }
    }

    @Test func `addresses come in the order of the ranges and never our own`() throws {
        var pools = AddressPools(try Self.configuration([["10.0.0.0-10.0.0.2", "10.0.1.9", "10.0.2.0/30"]]))
        #expect(try Self.texts(5, from: &pools) == ["10.0.0.0", "10.0.0.2", "10.0.1.9", "10.0.2.1", "10.0.2.2"])
        #expect(throws: AddressError.exhausted(pool: "a")) { try pools.lease(for: nil, from: "a") }
    }

    @Test func `an address is given again only when it was returned, and the longest free comes first`() throws {
        var pools = AddressPools(try Self.configuration([["10.0.1.1-10.0.1.4"]]))
        #expect(try Self.texts(3, from: &pools) == ["10.0.1.1", "10.0.1.2", "10.0.1.3"])
        pools.release(IPv4Address(10, 0, 1, 3))
        pools.release(IPv4Address(10, 0, 1, 1))
        // Fresh ones first, then those given back in the order in which they were.
        #expect(try Self.texts(3, from: &pools) == ["10.0.1.4", "10.0.1.3", "10.0.1.1"])
        #expect(throws: AddressError.exhausted(pool: "a")) { try pools.lease(for: nil, from: "a") }
    }

    @Test func `an address that is returned twice, or that nobody had, is there once`() throws {
        var pools = AddressPools(try Self.configuration([["10.0.1.1"]]))
        let address = try pools.lease(for: nil, from: "a")
        pools.release(address)
        pools.release(address)
        pools.release(IPv4Address(10, 0, 9, 9))
        #expect(try pools.lease(for: nil, from: "a") == address)
        #expect(throws: AddressError.exhausted(pool: "a")) { try pools.lease(for: nil, from: "a") }
    }

    @Test func `a user's own address goes to this user alone and to one session at a time`() throws {
        let configuration = try Self.configuration(
            [["10.0.1.1-10.0.1.2"]], users: ["alice": "10.0.1.1", "bob": "10.9.9.9"])
        var pools = AddressPools(configuration)
        let users = Users(configuration)
        #expect(try Self.texts(1, from: &pools) == ["10.0.1.2"])
        #expect(throws: AddressError.exhausted(pool: "a")) { try pools.lease(for: nil, from: "a") }
        #expect(try pools.lease(for: users["alice"], from: "a") == IPv4Address(10, 0, 1, 1))
        #expect(throws: AddressError.inUse(IPv4Address(10, 0, 1, 1))) {
            try pools.lease(for: users["alice"], from: "a")
        }
        pools.release(IPv4Address(10, 0, 1, 1))
        #expect(throws: AddressError.exhausted(pool: "a")) { try pools.lease(for: nil, from: "a") }
        #expect(try pools.lease(for: users["alice"], from: nil) == IPv4Address(10, 0, 1, 1))
        #expect(try pools.lease(for: users["bob"], from: nil) == IPv4Address(10, 9, 9, 9))
        #expect(pools.isLeased(IPv4Address(10, 9, 9, 9)))
    }

    @Test func `without a pool or with an unknown one there is no address`() throws {
        var pools = AddressPools(try Self.configuration([]))
        #expect(throws: AddressError.noPool) { try pools.lease(for: nil, from: nil) }
        #expect(throws: AddressError.unknownPool("a")) { try pools.lease(for: nil, from: "a") }
    }

    @Test func `a pool of a quarter of a million addresses gives each once and costs what is leased`() throws {
        var pools = AddressPools(try Self.configuration([["100.64.0.0/14"]]))
        let started = Instant.now
        var seen: Set<IPv4Address> = []
        for _ in 0..<50_000 { seen.insert(try pools.lease(for: nil, from: "a")) }
        #expect(seen.count == 50_000)
        #expect(pools.records.first?.addresses == 262_142)
        #expect(pools.records.first?.free == 212_142)
        for address in seen { pools.release(address) }
        #expect(pools.records.first?.free == 262_142)
        // A pool that walked its ranges, or copied its leases, for each one would take half a minute and more.
        #expect(Instant.now - started < .seconds(10))
    }

    @Test func `a reload of the ranges keeps every lease and gives none twice`() throws {
        var pools = AddressPools(try Self.configuration([["10.0.1.1-10.0.1.4"]]))
        #expect(try Self.texts(3, from: &pools) == ["10.0.1.1", "10.0.1.2", "10.0.1.3"])
        pools.release(IPv4Address(10, 0, 1, 2))
        pools.apply(try Self.configuration([["10.0.1.2-10.0.1.5"]]))
        #expect(
            pools.records == [
                PoolRecord(name: "a", ranges: ["10.0.1.2-10.0.1.5"], addresses: 4, leased: 2, reserved: 0, free: 3)
            ])
        // The returned one last; 10.0.1.3 is leased still.
        #expect(try Self.texts(3, from: &pools) == ["10.0.1.4", "10.0.1.5", "10.0.1.2"])
        #expect(throws: AddressError.exhausted(pool: "a")) { try pools.lease(for: nil, from: "a") }
        // What left the ranges is not given again when it comes back.
        pools.release(IPv4Address(10, 0, 1, 1))
        #expect(throws: AddressError.exhausted(pool: "a")) { try pools.lease(for: nil, from: "a") }
    }

    @Test func `an address that moves to another pool with its lease is not given there before it is returned`() throws
    {
        var pools = AddressPools(try Self.configuration([["10.0.1.1"], ["10.0.2.1"]]))
        let moved = try pools.lease(for: nil, from: "a")
        pools.apply(try Self.configuration([["10.0.3.1"], ["10.0.1.1", "10.0.2.1"]]))
        #expect(try Self.texts(1, from: &pools, "b") == ["10.0.2.1"])
        #expect(throws: AddressError.exhausted(pool: "b")) { try pools.lease(for: nil, from: "b") }
        // Its pool goes away altogether; the lease still stands.
        var onlyB = try Self.configuration([["10.0.9.9"], ["10.0.1.1", "10.0.2.1"]])
        onlyB.pools.removeFirst()
        pools.apply(onlyB)
        #expect(pools.isLeased(moved))
        #expect(throws: AddressError.exhausted(pool: "b")) { try pools.lease(for: nil, from: "b") }
        pools.release(moved)
        #expect(!pools.isLeased(moved))
        #expect(try Self.texts(1, from: &pools, "b") == ["10.0.1.1"])
    }

    @Test func `an address that a reload gives to a user stays with its session until it ends`() throws {
        var pools = AddressPools(try Self.configuration([["10.0.1.1-10.0.1.2"]]))
        #expect(try Self.texts(1, from: &pools) == ["10.0.1.1"])
        let configuration = try Self.configuration([["10.0.1.1-10.0.1.2"]], users: ["alice": "10.0.1.1"])
        let alice = Users(configuration)["alice"]
        pools.apply(configuration)
        #expect(throws: AddressError.inUse(IPv4Address(10, 0, 1, 1))) { try pools.lease(for: alice, from: "a") }
        pools.release(IPv4Address(10, 0, 1, 1))
        #expect(try Self.texts(1, from: &pools) == ["10.0.1.2"])
        #expect(throws: AddressError.exhausted(pool: "a")) { try pools.lease(for: nil, from: "a") }
        #expect(try pools.lease(for: alice, from: "a") == IPv4Address(10, 0, 1, 1))
        // The user is gone from the file, not from the line.
        pools.apply(try Self.configuration([["10.0.1.1-10.0.1.2"]]))
        pools.release(IPv4Address(10, 0, 1, 2))
        #expect(try Self.texts(1, from: &pools) == ["10.0.1.2"])
        #expect(throws: AddressError.exhausted(pool: "a")) { try pools.lease(for: nil, from: "a") }
        pools.release(IPv4Address(10, 0, 1, 1))
        #expect(try Self.texts(1, from: &pools) == ["10.0.1.1"])
    }

    @Test func `the record tells leased, kept and free apart`() throws {
        let configuration = try Self.configuration(
            [["10.0.0.0-10.0.0.9"], ["10.0.1.0-10.0.1.1"]],
            users: ["alice": "10.0.0.5", "bob": "10.0.0.6", "carol": "10.9.9.9"])
        var pools = AddressPools(configuration)
        let users = Users(configuration)
        _ = try pools.lease(for: users["alice"], from: "a")
        _ = try pools.lease(for: users["carol"], from: "a")
        _ = try pools.lease(for: nil, from: "a")
        #expect(
            pools.records == [
                // Kept: our own end and bob's.
                PoolRecord(name: "a", ranges: ["10.0.0.0-10.0.0.9"], addresses: 10, leased: 2, reserved: 2, free: 6),
                PoolRecord(name: "b", ranges: ["10.0.1.0-10.0.1.1"], addresses: 2, leased: 0, reserved: 0, free: 2),
            ])
    }

    @Test func `whatever comes and goes, no address is with two sessions`() throws {
        var random = SplitMix(state: 20_26)
        let shapes = try [
            Self.configuration([["10.0.1.1-10.0.1.20"], ["10.0.2.1-10.0.2.20"]], users: ["alice": "10.0.1.3"]),
            Self.configuration([["10.0.1.10-10.0.1.30"], ["10.0.1.1-10.0.1.9", "10.0.2.1-10.0.2.5"]]),
            Self.configuration([["10.0.2.1-10.0.2.20"]], users: ["alice": "10.0.2.3"]),
        ]
        var pools = AddressPools(shapes[0])
        var users = Users(shapes[0])
        var leases: Set<IPv4Address> = []
        for step in 0..<20_000 {
            switch Int.random(in: 0..<100, using: &random) {
            case 0:
                let shape = shapes[Int.random(in: 0..<shapes.count, using: &random)]
                pools.apply(shape)
                users = Users(shape)
            case 1..<55:
                let pool = Bool.random(using: &random) ? "a" : "b"
                let user = Int.random(in: 0..<5, using: &random) == 0 ? users["alice"] : nil
                guard let address = try? pools.lease(for: user, from: pool) else { continue }
                #expect(leases.insert(address).inserted, "step \(step): \(address)")
            default:
                guard let address = leases.randomElement(using: &random) else { continue }
                leases.remove(address)
                pools.release(address)
            }
        }
        #expect(leases.allSatisfy { pools.isLeased($0) })
        for address in leases { pools.release(address) }
        #expect(pools.records.allSatisfy { $0.leased == 0 })
    }
}

/// SplitMix64: a seeded generator, so that a failure can be seen again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
