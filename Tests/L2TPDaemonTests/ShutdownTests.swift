import Configuration
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Testing

@testable import L2TPDaemon

/// SIGTERM and what it does not wait for.
@Suite struct ShutdownTests {
    @Test func `KA-05 RES-03 SIGTERM tells every peer with StopCCN 6 and ends when all know`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel)
        let (other, second) = try world.openTunnel(host: 3)
        let halfOpen = try world.addHost(4)
        halfOpen.send(.sccrq(.plain))
        try world.settle()
        guard case .sccrp(let reply)? = halfOpen.received.first?.message else {
            Issue.record("no SCCRP")
            return
        }
        let acknowledgement = ControlHeader(
            tunnelID: reply.assignedTunnelID, ns: SequenceNumber(1), nr: SequenceNumber(1))
        halfOpen.send(acknowledgement.encoded(body: []))
        try world.settle()
        #expect(!world.service.isOver(at: world.now))
        let began = world.now
        world.service.handle(.terminate, at: world.now)
        // The half-open one does not answer: it is not waited for longer than the time there is for it.
        #expect(try world.run(atMost: .seconds(6)) { world.service.isOver(at: world.now) })
        #expect(world.now - began <= .seconds(5))
        for each in [host, other, halfOpen] {
            #expect(each.stops.first?.resultCode.result == .shuttingDown)
        }
        #expect(tunnel.end != nil && second.end != nil && world.plane.isIdle && world.sessions.isEmpty)
    }

    @Test func `KA-05 SIGTERM waits only as long as peers take to acknowledge`() throws {
        let world = try World { configuration, _ in configuration.daemon.shutdownTimeout = .seconds(60) }
        _ = try world.openTunnel()
        let began = world.now
        world.service.handle(.terminate, at: world.now)
        #expect(try world.run { world.service.isOver(at: world.now) })
        #expect(world.now == began)
    }

    @Test func `KA-05 the StopCCN is sent again until it is acknowledged, at shutdown too`() throws {
        let world = try World { configuration, _ in configuration.daemon.shutdownTimeout = .seconds(20) }
        let (host, tunnel) = try world.openTunnel()
        host.isDeaf = true
        world.service.handle(.interrupt, at: world.now)
        try world.run(for: .seconds(5))
        #expect(!world.service.isOver(at: world.now) && tunnel.end == nil)
        host.isDeaf = false
        #expect(try world.run(atMost: .seconds(10)) { world.service.isOver(at: world.now) })
        #expect(tunnel.end != nil)
    }

    @Test func `a peer that never acknowledges does not keep the daemon`() throws {
        let world = try World()
        let (host, _) = try world.openTunnel()
        host.isDeaf = true
        world.service.handle(.terminate, at: world.now)
        #expect(try world.run(atMost: .seconds(6)) { world.service.isOver(at: world.now) })
        #expect(world.plane.isIdle)
    }

    @Test func `what the kernel has not forgotten is waited for, unless the signal comes again`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel)
        world.plane.isStalled = true
        world.service.handle(.terminate, at: world.now)
        try world.run(for: .seconds(30))
        #expect(!world.service.isOver(at: world.now))
        world.service.handle(.terminate, at: world.now)
        #expect(world.service.isOver(at: world.now))
    }

    @Test func `RES-03 nobody is let in while the daemon ends`() throws {
        let world = try World()
        let (host, _) = try world.openTunnel()
        host.isDeaf = true
        world.service.handle(.terminate, at: world.now)
        let late = try world.addHost(3)
        late.send(.sccrq(.plain))
        try world.settle()
        #expect(late.stops.first?.resultCode.result == .shuttingDown)
        #expect(world.server.table.liveCount == 0)
    }
}
