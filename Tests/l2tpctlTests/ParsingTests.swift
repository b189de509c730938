import ArgumentParser
import ControlProtocol
import FoundationEssentials
import Testing

@testable import l2tpctl

@Suite struct ParsingTests {
    @Test func `no command means the summary`() throws {
        let summary = try #require(try L2TPCtl.parseAsRoot([]) as? Summary)
        #expect(!summary.options.isJSON && summary.options.watch == nil && summary.daemon.socket == nil)
        let json = try #require(try L2TPCtl.parseAsRoot(["--json", "--watch", "0.5"]) as? Summary)
        #expect(json.options.isJSON && json.options.watch == 0.5)
    }

    @Test(arguments: [
        ["--socket", "/s", "show", "sessions", "--json"], ["show", "sessions", "--json", "--socket", "/s"],
        ["show", "sessions", "--socket=/s", "--json"],
    ]) func `the socket is named before the command or behind it`(arguments: [String]) throws {
        let command = try #require(try L2TPCtl.parseAsRoot(arguments) as? ShowSessions)
        #expect(command.daemon.socket == "/s" && command.options.isJSON)
    }

    @Test func `filters become the request`() throws {
        let sessions = try #require(
            try L2TPCtl.parseAsRoot([
                "show", "sessions", "--tunnel", "7", "--user", "alice", "--peer", "bras-1", "--state", "open",
            ]) as? ShowSessions)
        #expect(
            sessions.request == .showSessions(SessionFilter(tunnelID: 7, peer: "bras-1", user: "alice", state: "open")))
        let tunnels = try #require(try L2TPCtl.parseAsRoot(["show", "tunnels", "--state", "stopping"]) as? ShowTunnels)
        #expect(tunnels.request == .showTunnels(TunnelFilter(state: "stopping")))
        let one = try #require(try L2TPCtl.parseAsRoot(["show", "tunnels", "--tunnel", "7"]) as? ShowTunnels)
        #expect(one.request == .showTunnels(TunnelFilter(tunnelID: 7)))
        let access = try #require(
            try L2TPCtl.parseAsRoot(["show", "sessions", "--interface", "access0"]) as? ShowSessions)
        #expect(access.request == .showSessions(SessionFilter(interface: "access0")))
        let pool = try #require(try L2TPCtl.parseAsRoot(["pool", "show", "p"]) as? PoolCommand.Leases)
        #expect(pool.request == .showLeases(LeaseFilter(pool: "p")))
    }

    @Test func `ids to close are parsed`() throws {
        let tunnels = try #require(try L2TPCtl.parseAsRoot(["tunnel", "close", "7", "8"]) as? Tunnel.Close)
        #expect(tunnels.ids == [7, 8])
        let sessions = try #require(try L2TPCtl.parseAsRoot(["session", "close", "7/12", "13"]) as? Session.Close)
        #expect(sessions.names == [SessionName(tunnelID: 7, sessionID: 12), SessionName(sessionID: 13)])
        let level = try #require(try L2TPCtl.parseAsRoot(["log", "level", "debug"]) as? Log.Level)
        #expect(level.level == .debug)
    }

    @Test func `a filter in place of ids to close is parsed`() throws {
        let sessions = try #require(
            try L2TPCtl.parseAsRoot(["session", "close", "--peer", "bras-1", "--yes"]) as? Session.Close)
        #expect(sessions.filters.filter == SessionFilter(peer: "bras-1") && sessions.sure.isSure)
        let tunnels = try #require(
            try L2TPCtl.parseAsRoot(["tunnel", "close", "--state", "established"]) as? Tunnel.Close)
        #expect(tunnels.filters.filter == TunnelFilter(state: "established") && !tunnels.sure.isSure)
    }

    @Test func `a group of tunnels to open is parsed`() throws {
        let usual = try #require(try L2TPCtl.parseAsRoot(["tunnel", "open", "isp"]) as? Tunnel.Open)
        #expect(usual.order == TunnelOrder(group: "isp"))
        let one = try #require(
            try L2TPCtl.parseAsRoot(["tunnel", "open", "isp", "--lns", "192.0.2.1", "--timeout", "5"]) as? Tunnel.Open)
        #expect(one.order == TunnelOrder(group: "isp", lns: "192.0.2.1", timeout: 5))
    }

    @Test func `a call to open is parsed`() throws {
        let usual = try #require(try L2TPCtl.parseAsRoot(["call", "open", "bras-1", "5551234"]) as? Call.Open)
        #expect(usual.order == CallOrder(peer: "bras-1", number: "5551234") && !usual.isJSON)
        let other = try #require(
            try L2TPCtl.parseAsRoot([
                "call", "open", "bras-1", "5551234", "--sub-address", "12", "--timeout", "5", "--json",
            ]) as? Call.Open)
        #expect(other.order == CallOrder(peer: "bras-1", number: "5551234", subAddress: "12", timeout: 5))
        #expect(other.isJSON)
    }

    @Test(arguments: [
        ["dance"], ["show", "everything"], ["show", "tunnels", "7"], ["--watch", "0"], ["--watch", "x"],
        ["tunnel", "close"], ["session", "close"], ["session", "close", "--yes"],
        ["session", "close", "7/8", "--user", "alice"], ["tunnel", "close", "7", "--peer", "x"],
        ["tunnel", "open"], ["tunnel", "open", "isp", "--timeout", "0"],
        ["show", "sessions", "--sort", "colour"], ["show", "sessions", "--columns", "user,colour"],
        ["show", "sessions", "--columns", ""], ["show", "sessions", "--json", "--columns", "user"],
        ["tunnel", "close", "x"], ["tunnel", "close", "-1"], ["session", "close", "7/"], ["session", "close", "7/8/9"],
        ["call", "open", "bras-1"], ["call", "open", "bras-1", "555 1234"], ["call", "open", "bras-1", ""],
        ["call", "open", "bras-1", "5", "--timeout", "0"], ["call", "open", "bras-1", "5", "--timeout", "301"],
        ["config", "check"], ["log", "level", "loud"], ["--frobnicate"],
    ]) func `what is not understood is status 64`(arguments: [String]) throws {
        let error = #expect(throws: (any Error).self) { try L2TPCtl.parseAsRoot(arguments) }
        #expect(error.map { L2TPCtl.exitCode(for: $0).rawValue } == 64)
    }

    @Test(arguments: [["--help"], ["show", "sessions", "--help"], ["--version"]])
    func `help and the version are status 0`(arguments: [String]) throws {
        let error = #expect(throws: (any Error).self) { try L2TPCtl.run(arguments) }
        #expect(error.map { L2TPCtl.exitCode(for: $0).rawValue } == 0)
    }

    @Test func `the help has usage, examples and exit statuses and fits a terminal`() {
        let help = L2TPCtl.helpMessage(columns: 80)
        for part in ["USAGE", "EXAMPLES", "EXIT STATUS", "--socket", "TUNNEL/SESSION", "config check"] {
            #expect(help.contains(part))
        }
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func `a configuration is checked without a daemon`() throws {
        let file = FileManager.default.temporaryDirectory.path + "/l2tpctl-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: file) }
        let good = """
            [[listener]]
            address = "192.0.2.1"
            """
        try good.write(toFile: file, atomically: false, encoding: .utf8)
        try L2TPCtl.run(["config", "check", file])
        try (good + "\nprot = 1701\n").write(toFile: file, atomically: false, encoding: .utf8)
        #expect(throws: Failure.told) { try L2TPCtl.run(["config", "check", file]) }
    }
}

extension L2TPCtl {
    /// `parseAsRoot(_:)` gives a command that must be a variable to run.
    fileprivate static func run(_ arguments: [String]) throws {
        var command = try parseAsRoot(arguments)
        try command.run()
    }
}
