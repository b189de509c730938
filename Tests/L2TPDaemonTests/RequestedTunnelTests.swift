import Addresses
import Configuration
import ControlProtocol
import Instants
import L2TPControl
import Testing

@testable import L2TPDaemon

/// `l2tpctl tunnel open`: an operator's order for the tunnels of a group.
@Suite struct RequestedTunnelTests {
    private func world(_ change: @escaping (inout TunnelGroup) -> Void = { _ in }) throws -> World {
        try World { configuration, network in
            configuration.addAccess(to: network)
            configuration.groups[0].linger = .seconds(5)
            change(&configuration.groups[0])
        }
    }

    private func open(_ order: TunnelOrder, in world: World) throws -> Reply {
        let client = try world.addControlClient()
        try client.ask(.openTunnels(order))
        #expect(try world.run(atMost: .seconds(400)) { !client.replies.isEmpty })
        return try #require(client.replies.first)
    }

    private func tunnels(_ reply: Reply) throws -> [OpenRecord.Tunnel] {
        guard case .opened(let record) = reply else {
            Issue.record("\(reply)")
            return []
        }
        return record.tunnels
    }

    @Test func `a group's tunnel is opened, and told when it stands; one that stands is told at once`() throws {
        let world = try world()
        let group = world.configuration.groups[0].name
        let first = try tunnels(try open(TunnelOrder(group: group), in: world))
        let context = try #require(world.server.outboundTunnels.values.first)
        #expect(first == [.init(lns: first[0].lns, tunnelID: context.kernelID)] && context.isReady)
        #expect(try tunnels(try open(TunnelOrder(group: group, lns: first[0].lns), in: world)) == first)
        // Without calls it closes again.
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `one that does not answer is told with the reason, in time`() throws {
        let silent = try world { $0.members[0].lns.port = 9 }
        let group = silent.configuration.groups[0].name
        let reply = try tunnels(try open(TunnelOrder(group: group, timeout: 60), in: silent))
        #expect(reply.map(\.failure) == ["the peer does not answer"] && reply[0].tunnelID == nil)
        let asked = silent.now
        let early = try tunnels(try open(TunnelOrder(group: group, timeout: 2), in: silent))
        #expect(early[0].failure == "it is wait-ctl-reply still; show tunnels follows it")
        #expect(silent.now - asked >= .seconds(2) && silent.now - asked < .seconds(3))
        try silent.expectNothingLeftOfSubscribers()
    }

    @Test func `a name that is not found is told so`() throws {
        let world = try world { $0.members[0].lns.place = .name("nowhere.invalid") }
        let reply = try open(TunnelOrder(group: world.configuration.groups[0].name), in: world)
        #expect(try tunnels(reply)[0].failure?.isEmpty == false)
        #expect(world.server.requestedTunnels.isEmpty || !world.server.outboundTunnels.isEmpty == false)
    }

    @Test func `a group or an LNS that there is not is refused by name`() throws {
        let world = try world()
        let group = world.configuration.groups[0].name
        for order in [TunnelOrder(group: "none"), TunnelOrder(group: group, lns: "192.0.2.99")] {
            guard case .error(let error) = try open(order, in: world) else {
                Issue.record("not refused")
                continue
            }
            #expect(error.code == .notFound)
        }
    }

    @Test func `one who goes away leaves his tunnel to open`() throws {
        let world = try world()
        let client = try world.addControlClient()
        try client.ask(.openTunnels(TunnelOrder(group: world.configuration.groups[0].name)))
        _ = client.turn()
        world.controlClients = []
        _ = consume client
        #expect(try world.run { world.server.outboundTunnels.values.first?.isReady == true })
        #expect(world.service.control.waiting.isEmpty)
        try world.expectNothingLeftOfSubscribers()
    }
}
