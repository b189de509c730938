import ArgumentParser
import ControlProtocol
import Synchronization
import Testing

@testable import l2tpctl

/// Lists: their columns, their order, and how they come.
@Suite struct ListingTests {
    private static let sessions: [SessionRecord] = [
        (9, "ppp10", 5000), (10, "ppp9", 70), (11, "ppp2", 900_000),
    ].map { (id: UInt32, interface: String, octets: UInt64) in
        var session = SessionRecord(tunnelID: 7, sessionID: id, peer: "bras-1", state: "open")
        session.interface = interface
        session.rxBytes = octets
        return session
    }

    private func show(_ arguments: String...) throws -> [String] {
        let daemon = try FakeDaemon { request in
            guard case .showSessions = request else { return .hangUp }
            return .replies(Self.sessions.map(Reply.session) + [.end(count: 3)])
        }
        let command = try L2TPCtl.parseAsRoot(["show", "sessions"] + arguments)
        let list = try #require(command as? ShowSessions)
        return try list.text(from: try daemon.client()).split(separator: "\n").map(String.init)
    }

    @Test func `columns are those that are named, in the order of their names`() throws {
        #expect(
            try show("--columns", "rx,session,rx-packets,tunnel_id") == [
                "     RX  SESSION  RX PACKETS  TUNNEL ID",
                "4.9 KiB  7/9               0          7",
                "   70 B  7/10              0          7",
                "879 KiB  7/11              0          7",
            ])
    }

    @Test(arguments: [
        ("rx", ["7/10", "7/9", "7/11"]), ("-rx", ["7/11", "7/9", "7/10"]), ("interface", ["7/11", "7/10", "7/9"]),
        ("session", ["7/9", "7/10", "7/11"]), ("-SESSION", ["7/11", "7/10", "7/9"]),
        ("peer", ["7/9", "7/10", "7/11"]),
    ]) func `the order is that of a column, of numbers by their value`(column: String, names: [String]) throws {
        #expect(try show("--sort", column, "--columns", "session").dropFirst().map(\.self) == names)
        #expect(try show("--sort", column, "--reverse", "--columns", "session").dropFirst() == names.reversed()[...])
        let json = try show("--sort", column, "--json").dropFirst().dropLast()
        #expect(json.count == 3 && json.first?.contains("\"session_id\":\(names[0].dropFirst(2))") == true)
    }

    @Test func `who names a column that there is not is told which there are`() {
        let error = #expect(throws: (any Error).self) {
            try L2TPCtl.parseAsRoot(["show", "pools", "--sort", "colour"])
        }
        let message = error.map { L2TPCtl.message(for: $0) }
        #expect(message == "There is no column 'colour'; there are pool, ranges, addresses, leased, kept, free.")
    }

    @Test func `the first rows are printed before the last have come, and wider ones push`() {
        var table = TableText(all: ShowSessions.columns, chosen: nil)
        var text = ""
        for number in 1...100 {
            text += table.take(SessionRecord(tunnelID: 1, sessionID: UInt32(number), peer: "x", state: "open"))
        }
        #expect(text.split(separator: "\n").count == 101)
        let wide = table.take(SessionRecord(tunnelID: 40_001, sessionID: 40_001, peer: "x", state: "open"))
        #expect(wide.hasPrefix("40001/40001  -     x") && wide.hasSuffix("\n"))
        #expect(table.flush().isEmpty && !table.isEmpty)
    }

    @Test func `every field of a record is in some column`() throws {
        try Self.expectReachable(Samples.tunnel, ShowTunnels.columns)
        try Self.expectReachable(Samples.session, ShowSessions.columns)
        // Its calls end here, or are switched on.
        var (here, there) = (Samples.peer, Samples.peer)
        (here.tunnelGroup, there.ppp) = (nil, nil)
        for peer in [here, there] { try Self.expectReachable(peer, ShowPeers.columns) }
        try Self.expectReachable(Samples.pool, ShowPools.columns)
        try Self.expectReachable(Samples.client, ShowClients.columns)
        try Self.expectReachable(Samples.access, ShowPPPoE.columns)
        try Self.expectReachable(Samples.lease, PoolCommand.Leases.columns)
    }

    @Test func `no two columns of a list have one name`() {
        func names<Record>(_ columns: [ListColumn<Record>]) -> [String] { columns.map(\.name) }
        for names in [
            names(ShowTunnels.columns), names(ShowSessions.columns), names(ShowPeers.columns), names(ShowPools.columns),
            names(ShowClients.columns), names(ShowPPPoE.columns), names(PoolCommand.Leases.columns),
        ] {
            #expect(Set(names).count == names.count)
        }
    }

    /// Every key of a record that is changed changes a cell of some column.
    private static func expectReachable<Record: Codable>(
        _ full: Record, _ columns: [ListColumn<Record>], _ sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let object = try JSONValue(full).members
        let cells = columns.map { $0.cell(full) }
        for (key, value) in object {
            let other = try JSONValue.object(object.merging([key: value.changed]) { $1 }).decoded(as: Record.self)
            #expect(columns.map { $0.cell(other) } != cells, "\(key)", sourceLocation: sourceLocation)
        }
    }

    @Test func `what a filter finds is closed in parts, when one is sure`() throws {
        let names = (1...250).map { SessionName(tunnelID: 7, sessionID: UInt32($0)) }
        let asked = Mutex<[[SessionName]]>([])
        let daemon = try FakeDaemon { request in
            switch request {
            case .showSessions(SessionFilter(peer: "bras-1")):
                return .replies(
                    names.map {
                        .session(SessionRecord(tunnelID: 7, sessionID: $0.sessionID, peer: "bras-1", state: "open"))
                    } + [
                        .session(SessionRecord(tunnelID: 7, sessionID: 251, peer: "bras-1", state: "closing")),
                        .end(count: 251),
                    ])
            case .showSessions: return .replies([.end(count: 0)])
            case .closeSessions(let part):
                asked.withLock { $0.append(part) }
                var record = CloseRecord(closed: part.dropFirst().map(\.description))
                // It has gone meanwhile.
                record.refused = [.init(name: "\(part[0])", code: .notFound, message: "gone")]
                return .replies([.closed(record)])
            default: return .hangUp
            }
        }
        let client = try daemon.client()
        func close(_ arguments: String...) throws {
            let command = try L2TPCtl.parseAsRoot(["session", "close"] + arguments)
            try (try #require(command as? Session.Close)).close(through: client)
        }
        #expect(throws: Failure.told) { try close("--peer", "bras-1") }
        #expect(asked.withLock { $0.isEmpty })
        try close("--peer", "bras-1", "--yes")
        #expect(asked.withLock { $0.map(\.count) } == [100, 100, 50] && asked.withLock { $0.flatMap(\.self) } == names)
        try close("--peer", "nobody")
        try close("--peer", "nobody", "--yes")
    }

    @Test func `tunnels that a filter finds are closed, and one that is refused is status 1`() throws {
        let daemon = try FakeDaemon { request in
            switch request {
            case .showTunnels(TunnelFilter(peer: "bras-1")):
                .replies([.tunnel(RenderingTests.tunnel), .end(count: 1)])
            case .closeTunnels([7]):
                .replies([.closed(CloseRecord(refused: [.init(name: "7", code: .failed, message: "no")]))])
            default: .hangUp
            }
        }
        let close = try #require(
            try L2TPCtl.parseAsRoot(["tunnel", "close", "--peer", "bras-1", "--yes"]) as? Tunnel.Close)
        #expect(throws: Failure.told) { try close.close(through: try daemon.client()) }
    }

    @Test func `an opened group is status 0 when each of its tunnels stands`() throws {
        let daemon = try FakeDaemon { request in
            switch request {
            case .openTunnels(TunnelOrder(group: "isp")):
                .replies([.opened(OpenRecord(group: "isp", tunnels: [.init(lns: "192.0.2.1", tunnelID: 7)]))])
            case .openTunnels(TunnelOrder(group: "far")):
                .replies([.opened(Samples.opened)])
            default: .hangUp
            }
        }
        let client = try daemon.client()
        try Tunnel.Open.parse(["isp"]).open(through: client)
        #expect(throws: Failure.told) { try Tunnel.Open.parse(["far"]).open(through: client) }
    }

    @Test func `leases stand under the counts of their pool`() throws {
        let other = PoolRecord(name: "other", ranges: [], addresses: 1, leased: 0, reserved: 0, free: 1)
        let daemon = try FakeDaemon { request in
            switch request {
            case .showPools: .replies([.pool(other), .pool(Samples.pool), .end(count: 2)])
            case .showLeases(LeaseFilter(pool: "p")): .replies([.lease(Samples.lease), .end(count: 1)])
            default: .hangUp
            }
        }
        let client = try daemon.client()
        #expect(
            try PoolCommand.Leases.parse(["p"]).text(from: client) == """
                p: 2 of 8 leased, 1 kept, 5 free
                ADDRESS   POOL  USER   SESSION  UPTIME
                10.0.0.2  p     alice  7/12      1m 1s
                """)
        let json = try PoolCommand.Leases.parse(["p", "--json"]).text(from: client).split(separator: "\n")
        #expect(try ControlLine.decode(LeaseRecord.self, from: Array(json[1].utf8)) == Samples.lease)
    }
}
