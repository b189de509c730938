import Configuration
import Testing

/// `l2tpctl config show`: the configuration in force as a file that says the same.
@Suite struct RenderingTests {
    /// Every key there is, but for the other ways to say the same.
    static let everything = """
        [daemon]
        control_socket = "/run/l2tpd/other.sock"
        control_group = "l2tp"
        host_name = "lns-1"
        max_tunnels = 10
        max_sessions = 20
        max_half_open = 30
        max_half_open_per_source = 40
        sccrq_rate = 50
        sccrq_rate_per_source = 60
        refusal_rate = 70
        shutdown_timeout = 2.5
        reconcile_interval = 7

        [log]
        level = "debug"

        [metrics]
        listen = "[::1]:9701"

        [[listener]]
        address = "2001:db8::1"
        port = 1702

        [[peer]]
        name = "bras \\"one\\" \\\\"
        addresses = ["192.0.2.0/24", "2001:db8::/32"]
        host_names = ["bras-1"]
        secret = "hush-1"
        require_authentication = false
        hide_avps = true
        hello_interval = 0
        receive_window = 8
        retransmit_initial = 0.5
        retransmit_cap = 4
        retransmit_limit = 3
        establishment_timeout = 30
        call_setup_timeout = 31
        max_tunnels = 8
        max_sessions = 9
        ppp = "subscribers"
        realms = false
        linger = 12
        proxy_lcp = "accept"
        proxy_authentication = "accept"

        [[peer]]
        name = "lac"
        host_names = ["lac"]
        tunnel_group = "isp"

        [[ppp]]
        name = "subscribers"
        authentication = ["chap-md5", "pap"]
        authentication_attempts = 3
        authentication_failure_delay = 2
        rechallenge_interval = 600
        local_address = "100.64.0.1"
        pool = "subscribers"
        dns = ["192.0.2.53", "192.0.2.54"]
        nbns = ["192.0.2.55"]
        mru = 1400
        echo_interval = 0
        echo_failures = 4
        ipv6 = true
        interface_name = "sub%d"
        interface_group = 7
        restart_timer = 1.5
        max_configure = 11
        max_terminate = 3
        max_failure = 6
        establish_timeout = 61
        authentication_timeout = 62
        network_timeout = 63

        [[ppp]]
        name = "open"
        authentication = ["none"]
        local_address = "100.64.0.1"

        [[pool]]
        name = "subscribers"
        ranges = ["100.64.0.2-100.64.0.9", "100.64.1.0/24", "100.64.2.7"]

        [[user]]
        name = "alice"
        password = "hush-2"
        address = "100.64.9.9"

        [[tunnel_group]]
        name = "isp"
        linger = 3
        ppp = "subscribers"

        [[tunnel_group.lns]]
        address = "192.0.2.9"
        port = 1703
        local_address = "192.0.2.1"
        secret = "hush-3"
        preference = 1
        weight = 2
        max_sessions = 3
        retry_after = 4
        access_line = ["circuit-id"]

        [[tunnel_group.lns]]
        address = "lns.example.net"
        access_line = []

        [[tunnel_group]]
        name = "standing"
        persistent = true

        [[tunnel_group.lns]]
        address = "192.0.2.10"

        [[client]]
        name = "office"
        server = ["192.0.2.1", "lns.example.net"]
        port = 1704
        local_address = "192.0.2.2"
        secret = "hush-4"
        own_tunnel = true
        user = "bob"
        password = "hush-5"
        authentication = ["pap"]
        persistent = false
        redial_initial = 3
        redial_cap = 30
        default_route = true
        routes = ["198.51.100.0/24"]
        request_dns = true
        ipv6 = true
        hook = "/bin/true"
        hook_timeout = 5
        interface = "wan0"
        mru = 1410
        echo_interval = 20
        echo_failures = 5

        [[client]]
        name = "spare"
        tunnel_group = "isp"
        user = "bob"
        password = "hush-6"
        interface = "out%d"

        [[pppoe]]
        interface = "access0"
        ac_name = "bras"
        service_names = ["internet"]
        max_sessions = 100
        max_sessions_per_mac = 2
        padi_rate = 11
        padi_rate_per_mac = 12
        padr_rate = 13
        padr_rate_per_mac = 14
        trust_access_node = true
        ppp = "subscribers"
        tunnel_group = "isp"

        [[realm]]
        name = "example.net"
        tunnel_group = "isp"

        [[realm]]
        service_name = "local"
        ppp = "open"

        [[callee]]
        number = "5551234"
        interface = "access0"
        mac = "02:00:00:00:00:01"
        hook = "/bin/true"
        hook_timeout = 6
        timeout = 7
        """

    private func rendered(_ text: String) throws -> String {
        try parse(text).tables.joined(separator: "\n")
    }

    /// The text with every secret in the words that stand for it.
    private func redacted(_ text: String) -> String {
        (1...6).reduce(text.replacing("\"tunnel-secret\"", with: "\"<redacted>\"")) {
            $0.replacing("\"hush-\($1)\"", with: "\"<redacted>\"")
        }
    }

    @Test(arguments: [everything, example.replacing("\"secret\"", with: "\"hush-1\"")])
    func `what is shown says the same as the file, but for its secrets`(text: String) throws {
        let shown = try rendered(text)
        #expect(try parse(shown) == (try parse(redacted(text))))
        #expect(try rendered(shown) == shown)
    }

    @Test func `HRD-07 no secret of any kind is shown`() throws {
        let shown = try rendered(Self.everything)
        #expect(Self.everything.ranges(of: "\"hush-").count == 6)
        #expect(!shown.contains("hush"))
        #expect(shown.ranges(of: "\"<redacted>\"").count == 6)
        // Likewise where they came from files, whose names are not told either.
        let files = try parse(
            Self.everything.replacing("secret = \"hush-1\"", with: "secret_file = \"hidden\""),
            files: ["hidden": "hush-1"])
        #expect(files.tables.joined(separator: "\n") == shown)
    }

    @Test func `every key that is known is shown`() throws {
        let shown = try rendered(Self.everything)
        // What a table says of an unknown key names those that it knows. "name" and such have other tables' problems besides.
        for header in [
            "[daemon]", "[log]", "[[listener]]", "[[peer]]", "[[ppp]]", "[[pool]]", "[[user]]", "[[tunnel_group]]",
            "[[tunnel_group.lns]]", "[[client]]", "[[pppoe]]", "[[realm]]", "[[callee]]",
        ] {
            let text = Self.everything.replacing(
                header + "\n", with: header + "\nqqqqqqqqqqqq = 1\n", maxReplacements: 1)
            let refusal = try #require(problems(of: text).first { $0.contains("qqqqqqqqqqqq") })
            let known = try #require(refusal.split(separator: "there are ").last).split(separator: ", ").map(
                String.init)
            #expect(known.count >= 1, "\(refusal)")
            let tables = shown.split(separator: "\n\n").filter { $0.hasPrefix(header) }.joined(separator: "\n")
            for key in known where !key.hasSuffix("_file") && !(header == "[[tunnel_group]]" && key == "lns") {
                #expect(tables.contains("\n\(key) = "), "\(header) shows no \(key)")
            }
        }
    }
}
