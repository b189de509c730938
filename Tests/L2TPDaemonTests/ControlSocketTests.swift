import Configuration
import ControlProtocol
import DataPlane
import Instants
import EventLoop
import FoundationEssentials
import Glibc
import L2TPControl
import L2TPWire
import Linux
import Netlink
import PPP
import Testing

@testable import L2TPDaemon

/// The control socket: what it tells, what it does, and clients of every kind.
@Suite struct ControlSocketTests {
    @Test func `a tunnel and its sessions are told with what is known of them`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel(id: 0x1234)
        let call = try world.openCall(in: tunnel)
        world.plane.counters[tunnel.key(call)] = .init()
        world.plane.counters[tunnel.key(call)]?.receivedOctets = 1000
        let client = try world.addControlClient()
        try client.ask(.showTunnels(TunnelFilter()))
        try client.ask(.showSessions(SessionFilter()))
        #expect(try world.run { client.replies.count == 4 })
        guard case .tunnel(let record) = client.replies[0], case .session(let session) = client.replies[2] else {
            Issue.record("\(client.replies)")
            return
        }
        #expect(record.peerTunnelID == 0x1234 && record.state == "established" && record.sessions == 1)
        #expect(record.peer == "clients" && record.peerHostName == "client" && record.peerVendorName == "test")
        #expect(record.queuedMessages == 0 && record.congestionWindow > 0 && record.receiveWindow == 64)
        #expect(record.rxBytes == 1000 && session.rxBytes == 1000)
        #expect(session.state == "open" && session.user == "alice" && session.interface == "ppp0")
        #expect(session.address == "100.64.0.2" && session.localAddress == "100.64.0.1")
        #expect(session.peerSessionID == UInt32(call.id.rawValue))
    }

    @Test func `a message that the peer has not acknowledged shows`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        host.isDeaf = true
        _ = tunnel.call(at: world.now)
        try world.settle()
        let client = try world.addControlClient()
        try client.ask(.showTunnels(TunnelFilter()))
        #expect(try world.run { client.endCount == 1 })
        guard case .tunnel(let record) = client.replies[0] else { return }
        #expect(record.queuedMessages == 1)
    }

    @Test func `RES-03 closing a session ends PPP first and then the call, for administration`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let key = tunnel.key(call)
        let client = try world.addControlClient()
        try client.ask(
            .closeSessions([
                SessionName(sessionID: key.session), SessionName(tunnelID: 1, sessionID: 1),
            ]))
        #expect(try world.run { call.end != nil })
        #expect(call.frames.contains { $0.protocolNumber == .lcp && $0.information.first == 5 }, "Terminate-Request")
        #expect(host.disconnects.first?.resultCode.result == .administrative)
        #expect(host.disconnects.first?.pppDisconnectCause?.code == .administrative)
        guard case .closed(let record)? = client.replies.first else {
            Issue.record("\(client.replies)")
            return
        }
        #expect(record.closed == ["\(key.session)"] && record.refused.map(\.code) == [.notFound])
        #expect(tunnel.end == nil && world.sessions.isEmpty)
    }

    @Test func `closing a tunnel sends one StopCCN, and closing it again is refused`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let id = UInt32(tunnel.machine.peerTunnelID.rawValue)
        let client = try world.addControlClient()
        try client.ask(.closeTunnels([id, id, 99_999]))
        #expect(try world.run { tunnel.end != nil && call.end != nil && !client.replies.isEmpty })
        #expect(
            client.replies.first
                == .closed(
                    CloseRecord(
                        closed: ["\(id)"],
                        refused: [
                            .init(name: "\(id)", code: .closing, message: "tunnel \(id) is closing already"),
                            .init(name: "99999", code: .notFound, message: "no tunnel has the local id 99999"),
                        ])))
        #expect(host.stops.map(\.resultCode.result) == [.generalClear])
        try world.expectNothingLeft()
    }

    @Test func `garbage is answered line by line and the client stays`() throws {
        let world = try World()
        let client = try world.addControlClient()
        client.send(
            Array("hello\n{\n\n[1,2]\n{\"request\":\"nonsense\"}\n{\"request\":\"version\"}\n".utf8) + [
                0xff, 0xfe, 0x0a,
            ])
        #expect(try world.run { client.replies.count == 7 })
        let codes = client.replies.map {
            if case .error(let error) = $0 { error.code } else { ControlError.Code.failed }
        }
        #expect(codes == [.badRequest, .badRequest, .badRequest, .badRequest, .unknownRequest, .failed, .badRequest])
        #expect(client.replies[5] == .version(.current))
        #expect(!client.hasEnded)
    }

    @Test func `a million bad lines are no trouble, whether their sender reads or not`() throws {
        let world = try World()
        let (reader, stalled) = try (world.addControlClient(), world.addControlClient())
        stalled.isStalled = true
        for client in [reader, stalled] { client.send([UInt8](repeating: 0x0a, count: 20_000)) }
        #expect(try world.run { reader.replies.count == 20_000 })
        #expect(stalled.replies.isEmpty)
        stalled.isStalled = false
        #expect(try world.run { stalled.replies.count == 20_000 })
    }

    @Test func `a million bad lines keep nobody else waiting`() throws {
        let world = try World()
        let (bad, good) = try (world.addControlClient(), world.addControlClient())
        let count = 60_000
        bad.send([UInt8](repeating: 0x0a, count: count))
        _ = bad.turn()
        try good.ask(.version)
        while good.replies.isEmpty {
            for client in world.controlClients { _ = client.turn() }
            world.service.serve(try world.loop.wait(until: .now + .milliseconds(1)), at: world.now)
        }
        #expect(bad.replies.count < count / 2, "\(bad.replies.count) bad lines were answered before the good one")
        #expect(try world.run { bad.replies.count == count })
    }

    @Test func `requests of one who hangs up at once are done, however many`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel)
        let client = try world.addControlClient()
        client.send(
            [UInt8](repeating: 0x0a, count: 30_000)
                + (try ControlLine.encode(Request.closeTunnels([UInt32(tunnel.machine.peerTunnelID.rawValue)]))))
        _ = client.turn()
        world.controlClients = []
        _ = consume client
        #expect(try world.run { tunnel.end != nil })
    }

    @Test func `a line of 10 MB is refused and its sender let go`() throws {
        let world = try World()
        let (client, other) = try (world.addControlClient(), world.addControlClient())
        client.send([UInt8](repeating: 0x61, count: 10_000_000))
        #expect(try world.run { client.hasEnded })
        #expect(client.error?.code == .lineTooLong)
        try other.ask(.version)
        #expect(try world.run { other.replies.count == 1 })
    }

    @Test func `a list of thousands goes to a slow reader while others are served`() throws {
        let world = try World()
        let count = 3000
        let context = try Self.crowd(count, in: world)
        let (slow, quick) = try (world.addControlClient(), world.addControlClient())
        slow.isStalled = true
        try slow.ask(.showSessions(SessionFilter()))
        try slow.ask(.version)
        try world.settle()
        // The loop rests though the list is far from its end, and serves others.
        try quick.ask(.summary)
        try quick.ask(.showSessions(SessionFilter(user: "nobody")))
        #expect(try world.run { quick.endCount == 0 })
        guard case .summary(let summary)? = quick.replies.first else { return }
        #expect(summary.sessions.total == count)
        // Half of them go before their rows are made: they are left out.
        world.server.closeTunnel(context, ResultCode(.generalClear), at: world.now)
        try world.settle()
        #expect(world.sessions.isEmpty)
        slow.isStalled = false
        #expect(try world.run { slow.replies.last == .version(.current) })
        let told = try #require(slow.endCount)
        #expect((10..<count).contains(told), "told \(told)")
        #expect(slow.replies.count == told + 2)
    }

    @Test func `a client that ends in the middle of a list does not keep the loop`() throws {
        let world = try World()
        _ = try Self.crowd(2000, in: world)
        var client: ControlPeer? = try world.addControlClient()
        client?.isStalled = true
        try client?.ask(.showSessions(SessionFilter()))
        try world.settle()
        world.controlClients = []
        client = nil
        try world.settle()
        let other = try world.addControlClient()
        try other.ask(.showSessions(SessionFilter()))
        #expect(try world.run { other.endCount == 2000 })
    }

    @Test func `a list is made in many turns of the loop, and others are served between them`() throws {
        let world = try World()
        let count = 3000
        _ = try Self.crowd(count, in: world)
        let (long, short) = try (world.addControlClient(), world.addControlClient())
        try long.ask(.showSessions(SessionFilter()))
        try short.ask(.version)
        var turns = 0
        while long.endCount == nil {
            for client in world.controlClients { _ = client.turn() }
            let before = long.replies.count
            world.service.serve(try world.loop.wait(until: .now + .milliseconds(1)), at: world.now)
            _ = long.turn()
            turns += 1
            #expect(long.replies.count - before < count / 2, "a turn made \(long.replies.count - before) rows")
            if turns == 20 { #expect(short.replies == [.version(.current)] && long.endCount == nil) }
        }
        #expect(long.endCount == count && turns > 20)
    }

    @Test func `what waits for one who does not read stays little`() throws {
        let world = try World()
        _ = try Self.crowd(3000, in: world)
        let stalled = try world.addControlClient()
        stalled.isStalled = true
        for _ in 0..<20 { try stalled.ask(.showSessions(SessionFilter())) }
        try world.settle()
        let client = try #require(world.service.control.client(1))
        #expect(client.connection.pendingOctets < 128 * 1024 && !client.isDone)
        stalled.isStalled = false
        #expect(try world.run { stalled.replies.count == 20 * 3001 })
    }

    @Test func `a kernel that is slow with its counters holds no list up`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        world.plane.counters[tunnel.key(call)] = .init()
        world.plane.counters[tunnel.key(call)]?.receivedOctets = 1000
        world.plane.isStalled = true
        let client = try world.addControlClient()
        let asked = world.now
        try client.ask(.showSessions(SessionFilter()))
        #expect(try world.run { client.endCount == 1 })
        #expect(world.now - asked < .milliseconds(1100))
        guard case .session(let stale)? = client.replies.first else { return }
        #expect(stale.rxBytes == 0)
        // The first rows of a long list come sooner.
        _ = try Self.crowd(1000, in: world, host: 3)
        let other = try world.addControlClient()
        let askedAgain = world.now
        try other.ask(.showSessions(SessionFilter()))
        #expect(try world.run { other.endCount == 1001 })
        #expect(world.now - askedAgain < .milliseconds(100))
        world.plane.isStalled = false
        try client.ask(.showSessions(SessionFilter(user: "alice")))
        #expect(try world.run { client.replies.count == 4 })
        guard case .session(let fresh) = client.replies[2] else { return }
        #expect(fresh.rxBytes == 1000)
    }

    @Test func `sessions are found by peer, user, state, tunnel and interface`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel, "alice", "secret")
        _ = try world.openCall(in: tunnel, "bob", "hidden")
        let id = UInt32(tunnel.machine.peerTunnelID.rawValue)
        let filters: [(SessionFilter, Int)] = [
            (SessionFilter(), 2), (SessionFilter(tunnelID: id), 2), (SessionFilter(tunnelID: id &+ 1), 0),
            (SessionFilter(peer: "clients", user: "bob"), 1), (SessionFilter(user: "alice", state: "open"), 1),
            (SessionFilter(state: "closing"), 0), (SessionFilter(interface: "ppp1"), 1),
            (SessionFilter(user: "alice", interface: "ppp1"), 0),
        ]
        for (filter, count) in filters {
            let client = try world.addControlClient()
            try client.ask(.showSessions(filter))
            #expect(try world.run { client.endCount == count }, "\(filter)")
        }
        for (filter, count) in [(TunnelFilter(tunnelID: id), 1), (TunnelFilter(tunnelID: 99_999), 0)] {
            let client = try world.addControlClient()
            try client.ask(.showTunnels(filter))
            #expect(try world.run { client.endCount == count }, "\(filter)")
        }
    }

    @Test func `leases tell who has which address, from a pool or of his own`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let alice = try world.openCall(in: tunnel, "alice", "secret")
        let bob = try world.openCall(in: tunnel, "bob", "hidden")
        try world.run(for: .seconds(10))
        func leases(_ pool: String?) throws -> [Reply] {
            let client = try world.addControlClient()
            try client.ask(.showLeases(LeaseFilter(pool: pool)))
            #expect(try world.run { !client.replies.isEmpty && (client.endCount != nil || client.error != nil) })
            return client.replies
        }
        func lease(_ call: ClientTunnel.Call, _ pool: String?, _ address: String, _ user: String) -> Reply {
            let key = tunnel.key(call)
            return .lease(
                LeaseRecord(
                    pool: pool, address: address, user: user,
                    session: SessionName(tunnelID: key.tunnel, sessionID: key.session), uptimeSeconds: 10))
        }
        let ofPool = lease(alice, "subscribers", "100.64.0.2", "alice")
        #expect(try leases("subscribers") == [ofPool, .end(count: 1)])
        let all = try leases(nil)
        #expect(all.count == 3 && all.contains(ofPool) && all.contains(lease(bob, nil, "100.64.9.9", "bob")))
        guard case .error(let error)? = try leases("none").first else {
            Issue.record("no error")
            return
        }
        #expect(error.code == .notFound)
    }

    @Test func `HRD-07 the configuration in force is told without its secrets`() throws {
        let world = try World()
        let client = try world.addControlClient()
        try client.ask(.showConfiguration)
        #expect(try world.run { client.endCount != nil })
        let tables = client.replies.compactMap { if case .configuration(let record) = $0 { record.toml } else { nil } }
        #expect(tables.count == client.endCount && tables.contains { $0.contains("name = \"alice\"") })
        #expect(!tables.joined().contains("\"secret\"") && !tables.joined().contains("hidden"))
        #expect(tables.joined().contains("password = \"<redacted>\""))
    }

    @Test func `the socket lets in who is in its group, and nobody else`() throws {
        // Only root may give a file to a group that it is not in; one's own group will always do.
        let group = getegid()
        let world = try World { configuration, _ in configuration.daemon.controlGroup = "\(group)" }
        let path = world.configuration.daemon.controlSocket
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(
            attributes[.posixPermissions] as? Int == 0o660 && attributes[.groupOwnerAccountID] as? Int == Int(group))
        #expect(throws: StartError.self) {
            try World { configuration, _ in configuration.daemon.controlGroup = "no-such-group-of-users" }
        }
    }

    @Test func `two lists at once are both whole`() throws {
        let world = try World()
        _ = try Self.crowd(1000, in: world)
        let clients = try [world.addControlClient(), world.addControlClient()]
        for client in clients {
            try client.ask(.showSessions(SessionFilter()))
            try client.ask(.showTunnels(TunnelFilter()))
        }
        #expect(try world.run { clients.allSatisfy { $0.replies.count == 1003 } })
        #expect(clients.allSatisfy { $0.endCount == 1000 && $0.unreadable == 0 })
    }

    @Test func `too many clients are turned away with a reason, and let in when others go`() throws {
        let world = try World()
        for _ in 0..<ControlServer.mostClients { _ = try world.addControlClient() }
        try world.settle()
        let late = try world.addControlClient()
        #expect(try world.run { late.hasEnded })
        #expect(late.error?.code == .busy)
        world.controlClients = []
        try world.settle()
        let next = try world.addControlClient()
        try next.ask(.version)
        #expect(try world.run { next.replies.count == 1 })
    }

    @Test func `statistics have names in snake_case`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel)
        tunnel.tell(.abandon, at: world.now)
        let host = world.hosts[0]
        host.send(
            .iccn(.init(txConnectSpeed: ConnectSpeed(bitsPerSecond: 1), framingType: .synchronous)),
            tunnel: tunnel.machine.peerTunnelID, session: SessionID(9), ns: tunnel.nextSent.rawValue,
            nr: 0)
        let client = try world.addControlClient()
        try client.ask(.showStatistics)
        #expect(try world.run { !client.replies.isEmpty })
        guard case .statistics(let record)? = client.replies.first else { return }
        #expect(record.counters["tunnels_opened"] == 1 && record.counters["sessions_opened"] == 1)
        #expect(record.counters["tunnel_out_of_place"] == 1)
        #expect(record.counters.keys.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } })
    }

    @Test func `statistics tell what discovery has seen on all interfaces`() throws {
        let world = try World { configuration, network in configuration.addAccess(to: network) }
        _ = try world.openSubscriber()
        let client = try world.addControlClient()
        try client.ask(.showStatistics)
        #expect(try world.run { !client.replies.isEmpty })
        guard case .statistics(let record)? = client.replies.first else { return }
        #expect(record.counters["pppoe_pado_sent"] == 1 && record.counters["pppoe_pads_sent"] == 1)
        #expect(record.counters["pppoe_discarded_wrong_cookie"] == 0)
    }

    /// A tunnel with many sessions, made of nothing but the LNS's part.
    private static func crowd(_ count: Int, in world: World, host: Int = 2) throws -> TunnelContext {
        let (_, tunnel) = try world.openTunnel(host: host)
        let context = try #require(world.context(of: tunnel))
        for number in 1...count {
            let key = SessionKey(tunnel: context.kernelID, session: UInt32(number))
            let offer = ICRQ(assignedSessionID: SessionID(UInt16(number)), callSerialNumber: UInt32(number))
            let peer = SessionKey(tunnel: UInt32(context.peerTunnelID.rawValue), session: UInt32(number))
            let profile = world.configuration.profiles[0]
            #expect(
                world.sessions.prepare(
                    .incoming(offer), key: key, peer: peer, over: context.path,
                    role: LNSCall(world.lns, from: world.configuration.peers[0], by: profile),
                    link: world.lns.link(by: profile), at: world.now
                ).isEmpty)
        }
        return context
    }
}
