import Addresses
import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import Testing

@testable import L2TPDaemon

/// `persistent = true`: tunnels that are there without calls.
@Suite struct StandingTunnelTests {
    private func world(_ change: @escaping (inout TunnelGroup) -> Void = { _ in }) throws -> World {
        try World { configuration, network in
            configuration.addAccess(to: network)
            configuration.groups[0].isPersistent = true
            configuration.groups[0].linger = .seconds(1)
            configuration.groups[0].members[0].retryAfter = .seconds(20)
            change(&configuration.groups[0])
        }
    }

    private func outbound(_ world: World) -> TunnelContext? { world.server.outboundTunnels.values.first }

    private func finish(_ world: World) throws {
        world.server.standing.apply([], at: world.now)
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `a persistent group's tunnel is opened at the start and stays without calls`() throws {
        let world = try world()
        #expect(try world.run { outbound(world)?.isOpen == true })
        let context = try #require(outbound(world))
        try world.run(for: .seconds(600))
        #expect(outbound(world) === context && context.isOpen)
        // A call goes by it.
        let station = try world.openSubscriber()
        #expect(world.call(of: station)?.key.tunnel == context.kernelID)
        station.hangUp(at: world.now)
        try finish(world)
    }

    @Test func `without persistent there is no tunnel before the first call`() throws {
        let world = try world { $0.isPersistent = false }
        try world.run(for: .seconds(60))
        #expect(world.server.table.count == 0)
    }

    @Test func `one that is lost, or is refused, is opened again after retry_after`() throws {
        let world = try world()
        #expect(try world.run { outbound(world)?.isOpen == true })
        for context in world.server.table.all where !context.isOutbound {
            world.server.closeTunnel(context, ResultCode(.generalClear), at: world.now)
        }
        let lost = world.now
        #expect(try world.run { outbound(world) == nil })
        #expect(try world.run(atMost: .seconds(60)) { outbound(world)?.isOpen == true })
        #expect(world.now - lost >= .seconds(20) && world.now - lost < .seconds(22))
        try finish(world)
    }

    @Test func `an LNS that does not answer is asked again and again`() throws {
        let world = try World { configuration, network in
            configuration.addAccess(to: network)
            configuration.groups[0].isPersistent = true
            configuration.groups[0].members[0].lns.port = 9
            configuration.groups[0].members[0].retryAfter = .seconds(20)
        }
        let begun = world.now
        var attempts: Set<TunnelID> = []
        while world.now - begun < .seconds(120) {
            try world.run(for: .seconds(1))
            attempts.formUnion(world.server.outboundTunnels.values.map(\.id))
        }
        #expect((3...5).contains(attempts.count), "\(attempts.count)")
        try finish(world)
    }

    @Test func `a reload begins what is persistent now, and begins no more what is not`() throws {
        let world = try world { $0.isPersistent = false }
        var group = world.configuration.groups[0]
        group.isPersistent = true
        world.server.standing.apply([group], at: world.now)
        #expect(try world.run { outbound(world)?.isOpen == true })
        world.server.standing.apply([], at: world.now)
        try world.expectNothingLeftOfSubscribers()
        try world.run(for: .seconds(60))
        #expect(world.server.table.count == 0)
    }
}
