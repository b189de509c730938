import Addresses
import Configuration
import PPP
import Testing

/// `[[client]]` and `[[tunnel_group]]`.
@Suite struct ClientConfigurationTests {
    static let text = """
        [[client]]
        name = "office"
        server = ["lns.example.net", "2001:db8::1"]
        port = 1702
        secret = "tunnel"
        hide_avps = true
        user = "alice"
        password = "sesame"
        authentication = ["chap-md5"]
        persistent = false
        own_tunnel = true
        redial_initial = 1
        redial_cap = 30
        default_route = true
        routes = ["198.51.100.0/24"]
        request_dns = true
        hook = "/usr/local/bin/office"
        hook_timeout = 3
        interface = "l2tp-office"
        mru = 1400
        echo_interval = 0
        [[client]]
        name = "home"
        tunnel_group = "isps"
        user = "bob"
        password = "hidden"
        [[tunnel_group]]
        name = "isps"
        linger = 5
        [[tunnel_group.lns]]
        address = "192.0.2.1"
        local_address = "192.0.2.2"
        secret = "first"
        preference = 1
        weight = 3
        max_sessions = 7
        retry_after = 20
        hello_interval = 10
        [[tunnel_group.lns]]
        address = "192.0.2.3"
        """

    @Test func `a client and a tunnel group mean what they say, and need no listener`() throws {
        let configuration = try parse(Self.text)
        #expect(configuration.listeners.isEmpty)
        let office = try #require(configuration.clients.first)
        let settings = TunnelSettings(secret: Secret("tunnel"), hideAVPs: true)
        let lnses = [
            RemoteLNS(place: .name("lns.example.net"), port: 1702, tunnel: settings),
            RemoteLNS(place: .address(try #require(IPAddress("2001:db8::1"))), port: 1702, tunnel: settings),
        ]
        let group = TunnelGroup(
            name: "office",
            members: lnses.enumerated().map { .init(lns: $1, preference: $0, retryAfter: .zero) })
        #expect(
            office
                == Client(
                    name: "office", group: group, ownTunnel: true, user: "alice", password: Secret("sesame"),
                    authentication: [.chapMD5], isPersistent: false, redialInitial: .seconds(1),
                    redialCap: .seconds(30), defaultRoute: true,
                    routes: [try #require(IPPrefix("198.51.100.0/24"))], requestDNS: true,
                    hook: "/usr/local/bin/office", hookTimeout: .seconds(3), interface: .exact("l2tp-office"),
                    mru: 1400, echoInterval: nil))
        let isps = TunnelGroup(
            name: "isps",
            members: [
                .init(
                    lns: RemoteLNS(
                        place: .address(.v4(IPv4Address(192, 0, 2, 1))), localAddress: .v4(IPv4Address(192, 0, 2, 2)),
                        tunnel: TunnelSettings(secret: Secret("first"), helloInterval: .seconds(10))),
                    preference: 1, weight: 3, maxSessions: 7, retryAfter: .seconds(20)),
                .init(lns: RemoteLNS(place: .address(.v4(IPv4Address(192, 0, 2, 3))))),
            ], linger: .seconds(5))
        #expect(configuration.groups == [isps])
        #expect(
            configuration.clients.last == Client(name: "home", group: isps, user: "bob", password: Secret("hidden")))
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var replace: String
        var with: String
        var problem: String
        var testDescription: String { problem }
    }

    static let mistakes: [Mistake] = [
        .init(
            replace: "server = [\"lns.example.net\", \"2001:db8::1\"]", with: "",
            problem: ":1: client[0].server: is missing; write an IPv4 or IPv6 address or a DNS name"),
        .init(
            replace: "\"lns.example.net\"", with: "\"192.0.2.256\"",
            problem:
                ":3: client[0].server[0]: is \"192.0.2.256\"; the array holds an IPv4 or IPv6 address or a DNS name"),
        .init(
            replace: "\"2001:db8::1\"]", with: "\"lns.example.net\"]",
            problem: ":3: client[0].server: names a server twice"),
        .init(
            replace: "password = \"sesame\"", with: "",
            problem: ":1: client[0].password: is missing; write password or password_file"),
        .init(
            replace: "authentication = [\"chap-md5\"]", with: "authentication = [\"none\"]",
            problem:
                ":9: client[0].authentication: lists no method to prove ourselves by; leave it out or list some"),
        .init(
            replace: "redial_cap = 30", with: "redial_cap = 30\nretransmit_cap = 0.5",
            problem: ":14: client[0].retransmit_cap: is less than retransmit_initial; the interval only grows"),
        .init(
            replace: "redial_initial = 1", with: "redial_initial = 31",
            problem: ":13: client[0].redial_cap: is less than redial_initial; the pause only grows"),
        .init(
            replace: "\"198.51.100.0/24\"", with: "\"2001:db8::/32\"",
            problem: ":15: client[0].routes: has 2001:db8::/32, which cannot be reached without ipv6 = true"),
        .init(
            replace: "\"/usr/local/bin/office\"", with: "\"office\"",
            problem: ":17: client[0].hook: is \"office\", not the absolute path of a program"),
        .init(
            replace: "\"l2tp-office\"", with: "\"much-too-long-for-it\"",
            problem:
                ":19: client[0].interface: is \"much-too-long-for-it\"; write a name of at most 15 octets of A-Z a-z 0-9 . _ -, or one with %d for a number and at most 10 octets besides"
        ),
        .init(
            replace: "tunnel_group = \"isps\"", with: "tunnel_group = \"isp\"",
            problem:
                ":24: client[1].tunnel_group: is \"isp\", and no [[tunnel_group]] has this name; there are \"isps\""),
        .init(
            replace: "tunnel_group = \"isps\"", with: "tunnel_group = \"isps\"\nserver = \"192.0.2.1\"",
            problem: ":25: client[1].server: is there beside tunnel_group, which says it; leave one of them out"),
        .init(
            replace: "name = \"home\"", with: "name = \"office\"",
            problem: ":23: client[1].name: is \"office\", as is client[0].name; give each its own name"),
        .init(
            replace: "address = \"192.0.2.3\"", with: "weight = 2",
            problem: ":39: tunnel_group[0].lns[1].address: is missing; write an IPv4 or IPv6 address or a DNS name"),
        .init(
            replace: "local_address = \"192.0.2.2\"", with: "local_address = \"2001:db8::2\"",
            problem:
                ":32: tunnel_group[0].lns[0].local_address: is 2001:db8::2, from which 192.0.2.1 cannot be reached"),
        .init(
            replace: "weight = 3", with: "wieght = 3",
            problem: ":35: tunnel_group[0].lns[0].wieght: is no key that is known here; did you mean weight?"),
    ]

    @Test(arguments: mistakes) func `a mistake is refused with its line, its key and what to do`(mistake: Mistake) {
        #expect(Self.text.contains(mistake.replace))
        let found = problems(of: Self.text.replacing(mistake.replace, with: mistake.with, maxReplacements: 1))
        #expect(found == ["l2tpd.toml\(mistake.problem)"])
    }

    @Test func `a tunnel group without LNSes, a repeated LNS and a shared interface are refused`() {
        let found = problems(
            of: """
                [[tunnel_group]]
                name = "none"
                [[tunnel_group]]
                name = "twice"
                [[tunnel_group.lns]]
                address = "192.0.2.1"
                [[tunnel_group.lns]]
                address = "192.0.2.1"
                [[client]]
                name = "a"
                server = "192.0.2.1"
                user = "u"
                password = "p"
                interface = "l2tp0"
                [[client]]
                name = "b"
                server = "192.0.2.1"
                user = "u"
                password = "p"
                interface = "l2tp0"
                """)
        #expect(
            found == [
                "l2tpd.toml:1: tunnel_group[0].lns: is missing; write a [[tunnel_group.lns]] for each LNS",
                "l2tpd.toml:8: tunnel_group[1].lns[1].address: is 192.0.2.1, as tunnel_group[1].lns[0] has it already; "
                    + "leave one out",
                "l2tpd.toml:20: client[1].interface: is \"l2tp0\", as client[0] has it; an interface belongs to one client",
            ])
    }

    @Test(arguments: [
        ("192.0.2.1", true), ("::1", true), ("lns", true), ("lns-1.example.net", true), ("0.0.0.0", false), ("", false),
        ("192.0.2", false), ("-lns", false), ("lns..net", false), ("a b", false), ("[::1]", false), ("lns:1701", false),
    ]) func `a server is an address or a name`(text: String, isGood: Bool) {
        #expect((RemoteLNS.Place(text) != nil) == isGood)
    }
}
