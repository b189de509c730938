import ArgumentParser
import ControlProtocol
import Instants
import Linux
import Testing

@testable import l2tpctl

/// What a shell is offered: the closures as the generated scripts call them.
@Suite struct CompletionTests {
    /// `line` is what is typed, its last word the one to complete; `argument` is as the scripts name it.
    private func offered(_ command: String, _ argument: String, line: [String]) throws -> [String] {
        let words = command.split(separator: " ").map(String.init)
        let typed = ["l2tpctl"] + line
        let error = #expect(throws: (any Error).self) {
            try L2TPCtl.parseAsRoot(
                ["---completion"] + words + ["--", argument, "\(typed.count - 1)", "\(typed.last?.count ?? 0)"] + typed)
        }
        #expect(error.map { L2TPCtl.exitCode(for: $0) } == .success)
        let text = error.map { L2TPCtl.message(for: $0) } ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    private static let sessions: [SessionRecord] = [
        (7, 10, "alice"), (7, 9, "bob@example.org"), (0, 3, "$(reboot)"), (8, 1, "alice"), (8, 2, "-rf"),
        (8, 4, "a b"), (8, 5, "a\nb"), (8, 6, "a:b"), (8, 7, "`id`"), (8, 8, "é"), (8, 11, nil),
    ].map { (tunnel: UInt32, id: UInt32, user: String?) in
        var session = SessionRecord(tunnelID: tunnel, sessionID: id, peer: "bras-1", state: "open")
        session.user = user
        session.interface = "ppp\(id)"
        session.accessInterface = tunnel == 0 ? "eth1.100" : nil
        return session
    }

    private static let tunnels = [(7, "bras-1"), (8, "192.0.2.1")].map { (id: UInt32, peer: String) in
        TunnelRecord(
            tunnelID: id, peer: peer, peerAddress: "192.0.2.1:1701", localAddress: "192.0.2.2:1701",
            state: "established")
    }

    @Sendable private static func answer(_ request: Request) -> FakeDaemon.Answer {
        let replies: [Reply]
        switch request {
        case .showTunnels(TunnelFilter()): replies = tunnels.map(Reply.tunnel)
        case .showSessions(SessionFilter()): replies = sessions.map(Reply.session)
        case .showPeers:
            replies = [
                .peer(
                    PeerRecord(
                        name: "bras-1", addresses: [], hostNames: [], authentication: true, ppp: nil, tunnels: 1,
                        maxTunnels: nil, sessions: 0, maxSessions: nil))
            ]
        case .showPools:
            replies = ["v4", "v6"].map {
                .pool(PoolRecord(name: $0, ranges: [], addresses: 0, leased: 0, reserved: 0, free: 0))
            }
        case .showClients:
            replies = [
                .client(ClientRecord(name: "office", state: "up", persistent: true, servers: [], user: "office"))
            ]
        case .showConfiguration:
            replies = [
                "[daemon]\nhost_name = \"lns\"\n",
                "[[tunnel_group]]\nname = \"isp\"\npersistent = true\n\n[[tunnel_group.lns]]\naddress = \"192.0.2.1\"\n",
                "[[client]]\nname = \"office\"\ntunnel_group = \"isp\"\n",
            ].map { .configuration(ConfigurationRecord(toml: $0)) }
        default: return .hangUp
        }
        return .replies(replies + [.end(count: replies.count)])
    }

    private static let names = ["0/3", "7/9", "7/10", "8/1", "8/2", "8/4", "8/5", "8/6", "8/7", "8/8", "8/11"]

    @Test(arguments: [
        ("tunnel close", "positional@0", ["7", "8"]),
        ("show tunnel", "positional@0", ["7", "8"]),
        ("show sessions", "--tunnel", ["7", "8"]),
        ("show tunnels", "--state", ["established"]),
        ("session close", "positional@0", names),
        ("show session", "positional@0", names),
        ("trace", "--session", names),
        ("show failures", "--session", names),
        ("session close", "--peer", ["192.0.2.1", "bras-1"]),
        ("call open", "positional@0", ["bras-1", "isp"]),
        ("tunnel open", "positional@0", ["isp"]),
        ("client down", "positional@0", ["office"]),
        ("pool show", "positional@0", ["v4", "v6"]),
        ("session close", "--state", ["open"]),
        ("session close", "--user", ["alice", "bob@example.org"]),
        (
            "session close", "--interface",
            ["eth1.100"] + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map { "ppp\($0)" }
        ),
    ]) func `the daemon's names are offered, but for those that could mean more to a shell`(
        command: String, argument: String, names: [String]
    ) throws {
        for option in [["--socket"], []] {
            let daemon = try FakeDaemon(answer: Self.answer)
            let socket = option.isEmpty ? ["--socket=\(daemon.socket)"] : option + [daemon.socket]
            #expect(
                try offered(command, argument, line: socket + command.split(separator: " ").map(String.init) + [""])
                    == names)
        }
    }

    @Test func `nothing is offered, nor said, without a daemon, and where it is silent or breaks off`() throws {
        #expect(
            try offered(
                "session close", "positional@0", line: ["--socket", "/nonexistent/l2tpd.sock", "session", "close", ""]
            )
            .isEmpty)
        let session = Reply.session(Self.sessions[0])
        for answer in [FakeDaemon.Answer.silence, .hangUp, .replies([session]), .octets(Array("{}\n".utf8))] {
            let daemon = try FakeDaemon { _ in answer }
            let begin = Instant.now
            #expect(
                try offered("session close", "positional@0", line: ["--socket", daemon.socket, "session", "close", ""])
                    .isEmpty)
            #expect(Instant.now - begin < ControlClient.patience)
        }
    }

    @Test func `columns are offered without a daemon, one after the other`() throws {
        func columns(_ argument: String, _ typed: String) throws -> [String] {
            try offered("show pools", argument, line: ["show", "pools", argument, typed])
        }
        #expect(try columns("--columns", "") == ["pool", "ranges", "addresses", "leased", "kept", "free"])
        #expect(try columns("--columns", "free,le").prefix(2) == ["free,pool", "free,ranges"])
        #expect(try columns("--sort", "").last == "free")
        #expect(try columns("--sort", "-f").last == "-free")
    }
}
