import ArgumentParser
import ControlProtocol
import Testing

@testable import l2tpctl

@Suite struct ControlClientTests {
    @Test func `a request is sent and its reply comes back, more than once on a connection`() throws {
        let daemon = try FakeDaemon { request in
            switch request {
            case .version: .replies([.version(.current)])
            case .logLevel(.debug): .replies([.done])
            default: .hangUp
            }
        }
        let client = try daemon.client()
        #expect(try client.ask(.version) == .version(.current))
        #expect(try client.ask(.logLevel(.debug)) == .done)
    }

    @Test func `ten thousand sessions come one by one`() throws {
        let daemon = try FakeDaemon { _ in
            .replies(
                (1...10_000).map { .session(SessionRecord(tunnelID: 7, sessionID: $0, peer: "bras-1", state: "open")) }
                    + [
                        .end(count: 10_000)
                    ])
        }
        var ids: [UInt32] = []
        let client = try daemon.client()
        try client.list(.showSessions(SessionFilter())) { reply throws(Failure) in
            guard case .session(let session) = reply else { throw client.unexpected() }
            ids.append(session.sessionID)
        }
        #expect(ids == Array(1...10_000))
    }

    @Test func `an error in place of a reply, or within a list, is the daemon's refusal`() throws {
        let error = ControlError(code: .failed, message: "the kernel says no")
        let daemon = try FakeDaemon { request in
            request == .summary
                ? .replies([.error(error)])
                : .replies([
                    .pool(PoolRecord(name: "p", ranges: [], addresses: 0, leased: 0, reserved: 0, free: 0)),
                    .error(error),
                ])
        }
        let client = try daemon.client()
        #expect(throws: Failure.refused(error)) { try client.ask(.summary) }
        var count = 0
        #expect(throws: Failure.refused(error)) { try client.list(.showPools) { _ in count += 1 } }
        #expect(count == 1)
    }

    @Test func `no daemon is status 2 and says where it was looked for`() throws {
        let failure = #expect(throws: Failure.self) { try ControlClient(socket: "/nonexistent/l2tpd.sock") }
        #expect(failure?.status == 2)
        #expect(
            failure?.description
                == "l2tpd is not running on /nonexistent/l2tpd.sock (connect: No such file or directory "
                + "(ENOENT)); start it, or name its socket with --socket")
        // A file that is no socket refuses connections too.
        #expect(throws: Failure.self) { try ControlClient(socket: "/dev/null") }
    }

    @Test func `a daemon that hangs up, is silent or speaks otherwise is status 1`() throws {
        func failure(_ answer: FakeDaemon.Answer, patience: Duration = .seconds(10)) throws -> Failure? {
            let daemon = try FakeDaemon { _ in answer }
            let client = try daemon.client(patience: patience)
            return #expect(throws: Failure.self) { try client.ask(.summary) }
        }
        let cases: [(Failure?, String)] = [
            (try failure(.hangUp), "gave no answer: the connection ended"),
            (try failure(.silence, patience: .milliseconds(50)), "gave no answer: nothing came for 0.05 seconds"),
            (try failure(.octets(Array("hello\n".utf8))), "is not understood: the line is not a JSON object"),
            (try failure(.octets(Array("{\"reply\":\"dance\"}\n".utf8))), "is not understood: the key \"reply\""),
            (try failure(.octets([UInt8](repeating: 0x20, count: 2 << 20))), "a line is longer than 1048576 octets"),
        ]
        for (failure, text) in cases {
            #expect(failure?.status == 1)
            #expect(failure?.description.contains(text) == true, "\(String(describing: failure))")
        }
    }

    @Test func `a list that is asked for prints as a table, as JSON, or as nothing there`() throws {
        let daemon = try FakeDaemon { request in
            switch request {
            case .showTunnels(TunnelFilter(peer: "none", state: nil)): .replies([.end(count: 0)])
            case .showTunnels: .replies([.tunnel(RenderingTests.tunnel), .end(count: 1)])
            default: .hangUp
            }
        }
        let client = try daemon.client()
        func text(_ arguments: String...) throws -> String {
            let command = try L2TPCtl.parseAsRoot(["show", "tunnels"] + arguments)
            return try (try #require(command as? ShowTunnels)).text(from: client)
        }
        #expect(try text("--peer", "none") == "no tunnels")
        #expect(try text("--peer", "none", "--json") == "[]")
        #expect(try text().split(separator: "\n").count == 2)
        let json = try text("--json").split(separator: "\n")
        #expect(json.first == "[" && json.last == "]" && json.count == 3)
        #expect(try ControlLine.decode(TunnelRecord.self, from: Array(json[1].utf8)) == RenderingTests.tunnel)
        #expect(throws: Failure.self) { try ShowPools.parse([]).text(from: client) }
    }

    @Test func `what could not be closed is status 1 while the rest is closed`() throws {
        let daemon = try FakeDaemon { request in
            switch request {
            case .closeTunnels([7]): .replies([.closed(CloseRecord(closed: ["7"]))])
            case .closeTunnels:
                .replies([
                    .closed(
                        CloseRecord(closed: ["7"], refused: [.init(name: "8", code: .notFound, message: "no tunnel 8")])
                    )
                ])
            default: .hangUp
            }
        }
        let client = try daemon.client()
        try Closing.close(.closeTunnels([7]), through: client)
        #expect(throws: Failure.told) { try Closing.close(.closeTunnels([7, 8]), through: client) }
    }
}
