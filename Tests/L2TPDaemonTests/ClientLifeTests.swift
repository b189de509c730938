import Addresses
import Configuration
import ControlProtocol
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Linux
import PPP
import Testing

@testable import L2TPDaemon

extension World {
    /// Lets the client's call end, and checks that nothing of it is left but the tunnels' late answers.
    func expectDown(_ reason: String, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try run { line?.state == "waiting" && (line?.failures ?? 0) > 0 }, sourceLocation: sourceLocation)
        #expect(
            line?.lastFailure?.contains(reason) == true, "\(line?.lastFailure ?? "")", sourceLocation: sourceLocation)
        #expect(sessions.isEmpty && plane.sessions.isEmpty, sourceLocation: sourceLocation)
        #expect(server.placedCalls.isEmpty, sourceLocation: sourceLocation)
    }
}

/// How clients' calls end, and what follows.
@Suite struct ClientLifeTests {
    @Test func `a wrong password is tried less and less often, and leaves nothing behind`() throws {
        let world = try World { configuration, network in
            configuration.addClient(to: network, password: "guess")
        }
        try world.expectDown("refused")
        try world.run(for: .seconds(100))
        // After 2, 4, 8, 16 and 32 seconds.
        #expect((4...6).contains(world.statistic(.authenticationsRejected)))
        #expect(world.server.table.liveCount <= 2, "they all went by one tunnel")
        #expect(!world.plane.calls.contains { $0.kind == .createUnit })
        try world.expectNothingLeftOfClients()
    }

    @Test func `a session that an operator closes here is dialled again`() throws {
        let world = try World { configuration, network in configuration.addClient(to: network) }
        try world.dial()
        world.server.closeSession(try #require(world.outbound.first).key, at: world.now)
        try world.expectDown("closed")
        try world.dial()
        #expect(world.line?.failures == 0 && world.line?.lastFailure == nil)
        try world.expectNothingLeftOfClients()
    }

    @Test func `SSF-01 the LNS's CDN ends the call, and it is dialled again by the same tunnel`() throws {
        let world = try World { configuration, network in configuration.addClient(to: network) }
        try world.dial()
        let tunnel = try #require(world.outbound.first).key.tunnel
        let incoming = try #require(world.sessions.all.first { $0.role.side == .lns })
        world.server.carryOut([.close(incoming.key, .administrative)], at: world.now)
        try world.expectDown("closed by the peer")
        try world.dial()
        #expect(try #require(world.outbound.first).key.tunnel == tunnel)
        try world.expectNothingLeftOfClients()
    }

    @Test func `the LNS's StopCCN ends the call, and it is dialled again by a new tunnel`() throws {
        let world = try World { configuration, network in configuration.addClient(to: network) }
        try world.dial()
        let tunnel = try #require(world.outbound.first).key.tunnel
        let theirs = try #require(world.server.table.all.first { !$0.isOutbound })
        world.server.closeTunnel(theirs, ResultCode(.shuttingDown), at: world.now)
        try world.expectDown("tunnel closed by the peer")
        try world.dial()
        #expect(try #require(world.outbound.first).key.tunnel != tunnel)
        try world.expectNothingLeftOfClients()
    }

    @Test func `a tunnel whose LNS falls silent is found out by HELLO, and the client redials`() throws {
        let world = try World { configuration, network in
            configuration.addClient(to: network) { $0.group.members[0].lns.tunnel.helloInterval = .seconds(10) }
        }
        try world.dial()
        let theirs = try #require(world.server.table.all.first { !$0.isOutbound })
        // As if its host had died: what it is sent is nobody's.
        world.server.tell(theirs, .abandon, at: world.now)
        #expect(try world.run(atMost: .seconds(120)) { world.line?.failures == 1 })
        #expect(world.line?.lastFailure?.contains("does not answer") == true)
        try world.dial()
        try world.expectNothingLeftOfClients()
    }

    @Test func `an LNS that never answers is given up, and tried again later`() throws {
        let world = try World { configuration, network in
            configuration.addClient(to: network) {
                $0.group.members[0].lns.place = .address(network.address(9))
            }
        }
        try world.expectDown("does not answer")
        #expect(try world.run(atMost: .seconds(60)) { world.line?.failures == 2 })
        #expect(world.statistic(.tunnelsOpened) == 0)
        try world.expectNothingLeftOfClients()
    }

    @Test func `with several servers the next one is dialled when one does not answer`() throws {
        let world = try World { configuration, network in
            configuration.addClient(to: network) { client in
                var silent = client.group.members[0]
                silent.lns.place = .address(network.address(9))
                client.group.members[0].preference = 1
                client.group.members.insert(silent, at: 0)
            }
        }
        try world.dial()
        #expect(world.line?.call?.context?.path.remote == world.network.server)
        #expect(world.line?.failures == 0)
        try world.expectNothingLeftOfClients()
    }

    @Test func `an LNS that has no room is passed over, and left alone for a while`() throws {
        let world = try World { configuration, network in
            configuration.peers[0].maxSessions = 0
            configuration.addClient(to: network) { client in
                client.group.members[0].retryAfter = .seconds(30)
            }
        }
        try world.expectDown("max_sessions")
        // The client's own pause would be shorter.
        guard case .waiting(let until)? = world.line?.stage else { return }
        #expect(until > world.now + .seconds(20))
        try world.expectNothingLeftOfClients()
    }

    @Test(arguments: [false, true])
    func `clients to one LNS share a tunnel unless they want their own`(own: Bool) throws {
        let world = try World { configuration, network in
            configuration.addClient(to: network)
            configuration.addClient("spare", to: network, user: "bob", password: "hidden") { $0.ownTunnel = own }
        }
        #expect(
            try world.run {
                world.service.clients.all.allSatisfy { $0.call?.opened != nil }
                    && world.sessions.all.allSatisfy(\.isOpen)
            })
        #expect(world.outbound.count == 2)
        #expect(Set(world.outbound.map(\.key.tunnel)).count == (own ? 2 : 1))
        // One that goes down takes nothing from the other.
        let spare = try #require(world.service.clients["spare"])
        world.server.end(try #require(world.service.clients.down(spare)), at: world.now)
        #expect(try world.run { spare.state == "down" })
        #expect(world.isUp && world.outbound.count == 1)
        try world.expectNothingLeftOfClients()
    }

    @Test func `a tunnel without calls closes after its linger`() throws {
        let world = try World { configuration, network in
            configuration.addClient(to: network) { $0.group.linger = .seconds(20) }
        }
        try world.dial()
        let line = try #require(world.line)
        world.server.end(try #require(world.service.clients.down(line)), at: world.now)
        #expect(try world.run { line.state == "down" && world.sessions.isEmpty })
        let context = try #require(world.server.outboundTunnels.values.first)
        try world.run(for: .seconds(19))
        #expect(context.isOpen)
        try world.run(for: .seconds(2))
        #expect(context.isClosed && world.server.outboundTunnels.isEmpty)
        try world.expectNothingLeftOfClients()
    }

    @Test func `a client on demand is dialled when told to, and once only`() throws {
        let world = try World { configuration, network in
            configuration.addClient(to: network) { $0.isPersistent = false }
        }
        let control = try world.addControlClient()
        try world.run(for: .seconds(30))
        #expect(world.line?.state == "down" && world.server.table.count == 0)
        try control.ask(.clientUp("office"))
        try world.dial()
        try control.ask(.showClients)
        #expect(try world.run { control.endCount == 1 })
        guard case .client(let record)? = control.replies.first(where: { if case .client = $0 { true } else { false } })
        else { return #expect(Bool(false), "no record") }
        #expect(record.state == "open" && record.address == "100.64.0.2" && record.peerPPPAddress == "100.64.0.1")
        #expect(record.peerAddress == "\(world.network.server)" && record.interface != nil && !record.persistent)
        try control.ask(.clientDown("office"))
        #expect(try world.run { world.line?.state == "down" && world.sessions.isEmpty })
        #expect(world.line?.lastFailure == nil)
        try control.ask(.clientUp("office"))
        try world.dial()
        // Once more, before it has ended.
        try control.ask(.clientDown("office"))
        try control.ask(.clientUp("office"))
        let call = try #require(world.line?.call)
        #expect(try world.run { world.line?.call !== call && world.isUp && world.sessions.all.allSatisfy(\.isOpen) })
        world.server.closeSession(try #require(world.outbound.first).key, at: world.now)
        #expect(try world.run { world.line?.state == "down" })
        try world.run(for: .seconds(200))
        #expect(world.line?.state == "down" && control.error == nil)
        try control.ask(.clientUp("nobody"))
        #expect(try world.run { control.error?.code == .notFound })
        try world.expectNothingLeftOfClients()
    }

    @Test func `hanging up while the call is on its way leaves nothing`() throws {
        let world = try World { configuration, network in configuration.addClient(to: network) }
        let line = try #require(world.line)
        // At every step of the way in turn.
        for steps in 0..<6 {
            world.service.clients.up(line, at: world.now)
            for _ in 0..<steps { world.service.serve(try world.loop.wait(until: .now), at: world.now) }
            if let call = world.service.clients.down(line) { world.server.end(call, at: world.now) }
            #expect(try world.run { line.state == "down" && world.sessions.isEmpty })
            #expect(world.server.placedCalls.isEmpty)
        }
        try world.expectNothingLeftOfClients()
    }

    @Test func `SIGTERM tells the LNS and leaves nothing`() throws {
        let world = try World { configuration, network in configuration.addClient(to: network) }
        try world.dial()
        world.service.handle(.terminate, at: world.now)
        #expect(try world.run(atMost: .seconds(3)) { world.service.isOver(at: world.now) })
        #expect(world.plane.isIdle && world.sessions.isEmpty && world.line?.state == "down")
    }

    @Test func `a reload dials for new clients and hangs up for those that are gone`() throws {
        let world = try World { configuration, network in configuration.addClient(to: network) }
        try world.dial()
        let line = try #require(world.line)
        var other = line.client
        other.name = "other"
        for call in world.service.clients.apply([other], at: world.now) { world.server.end(call, at: world.now) }
        #expect(
            try world.run { line.state == "down" && world.service.clients["other"]?.call?.opened != nil })
        #expect(world.outbound.count == 1 && world.line == nil)
        try world.expectNothingLeftOfClients()
    }

    @Test func `an LNS is found by its name`() throws {
        let world = try World { configuration, network in
            configuration.listeners[0].address = .v4(IPv4Address(127, 0, 0, 1))
            configuration.addClient(to: network) { $0.group.members[0].lns.place = .name("localhost") }
            configuration.addClient("lost", to: network) { $0.group.members[0].lns.place = .name("lost.invalid") }
        }
        // The resolver's thread lives in real time.
        let end = Instant.now + .seconds(30)
        while !world.isUp, world.line?.failures != 3, .now < end {
            try world.settle()
            try world.run(for: .milliseconds(100))
        }
        #expect(world.isUp || world.line?.failures ?? 0 > 0)
    }
}
