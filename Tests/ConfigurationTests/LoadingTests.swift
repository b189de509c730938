import Addresses
import Configuration
import ControlProtocol
import FoundationEssentials
import PPP
import Testing

@Suite struct LoadingTests {
    @Test func `the documented example means what it says`() throws {
        let pool = Pool(
            name: "subscribers",
            ranges: [
                try #require(AddressRange(from: IPv4Address(100, 64, 0, 2), through: IPv4Address(100, 64, 255, 254)))
            ])
        let profile = PPPProfile(
            name: "subscribers", authentication: [.msChapV2, .chapMD5, .pap], localAddress: IPv4Address(100, 64, 0, 1),
            pool: "subscribers", dns: [IPv4Address(192, 0, 2, 53)], mru: 1460, echoInterval: .seconds(30),
            echoFailures: 3, ipv6: true)
        let expected = Configuration(
            daemon: Daemon(controlSocket: "/run/l2tpd/control.sock", hostName: "lns-1"),
            logLevel: .info,
            listeners: [Endpoint(address: .v4(IPv4Address(192, 0, 2, 1)), port: 1701)],
            peers: [
                Peer(
                    name: "bras-1", addresses: [try #require(IPPrefix("192.0.2.0/24"))], hostNames: ["bras-1"],
                    tunnel: TunnelSettings(
                        secret: Secret("tunnel-secret"), requireAuthentication: true, hideAVPs: true,
                        helloInterval: .seconds(60), receiveWindow: 64), maxTunnels: 8, maxSessions: 20_000,
                    ending: .here(profile))
            ],
            profiles: [profile],
            pools: [pool],
            users: [User(name: "alice", password: Secret("secret"), address: IPv4Address(100, 64, 1, 1))])
        #expect(try parse(example) == expected)
    }

    @Test func `every further key is understood`() throws {
        let configuration = try parse(
            """
            daemon = { max_tunnels = 2000, max_sessions = 50000, max_half_open = 10, max_half_open_per_source = 2, \
            sccrq_rate = 100, sccrq_rate_per_source = 5, refusal_rate = 0, shutdown_timeout = 2.5, \
            reconcile_interval = 7 }
            [[listener]]
            address = "2001:db8::1"
            [[listener]]
            address = "192.0.2.1"
            port = 11701
            [[peer]]
            name = "road"
            addresses = ["0.0.0.0/0", "::/0"]
            secret_file = "road.secret"
            require_authentication = false
            hello_interval = 0
            retransmit_initial = 0.5
            retransmit_cap = 16
            retransmit_limit = 9
            establishment_timeout = 20
            call_setup_timeout = 30
            linger = 0
            proxy_lcp = "accept"
            proxy_authentication = "accept"
            ppp = "p"
            [[ppp]]
            name = "p"
            authentication = ["none"]
            authentication_attempts = 3
            authentication_failure_delay = 0
            rechallenge_interval = 600
            local_address = "10.0.0.1"
            dns = ["192.0.2.53", "192.0.2.54"]
            nbns = ["192.0.2.55"]
            echo_interval = 0
            interface_name = "l2tp%d-in"
            interface_group = 7
            restart_timer = 1
            max_configure = 4
            max_terminate = 1
            max_failure = 3
            establish_timeout = 11
            authentication_timeout = 12
            network_timeout = 13
            [[user]]
            name = "bob"
            password_file = "bob.password"
            """, files: ["road.secret": "hush\n", "bob.password": "pass word\r\n"])
        #expect(
            configuration.daemon
                == Daemon(
                    maxTunnels: 2000, maxSessions: 50_000, maxHalfOpen: 10, maxHalfOpenPerSource: 2, sccrqRate: 100,
                    sccrqRatePerSource: 5, refusalRate: 0, shutdownTimeout: .milliseconds(2500),
                    reconcileInterval: .seconds(7)))
        #expect(configuration.listeners.map(\.description) == ["[2001:db8::1]:1701", "192.0.2.1:11701"])
        let peer = try #require(configuration.peers.first)
        #expect(peer.tunnel.secret == Secret("hush"))
        #expect(!peer.tunnel.requireAuthentication && !peer.tunnel.hideAVPs)
        #expect(peer.tunnel.helloInterval == nil && peer.linger == .zero)
        #expect(peer.tunnel.retransmission == .init(initial: .milliseconds(500), cap: .seconds(16), limit: 9))
        #expect(peer.tunnel.establishmentTimeout == .seconds(20) && peer.tunnel.callSetupTimeout == .seconds(30))
        #expect(peer.proxyLCP == .accept && peer.proxyAuthentication == .accept)
        #expect(peer.maxTunnels == nil && peer.maxSessions == nil && peer.tunnel.receiveWindow == 64)
        guard case .here(let profile) = peer.ending else {
            Issue.record("PPP does not end here")
            return
        }
        #expect(profile.authentication.isEmpty && profile.pool == nil && !profile.ipv6)
        #expect(profile.dns.count == 2 && profile.nbns == [IPv4Address(192, 0, 2, 55)])
        #expect(profile.interfaceName.name(12) == "l2tp12-in" && profile.interfaceGroup == 7)
        let link = profile.linkConfiguration(hostName: "lns")
        #expect(
            link
                == LinkConfiguration(
                    role: .authenticator(
                        .init(
                            methods: [], name: "lns", rechallengeInterval: .seconds(600), attempts: 3,
                            failureDelay: .zero, listening: .milliseconds(200))),
                    mru: 1460, echoInterval: nil, echoFailures: 3,
                    limits: NegotiationLimits(
                        restartTimer: .seconds(1), maxTerminate: 1, maxConfigure: 4, maxFailure: 3),
                    ipv4: true, ipv6: false, establishTimeout: .seconds(11), authenticationTimeout: .seconds(12),
                    networkTimeout: .seconds(13)))
        #expect(configuration.users == [User(name: "bob", password: Secret("pass word"))])
        #expect(configuration.logLevel == .info)
    }

    @Test(
        arguments: [
            ("10.0.0.1-10.0.0.9", "10.0.0.1-10.0.0.9", 9), ("10.0.0.1", "10.0.0.1", 1),
            ("10.0.0.0/24", "10.0.0.1-10.0.0.254", 254),
            ("10.0.0.0/31", "10.0.0.0-10.0.0.1", 2), ("10.0.0.1/32", "10.0.0.1", 1),
            ("100.64.0.0/10", "100.64.0.1-100.127.255.254", 4_194_302),
            ("0.0.0.0-255.255.255.255", "0.0.0.0-255.255.255.255", 4_294_967_296),
        ] as [(String, String, UInt64)])
    func `a range is two ends, a prefix or one address`(text: String, canonical: String, count: UInt64) throws {
        let range = try #require(AddressRange(text))
        #expect(range.description == canonical && range.count == count)
    }

    @Test(arguments: [
        "", "-", "10.0.0.9-10.0.0.1", "10.0.0.1-", "10.0.0.1-10.0.0.2-10.0.0.3", "10.0.0.1/24", "::1", "::/64",
    ])
    func `what is no range is refused`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(arguments: ["", "ppp", "%d", "ppp%d%d", "p/p%d", "pp p%d", "elevenchars%d"])
    func `what cannot name interfaces is refused`(text: String) {
        #expect(InterfaceName(text) == nil)
    }

    @Test func `a file that is not there is named`() {
        #expect(throws: ConfigurationError.self) { try Configuration.load(from: "/nonexistent/l2tpd.toml") }
        do {
            _ = try Configuration.load(from: "/nonexistent/l2tpd.toml")
        } catch {
            #expect(error.description == "/nonexistent/l2tpd.toml: the file cannot be read: No such file or directory")
        }
    }

    @Test func `a secret's file is looked for beside the configuration`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "l2tpd.toml",
            example.replacing("secret         = \"tunnel-secret\"", with: "secret_file = \"bras-1.secret\""))
        _ = try folder.write("bras-1.secret", "from the file\n")
        let configuration = try Configuration.load(from: path)
        #expect(configuration.peers.first?.tunnel.secret == Secret("from the file"))
    }

    private static let project = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

    private static func examples() throws -> [String] {
        let directory = project + "/Integration/examples"
        return try FileManager.default.contentsOfDirectory(atPath: directory)
            .filter { $0.hasSuffix(".toml") }.map { "\(directory)/\($0)" }
    }

    @Test func `the example configurations can be used as they stand`() throws {
        let files = try Self.examples()
        #expect(!files.isEmpty)
        for file in files { _ = try Configuration.load(from: file) }
    }

    /// But for the line that says what the file is.
    @Test func `the configurations in the README are examples`() throws {
        let examples = try Self.examples().map { file in
            try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n\n", maxSplits: 1)[1]
        }
        let shown = try String(contentsOfFile: Self.project + "/README.md", encoding: .utf8)
            .components(separatedBy: "```toml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
        #expect(!shown.isEmpty)
        for configuration in shown { #expect(examples.contains(Substring(configuration))) }
    }
}
