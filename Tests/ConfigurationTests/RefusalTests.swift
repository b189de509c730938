import Configuration
import Testing

@Suite struct RefusalTests {
    /// A change to the example, and the one problem it makes.
    struct Mistake: CustomTestStringConvertible {
        var replace: String
        var with: String
        var problem: String
        var testDescription: String { problem }
    }

    static let mistakes: [Mistake] = [
        // Keys and types
        .init(
            replace: "hide_avps      = true", with: "hide_avp = true",
            problem: "l2tpd.toml:17: peer[0].hide_avp: is no key that is known here; did you mean hide_avps?"),
        .init(
            replace: "[log]", with: "[logging]",
            problem:
                "l2tpd.toml:5: logging: is no key that is known here; there are callee, client, daemon, listener, log, metrics, peer, pool, ppp, pppoe, realm, tunnel_group, user"
        ),
        .init(
            replace: "hello_interval = 60", with: "hello_interval = \"60\"",
            problem: "l2tpd.toml:18: peer[0].hello_interval: is a string; write seconds, a number from 0 to 86400"),
        .init(
            replace: "mru            = 1460", with: "mru = 1460.5",
            problem: "l2tpd.toml:30: ppp[0].mru: is a number; write a whole number from 128 to 16384"),
        .init(
            replace: "ipv6           = true", with: "ipv6 = 1",
            problem: "l2tpd.toml:33: ppp[0].ipv6: is an integer; write true or false"),
        .init(
            replace: "name           = \"bras-1\"", with: "name = [\"bras-1\"]",
            problem: "l2tpd.toml:13: peer[0].name: is an array; write a name in quotes"),
        .init(
            replace: "[\"192.0.2.0/24\"]", with: "\"192.0.2.0/24\"",
            problem: "l2tpd.toml:14: peer[0].addresses: is a string; write an array of prefixes (\"192.0.2.0/24\")"),
        .init(
            replace: "[[listener]]", with: "[listener]",
            problem: "l2tpd.toml:8: listener: is written as [listener]; there may be several, write [[listener]]"),
        .init(
            replace: "[log]", with: "[[log]]",
            problem: "l2tpd.toml:5: log: is written as [[log]]; there is only one, write [log]"),
        // Values
        .init(
            replace: "level = \"info\"", with: "level = \"loud\"",
            problem:
                "l2tpd.toml:6: log.level: is \"loud\"; write one of \"trace\", \"debug\", \"info\", \"notice\", \"warning\", \"error\", \"critical\""
        ),
        .init(
            replace: "\"/run/l2tpd/control.sock\"", with: "\"control.sock\"",
            problem:
                "l2tpd.toml:2: daemon.control_socket: is \"control.sock\"; write an absolute path of at most 107 octets"
        ),
        .init(
            replace: "\"192.0.2.1\"", with: "\"192.0.2\"",
            problem: "l2tpd.toml:9: listener[0].address: is \"192.0.2\", not an IPv4 or IPv6 address"),
        .init(
            replace: "port    = 1701", with: "port = 0",
            problem: "l2tpd.toml:10: listener[0].port: is 0; write a whole number from 1 to 65535"),
        .init(
            replace: "[\"192.0.2.0/24\"]", with: "[\n\"10.0.0.0/8\", # one\n\n\"192.0.2.1/24\"]",
            problem:
                "l2tpd.toml:17: peer[0].addresses[1]: is \"192.0.2.1/24\"; the array holds prefixes (\"192.0.2.0/24\")"),
        .init(
            replace: "receive_window = 64", with: "receive_window = 0",
            problem: "l2tpd.toml:19: peer[0].receive_window: is 0; write a whole number from 1 to 32767"),
        .init(
            replace: "hide_avps      = true", with: "retransmit_initial = 9",
            problem: "l2tpd.toml:12: peer[0].retransmit_cap: is less than retransmit_initial; the interval only grows"),
        .init(
            replace: "[\"ms-chap-v2\", \"chap-md5\", \"pap\"]", with: "[\"chap\"]",
            problem:
                "l2tpd.toml:26: ppp[0].authentication[0]: is \"chap\"; the array holds methods (ms-chap-v2, chap-md5, pap, or \"none\" alone)"
        ),
        .init(
            replace: "[\"ms-chap-v2\", \"chap-md5\", \"pap\"]", with: "[]",
            problem: "l2tpd.toml:26: ppp[0].authentication: is empty; to let everybody in write [\"none\"]"),
        .init(
            replace: "\"chap-md5\", \"pap\"]", with: "\"none\"]",
            problem: "l2tpd.toml:26: ppp[0].authentication: has \"none\" beside others; \"none\" stands alone"),
        .init(
            replace: "\"chap-md5\", \"pap\"]", with: "\"ms-chap-v2\"]",
            problem: "l2tpd.toml:26: ppp[0].authentication: names a method twice"),
        .init(
            replace: "[\"192.0.2.53\"]", with: "[\"192.0.2.53\", \"192.0.2.54\", \"192.0.2.55\"]",
            problem: "l2tpd.toml:29: ppp[0].dns: lists 3 servers; IPCP offers two at most"),
        .init(
            replace: "mru            = 1460", with: "mru = 1200",
            problem: "l2tpd.toml:30: ppp[0].mru: is 1200, but IPv6 needs 1280 octets; raise it or set ipv6 = false"),
        .init(
            replace: "ipv6           = true", with: "interface_name = \"ppp\"",
            problem:
                "l2tpd.toml:33: ppp[0].interface_name: is \"ppp\"; write a name with one %d for its number, at most 10 octets of A-Z a-z 0-9 . _ - besides"
        ),
        // What is missing
        .init(
            replace: "name           = \"bras-1\"", with: "",
            problem: "l2tpd.toml:12: peer[0].name: is missing; write a name"),
        .init(
            replace: "name           = \"bras-1\"", with: "name = \"\"",
            problem:
                "l2tpd.toml:13: peer[0].name: is empty, longer than 253 octets, or has control characters; write a name"
        ),
        .init(
            replace: "local_address  = \"100.64.0.1\"", with: "",
            problem: "l2tpd.toml:24: ppp[0].local_address: is missing; write an IPv4 address"),
        .init(
            replace: "ranges = [\"100.64.0.2-100.64.255.254\"]", with: "ranges = []",
            problem:
                "l2tpd.toml:37: pool[0].ranges: is missing or empty; list ranges such as \"100.64.0.2-100.64.255.254\""),
        // Secrets
        .init(
            replace: "\"tunnel-secret\"", with: "\"\"",
            problem: "l2tpd.toml:16: peer[0].secret: is empty; write a secret, or leave the key out"),
        .init(
            replace: "\"tunnel-secret\"", with: "12345678",
            problem: "l2tpd.toml:16: peer[0].secret: is an integer; write the secret itself in quotes"),
        .init(
            replace: "secret         = \"tunnel-secret\"", with: "",
            problem:
                "l2tpd.toml:17: peer[0].hide_avps: is true without a secret to hide with; add secret or secret_file"),
        .init(
            replace: "secret         = \"tunnel-secret\"", with: "secret_file = \"gone\"",
            problem:
                "l2tpd.toml:16: peer[0].secret_file: names \"gone\", which cannot be read: No such file or directory"),
        .init(
            replace: "secret         = \"tunnel-secret\"", with: "secret_file = \"empty\"",
            problem: "l2tpd.toml:16: peer[0].secret_file: names \"empty\", which is empty; write the secret into it"),
        .init(
            replace: "hide_avps      = true", with: "secret_file = \"full\"",
            problem: "l2tpd.toml:17: peer[0].secret_file: is there beside secret; leave one of them out"),
        .init(
            replace: "password = \"secret\"", with: "",
            problem: "l2tpd.toml:39: user[0].password: is missing; write password or password_file"),
        // References and what is shared
        .init(
            replace: "ppp            = \"subscribers\"", with: "ppp = \"subscriber\"",
            problem:
                "l2tpd.toml:22: peer[0].ppp: is \"subscriber\", and no [[ppp]] has this name; there are \"subscribers\""
        ),
        .init(
            replace: "pool           = \"subscribers\"", with: "pool = \"x\"",
            problem: "l2tpd.toml:28: ppp[0].pool: is \"x\", and no [[pool]] has this name; there are \"subscribers\""),
        .init(
            replace: "[[user]]", with: "[[user]]\nname = \"alice\"\npassword = \"x\"\n[[user]]",
            problem: "l2tpd.toml:43: user[1].name: is \"alice\", as is user[0].name; give each its own name"),
        .init(
            replace: "[[user]]", with: "[[user]]\nname = \"bob\"\npassword = \"x\"\naddress = \"100.64.1.1\"\n[[user]]",
            problem: "l2tpd.toml:46: user[1].address: is 100.64.1.1, as user[0] has it; an address belongs to one user"),
        .init(
            replace: "\"100.64.1.1\"", with: "\"100.64.0.1\"",
            problem:
                "l2tpd.toml:42: user[0].address: is 100.64.0.1, which is our own end in [[ppp]] \"subscribers\""),
        .init(
            replace: "[[user]]",
            with: "[[pool]]\nname = \"b\"\nranges = [\"10.0.0.0/8\", \"100.64.255.0/24\"]\n[[user]]",
            problem:
                "l2tpd.toml:41: pool[1].ranges[1]: is 100.64.255.1-100.64.255.254, which overlaps 100.64.0.2-100.64.255.254 in pool[0].ranges[0]; an address belongs to one range"
        ),
        .init(
            replace: "[[ppp]]",
            with:
                "[[peer]]\nname = \"b\"\nppp = \"subscribers\"\naddresses = [\"192.0.2.0/24\"]\nhost_names = [\"bras-1\"]\n[[ppp]]",
            problem:
                "l2tpd.toml:27: peer[1].addresses: has 192.0.2.0/24 with \"bras-1\", as peer[0] has it; nothing tells the two apart"
        ),
        .init(
            replace: "[[peer]]", with: "[[listener]]\naddress = \"192.0.2.1\"\n[[peer]]",
            problem:
                "l2tpd.toml:13: listener[1].address: is 192.0.2.1:1701, as listener[0] has it already; leave one out"),
        // Text
        .init(
            replace: "level = \"info\"", with: "level = info",
            problem: "l2tpd.toml:6: this is not TOML: "),
        .init(
            replace: "\"tunnel-secret\"", with: "\"tunnel\\u0000secret\"",
            problem: "l2tpd.toml:16: the string has a NUL character; no name and no secret may have one"),
        .init(
            replace: "\"tunnel-secret\"", with: "\"tunnel\u{0}secret\"",
            problem: "l2tpd.toml:16: the file has a NUL character; write text"),
    ]

    @Test(arguments: mistakes) func `a mistake is refused with its line, its key and what to do`(mistake: Mistake) {
        #expect(example.contains(mistake.replace))
        var text = example
        if let range = text.firstRange(of: mistake.replace) { text.replaceSubrange(range, with: mistake.with) }
        let found = problems(of: text, files: ["empty": "\n", "full": "x"])
        #expect(found.count == 1)
        #expect(
            found.first.map {
                $0 == mistake.problem || mistake.problem.hasSuffix(": ") && $0.hasPrefix(mistake.problem)
            } == true, "\(found)")
    }

    @Test func `every mistake of a file is told at once and in its order`() {
        let found = problems(
            of: """
                [[peer]]
                nome = "x"
                ppp = "none"
                [[pool]]
                name = "p"
                ranges = ["x"]
                """)
        #expect(
            found == [
                "l2tpd.toml: listener: is missing; write a [[listener]] with the address that tunnels come in on, "
                    + "a [[client]] or a [[pppoe]]",
                "l2tpd.toml:1: peer[0].addresses: says nothing and neither does host_names; write source prefixes, "
                    + "Host Names or both (addresses = [\"0.0.0.0/0\", \"::/0\"] is everybody)",
                "l2tpd.toml:1: peer[0].name: is missing; write a name",
                "l2tpd.toml:2: peer[0].nome: is no key that is known here; did you mean name?",
                "l2tpd.toml:3: peer[0].ppp: is \"none\", and no [[ppp]] has this name; there are none",
                "l2tpd.toml:6: pool[0].ranges[0]: is \"x\"; the array holds ranges (\"100.64.0.2-100.64.255.254\") or prefixes",
            ])
    }

    @Test func `a reference to a table that was refused itself is no second problem`() {
        let text = example.replacing("mru            = 1460", with: "mru = 1")
            .replacing("local_address  = \"100.64.0.1\"", with: "local_address = \"x\"")
        #expect(problems(of: text).count == 2)
    }

    @Test func `a file that is not UTF-8 is refused`() {
        #expect {
            _ = try Configuration(parsing: [0x61, 0xff], file: "f") { _ in [] }
        } throws: { "\($0)" == "f: the file is not UTF-8; save it as UTF-8" }
    }

    @Test(arguments: [
        "a = 1", "x = \"\"\"\n[[peer]]\n\"\"\"\n", "x = '''\n'''", "[a.\"b.c\"]", "x = [[1, 2],\n[3]] # ]",
        "x = {a = [\n1]}",
        "x = \"\\\"\"", "= 1", "[[", "\"", "x = [", "x = '''", "a.b = \"\\", "x = \"\"\"\"\"\"\"\"",
    ]) func `the search for lines ends on any text`(text: String) {
        // The text is refused, for it has no listener, or is no TOML at all; what matters is that an answer comes.
        #expect(!problems(of: text).isEmpty)
    }

    @Test func `lines are right behind strings and arrays of several lines`() {
        let found = problems(
            of: """
                a = \"\"\"
                [[peer]] " # '
                \"\"\"
                b = '''
                c = 1
                '''
                'd.e' = [ "]", '[', # ] [
                  { x = "}" },
                ]
                f.g = 1979-05-27
                [h.i]
                j = 1
                """)
        #expect(
            found.dropFirst().map { $0.split(separator: ": ").prefix(2).joined(separator: " ") } == [
                "l2tpd.toml:1 a", "l2tpd.toml:4 b", "l2tpd.toml:7 d.e", "l2tpd.toml:10 f", "l2tpd.toml:11 h",
            ])
    }
}
