import Addresses
import Configuration
import L2TPDaemon
import Testing

@Suite struct PeersTests {
    static let profile = PPPProfile(name: "p", authentication: [], localAddress: IPv4Address(10, 0, 0, 1))

    static func peers(_ peers: [(name: String, addresses: [String], hostNames: [String])]) throws -> Peers {
        Peers(
            Configuration(
                listeners: [],
                peers: try peers.map { peer in
                    Peer(
                        name: peer.name, addresses: try peer.addresses.map { try #require(IPPrefix($0)) },
                        hostNames: peer.hostNames, tunnel: TunnelSettings(secret: Secret("secret of \(peer.name)")),
                        ending: .here(profile))
                }))
    }

    @Test(
        arguments: [
            ("192.0.2.9", "bras-1", "bras-1"), ("192.0.2.9", "bras-2", "bras-2"), ("192.0.2.9", "other", "site"),
            ("192.0.2.1", "bras-1", "host"), ("192.0.3.1", "bras-1", "wide"), ("8.8.8.8", "road", "road"),
            ("8.8.8.8", "bras-1", nil), ("2001:db8::1", "x", "six"), ("2001:db9::1", "road", "road"),
            ("2001:db9::1", "x", nil),
            ("192.0.2.9", "BRAS-1", "site"), ("192.0.2.1", "road", "host"),
        ] as [(String, String, String?)])
    func `AUT-05 a peer is chosen by source and Host Name, the most specific wins`(
        source: String, hostName: String, expected: String?
    ) throws {
        let peers = try Self.peers([
            ("wide", ["192.0.0.0/16"], []),
            ("site", ["198.51.100.0/24", "192.0.2.0/24"], []),
            ("bras-1", ["192.0.2.0/24"], ["bras-1", "bras-1.example"]),
            ("bras-2", ["192.0.2.0/24"], ["bras-2"]),
            ("host", ["192.0.2.1"], []),
            ("road", [], ["road"]),
            ("six", ["2001:db8::/32"], []),
        ])
        let match = peers.match(source: try #require(IPAddress(source)), hostName: hostName)
        #expect(match?.name == expected)
        // The secret is that of the peer that was chosen, and of no other.
        #expect(match?.tunnel.secret == expected.map { Secret("secret of \($0)") })
    }

    @Test func `AUT-05 everybody of either family can be let in by prefixes of no length`() throws {
        let peers = try Self.peers([("all", ["0.0.0.0/0", "::/0"], []), ("one", ["2001:db8::1"], [])])
        #expect(peers.match(source: .v4(IPv4Address(255, 255, 255, 255)), hostName: "")?.name == "all")
        #expect(peers.match(source: .v6(IPv6Address(high: .max, low: .max)), hostName: "")?.name == "all")
        #expect(peers.match(source: .v6(IPv6Address(high: 0x2001_0db8 << 32, low: 1)), hostName: "")?.name == "one")
        #expect(peers.match(source: .v6(IPv6Address(high: 0x2001_0db8 << 32, low: 2)), hostName: "")?.name == "all")
    }

    @Test func `AUT-05 a prefix of one family holds nobody of the other`() throws {
        let peers = try Self.peers([("four", ["0.0.0.0/0"], [])])
        #expect(peers.match(source: .v6(.any), hostName: "") == nil)
    }

    @Test func `peers are found by name and told in their order`() throws {
        let peers = try Self.peers([("b", ["10.0.0.0/8"], []), ("a", [], ["x"])])
        #expect(peers.all.map(\.name) == ["b", "a"] && peers.count == 2)
        #expect(peers["a"]?.hostNames == ["x"])
        #expect(peers["c"] == nil)
    }

    @Test func `users are found by the octets of their names`() {
        let users = Users(
            Configuration(
                listeners: [],
                users: [User(name: "alice", password: Secret("one")), User(name: "zo\u{eb}", password: Secret("two"))]))
        #expect(users.count == 2)
        #expect(users["alice"]?.password == Secret("one"))
        #expect(users[Array("zo\u{eb}".utf8)]?.password == Secret("two"))
        // The same letters in other octets are another name, and so is another case.
        #expect(users["zoe\u{308}"] == nil && users["Alice"] == nil && users[[0xff]] == nil && users[""] == nil)
    }
}
