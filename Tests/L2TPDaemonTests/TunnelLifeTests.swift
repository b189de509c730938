import Addresses
import Configuration
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Netlink
import Testing

@testable import L2TPDaemon

extension SessionCounters {
    fileprivate static func received(_ packets: Int) -> SessionCounters {
        var counters = SessionCounters()
        counters.receivedPackets = UInt64(packets)
        return counters
    }
}

/// How tunnels go on, begin again and end.
@Suite struct TunnelLifeTests {
    @Test func `REL-03 HRD-04 an SCCRQ that comes again is acknowledged and makes no second tunnel`() throws {
        let world = try World()
        let host = try world.addHost()
        for _ in 0..<3 { host.send(.sccrq(.plain)) }
        try world.settle()
        #expect(world.server.table.count == 1 && world.server.table.halfOpenCount == 1)
        host.send(.sccrq(.plain))
        try world.settle()
        #expect(world.server.table.count == 1 && host.received(.sccrp) == 1)
        #expect(host.datagramCount == 4, "an SCCRP and three ZLBs")
        // Another Assigned Tunnel ID is another tunnel, and counts.
        host.send(.sccrq(.plain(id: 8)))
        try world.settle()
        #expect(world.server.table.count == 2 && world.server.table.halfOpenCount == 2)
        #expect(world.server.table.halfOpenCount(from: host.socket.local.address) == 2)
    }

    @Test func `HDR-06 messages that come together are acknowledged together`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        let before = host.datagramCount
        for offset in 0..<3 {
            host.send(
                .hello(Hello()), tunnel: tunnel.machine.peerTunnelID,
                ns: tunnel.nextSent.rawValue + UInt16(offset), nr: tunnel.nextReceived.rawValue)
        }
        try world.settle()
        #expect(host.datagramCount == before + 1)
    }

    @Test func `KA-03 a peer that dies is found out by HELLO and every session goes with its tunnel`() throws {
        let world = try World { configuration, _ in configuration.peers[0].tunnel.helloInterval = .seconds(30) }
        let (host, tunnel) = try world.openTunnel()
        for _ in 0..<3 { _ = try world.openCall(in: tunnel) }
        host.forgetAll()
        #expect(try world.run(atMost: .seconds(120)) { world.server.table.count == 0 })
        #expect(host.received(.hello) > 1)
        #expect(!world.plane.calls.contains { $0.kind == .deleteSession }, "they go with their tunnel")
        try world.expectNothingLeft()
    }

    @Test func `KA-01 data that the kernel counts spares the HELLO`() throws {
        let world = try World { configuration, _ in
            configuration.peers[0].tunnel.helloInterval = .seconds(30)
            configuration.changeProfile { $0.echoInterval = nil }
        }
        let (host, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let key = tunnel.key(call)
        for packets in 1...40 {
            world.plane.counters[key] = .received(packets)
            try world.run(for: .seconds(5))
        }
        #expect(host.received(.hello) == 0)
        // Without data it comes, within the interval and the time between two looks at the counters.
        try world.run(for: .seconds(41))
        #expect(host.received(.hello) == 1)
    }

    @Test func `KA-04 a StopCCN is acknowledged again while the state is held, and the id rests`() throws {
        let world = try World { configuration, _ in configuration.peers[0].linger = .seconds(40) }
        let (host, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel)
        let id = tunnel.machine.peerTunnelID
        host.forgetAll()
        let stop = Message.stopCCN(StopCCN(assignedTunnelID: TunnelID(7), resultCode: ResultCode(.generalClear)))
        for delay in [0, 1, 30] {
            try world.run(for: .seconds(delay))
            let before = host.datagramCount
            host.send(stop, tunnel: id, ns: tunnel.nextSent.rawValue, nr: tunnel.nextReceived.rawValue)
            try world.settle()
            #expect(host.datagramCount == before + 1)
            #expect(world.plane.isIdle && world.sessions.isEmpty, "the sessions go at once")
            #expect(world.server.table[id] != nil)
        }
        try world.run(for: .seconds(10))
        #expect(world.server.table[id] == nil)
    }

    @Test func `MSG-11 a StopCCN without our tunnel id ends the tunnel that its sender names`() throws {
        let world = try World { configuration, _ in configuration.peers[0].tunnel.secret = Secret("tunnel") }
        let host = try world.addHost()
        for id in [7, 8] { host.send(.sccrq(.plain(id: UInt16(id)))) }
        try world.settle()
        let other = try world.addHost(3)
        let stop = StopCCN(assignedTunnelID: TunnelID(8), resultCode: ResultCode(.generalClear))
        other.send(.stopCCN(stop), ns: 1)
        try world.settle()
        #expect(world.server.table.liveCount == 2, "it is somebody else's 8")
        // With its id hidden, as it may be.
        var random = SystemRandomNumberGenerator()
        let hiding = Hiding(secret: Array("tunnel".utf8), extent: .everything, using: &random)
        let header = ControlHeader(tunnelID: .none, ns: SequenceNumber(1), nr: .zero)
        host.send(MessageEncoder.encode(.stopCCN(stop), header: header, hiding: hiding))
        try world.settle()
        #expect(world.server.table.liveCount == 1)
        #expect(world.server.table.all.first { !$0.isClosed }?.peerTunnelID == TunnelID(7))
    }

    // MARK: - A client that begins anew on the same addresses and ports

    @Test(arguments: [true, false], [0, 10])
    func `a client that died and comes back from the same port is served soon, and the old tunnel goes`(
        demultiplexes: Bool, after seconds: Int
    ) throws {
        let world = try World()
        world.plane.demultiplexesByTunnelID = demultiplexes
        let (host, old) = try world.openTunnel(id: 7)
        _ = try world.openCall(in: old)
        try world.run(for: .seconds(seconds))
        let oldID = old.machine.peerTunnelID
        host.forgetAll()
        let began = world.now
        let new = host.open(id: 8, at: world.now)
        #expect(try world.run(atMost: .seconds(20)) { new.isOpen })
        #expect(world.now - began < (demultiplexes ? .milliseconds(1) : .seconds(8)))
        if !demultiplexes { #expect(world.server.table[oldID] == nil, "one tunnel a path") }
        #expect(try world.run(atMost: .seconds(11)) { world.server.table[oldID] == nil })
        let call = try world.openCall(in: new)
        #expect(world.plane.tunnels.count == 1 && world.plane.sessions.count == 1 && call.isOpen)
    }

    @Test(arguments: [true, false], [0, 10])
    func `a client that died and comes back with its old tunnel id is not taken for its own echo`(
        demultiplexes: Bool, after seconds: Int
    ) throws {
        let world = try World()
        world.plane.demultiplexesByTunnelID = demultiplexes
        let (host, old) = try world.openTunnel(id: 7)
        try world.run(for: .seconds(seconds))
        let oldID = old.machine.peerTunnelID
        host.forgetAll()
        let new = host.open(id: 7, at: world.now) { $0.establishmentLimit = 8 }
        #expect(try world.run(atMost: .seconds(40)) { new.isOpen })
        #expect(world.server.table[oldID] == nil)
    }

    @Test func `a client that closed its tunnel may use its id again at once`() throws {
        let world = try World()
        let (host, old) = try world.openTunnel(id: 7)
        old.tell(.close(ResultCode(.generalClear)), at: world.now)
        try world.settle()
        host.forgetAll()
        let began = world.now
        _ = try world.openTunnel(on: host, id: 7)
        #expect(world.now == began)
    }

    @Test func `a second tunnel on one path stands beside the first where the kernel tells them apart`() throws {
        let world = try World()
        let (host, first) = try world.openTunnel(id: 7)
        try world.run(for: .seconds(10))
        let second = try world.openTunnel(on: host, id: 8)
        try world.run(for: .seconds(20))
        let calls = try [world.openCall(in: first), world.openCall(in: second)]
        #expect(first.end == nil && second.end == nil && calls.allSatisfy(\.isOpen))
        // The first goes on when the second, whose socket took in what comes for both, is gone.
        second.tell(.close(ResultCode(.generalClear)), at: world.now)
        try world.settle()
        let context = try #require(world.server.table.all.first { $0.isClosed })
        #expect(context.ownSocket == nil && world.plane.tunnels.count == 1)
        _ = try world.openCall(in: first)
    }

    @Test(arguments: [0, 10])
    func `RES-03 a second tunnel on one path is refused with StopCCN 3 where the kernel mixes them up`(
        after seconds: Int
    ) throws {
        let world = try World()
        world.plane.demultiplexesByTunnelID = false
        let (host, first) = try world.openTunnel(id: 7)
        try world.run(for: .seconds(seconds))
        let second = host.open(id: 8, at: world.now)
        #expect(try world.run { second.end != nil })
        #expect(host.stops.first?.resultCode.result == .alreadyExists)
        #expect(first.end == nil)
        _ = try world.openCall(in: first)
        #expect(world.statistic(.contestedTuples) > 0)
    }

    @Test func `two that open at once on one path do not both get it where the kernel mixes them up`() throws {
        let world = try World()
        world.plane.demultiplexesByTunnelID = false
        let host = try world.addHost()
        let tunnels = [host.open(id: 7, at: world.now), host.open(id: 8, at: world.now)]
        try world.run(for: .seconds(1))
        #expect(tunnels.filter { $0.end != nil }.count == 1)
        #expect(world.plane.tunnels.count == 1)
    }

    @Test func `HRD-01 SCCRQs that somebody sends in the name of a peer do not make us ask that peer`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel(id: 7)
        try world.run(for: .seconds(10))
        for id in 100...120 { host.send(.sccrq(.plain(id: UInt16(id)))) }
        try world.run(for: .seconds(5))
        #expect(host.received(.hello) == 0 && tunnel.end == nil)
    }

    // MARK: - Ends that cross something else

    @Test func `KA-05 a StopCCN that crosses a probe is sent until it is acknowledged`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        try world.run(for: .seconds(10))
        let context = try #require(world.context(of: tunnel))
        host.isDeaf = true
        world.server.probe(context, .rival, at: world.now)
        world.server.closeTunnel(context, ResultCode(.generalClear), at: world.now)
        try world.run(for: .milliseconds(1500))
        host.isDeaf = false
        #expect(try world.run(atMost: .seconds(10)) { tunnel.end != nil })
        #expect(host.stops.count == 1)
    }

    @Test func `KA-04 a StopCCN that crosses a probe leaves the state that acknowledges it again`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        try world.run(for: .seconds(10))
        let context = try #require(world.context(of: tunnel))
        world.server.probe(context, .rival, at: world.now)
        tunnel.tell(.close(ResultCode(.generalClear)), at: world.now)
        try world.run(for: .seconds(20))
        #expect(world.server.table[context.id] === context && context.isClosed)
    }

    @Test func `a network error alone ends no tunnel`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        try world.run(for: .seconds(10))
        let context = try #require(world.context(of: tunnel))
        host.isDeaf = true
        world.server.probe(context, .networkError, at: world.now)
        try world.run(for: .seconds(12))
        host.isDeaf = false
        try world.run(for: .seconds(8))
        #expect(tunnel.end == nil && context.isOpen)
        _ = try world.openCall(in: tunnel)
    }

    @Test func `calls that come in the same moment as the end of their tunnel leave nothing`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        let id = tunnel.machine.peerTunnelID
        host.forgetAll()
        let (ns, nr) = (tunnel.nextSent.rawValue, tunnel.nextReceived.rawValue)
        host.send(.icrq(ICRQ(assignedSessionID: SessionID(1), callSerialNumber: 1)), tunnel: id, ns: ns, nr: nr)
        host.send(.icrq(ICRQ(assignedSessionID: SessionID(2), callSerialNumber: 2)), tunnel: id, ns: ns + 1, nr: nr)
        host.send(
            .stopCCN(StopCCN(assignedTunnelID: TunnelID(7), resultCode: ResultCode(.generalClear))), tunnel: id,
            ns: ns + 2, nr: nr)
        try world.settle()
        try world.expectNothingLeft()
    }
}
