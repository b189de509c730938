import Addresses
import Configuration
import ControlProtocol
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import PPP
import Testing

@testable import L2TPDaemon

/// The configuration is read again while tunnels and sessions stand.
@Suite struct ReloadScenarioTests {
    /// The usual configuration as a file, changed.
    static func text(
        _ world: World, hostNames: String = "", pool: String = "100.64.0.2-100.64.0.9", users: [(String, String)],
        limits: String = ""
    ) -> String {
        """
        [daemon]
        control_socket = "\(world.configuration.daemon.controlSocket)"
        host_name = "lns"
        \(limits)
        [[listener]]
        address = "\(world.network.server.address)"
        port = \(world.network.server.port)
        [[peer]]
        name = "clients"
        addresses = ["127.0.0.0/8"]
        \(hostNames)
        ppp = "subscribers"
        [[ppp]]
        name = "subscribers"
        authentication = ["chap-md5", "pap"]
        local_address = "100.64.0.1"
        pool = "subscribers"
        [[pool]]
        name = "subscribers"
        ranges = ["\(pool)"]

        """ + users.map { "[[user]]\nname = \"\($0.0)\"\npassword = \"\($0.1)\"\n" }.joined()
    }

    @Test func `a reload changes peers, users, pools and limits for those who come, and nothing for those who stand`()
        throws
    {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let client = try world.addControlClient()
        try world.writeConfiguration(
            Self.text(
                world, hostNames: "host_names = [\"somebody\"]", pool: "100.65.0.1-100.65.0.1",
                users: [("carol", "new")], limits: "max_sessions = 2"))
        try client.ask(.reload)
        #expect(try world.run { !client.replies.isEmpty })
        guard case .reloaded(let record)? = client.replies.first else {
            Issue.record("\(client.replies)")
            return
        }
        #expect(record.notApplied.isEmpty && record.applied.contains("user \"carol\" added"))
        // Alice's session stands, its address is leased though its pool has it no more.
        try world.run(for: .seconds(70))
        #expect(call.isOpen && tunnel.end == nil && world.lns.pools.isLeased(IPv4Address(100, 64, 0, 2)))
        // In the old tunnel the new users count, and the old pool's name with the new ranges.
        let gone = tunnel.call("alice", "secret", at: world.now)
        #expect(try world.run { gone.end != nil })
        let carol = try world.openCall(in: tunnel, "carol", "new")
        #expect(carol.address == IPv4Address(100, 65, 0, 1))
        let third = tunnel.call("carol", "new", at: world.now)
        #expect(try world.run { third.end != nil })
        #expect(host.disconnects.last?.resultCode.text?.string.contains("max_sessions") == true)
        // A new tunnel meets the new peers.
        host.send(.sccrq(.plain(id: 99)))
        try world.settle()
        #expect(host.stops.first?.resultCode.result == .notAuthorized)

        tunnel.tell(.close(ResultCode(.generalClear)), at: world.now)
        try world.expectNothingLeft()
    }

    @Test func `a file that is refused changes nothing, by SIGHUP as by request`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let client = try world.addControlClient()
        try world.writeConfiguration("[daemon]\ncontrol_sock = 1\n")
        try client.ask(.reload)
        #expect(try world.run { client.error != nil })
        #expect(client.error?.code == .invalidConfiguration)
        world.service.handle(.hangUp, at: world.now)
        #expect(world.service.configuration == world.configuration)
        _ = try world.openCall(in: tunnel)
    }

    @Test func `a user who is gone is out when he is asked for his password again`() throws {
        let world = try World { configuration, _ in
            configuration.changeProfile {
                $0.authentication = [.chapMD5]
                $0.rechallengeInterval = .seconds(20)
            }
        }
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        try world.writeConfiguration(Self.text(world, users: [("bob", "hidden")]))
        world.service.handle(.hangUp, at: world.now)
        #expect(world.service.configuration.users.map(\.name) == ["bob"])
        #expect(call.isOpen)
        #expect(try world.run(atMost: .seconds(60)) { call.end != nil })
        #expect(call.linkEnd == .authenticationFailed(.chapMD5, .local))
    }
}
