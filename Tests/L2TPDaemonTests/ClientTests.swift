import Addresses
import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP
import Testing

@testable import L2TPDaemon

extension Configuration {
    /// A client of the world's own server.
    mutating func addClient(
        _ name: String = "office", to network: World.Network, user: String = "alice", password: String = "secret",
        _ change: (inout Client) -> Void = { _ in }
    ) {
        let lns = RemoteLNS(place: .address(network.server.address), port: network.server.port)
        var client = Client(
            name: name, group: TunnelGroup(name: name, members: [.init(lns: lns, retryAfter: .zero)]), user: user,
            password: Secret(password), echoInterval: nil)
        change(&client)
        clients.append(client)
    }
}

extension World {
    var line: ClientLine? { service.clients["office"] }

    var isUp: Bool { line?.call?.opened != nil }

    /// The sessions of clients.
    var outbound: [PPPSession] { sessions.all.filter { $0.role.side == .lac } }

    func dial() throws {
        #expect(try run { isUp && sessions.all.allSatisfy(\.isOpen) })
    }

    /// As `expectNothingLeft`, once every client is down.
    func expectNothingLeftOfClients() throws {
        for line in service.clients.all {
            if let call = service.clients.down(line) { server.end(call, at: now) }
        }
        for context in server.table.all { server.closeTunnel(context, ResultCode(.generalClear), at: now) }
        try expectNothingLeft()
        #expect(server.outboundTunnels.isEmpty && server.placedCalls.isEmpty)
    }
}

/// Clients, dialling the same daemon's own LNS.
@Suite struct ClientTests {
    @Test(arguments: AuthenticationMethod.allCases)
    func `a persistent client is up as soon as the daemon is, with each authentication method`(
        _ method: AuthenticationMethod
    ) throws {
        let world = try World { configuration, network in
            configuration.changeProfile { $0.authentication = [method] }
            configuration.addClient(to: network) { $0.authentication = [method] }
        }
        try world.dial()
        let session = try #require(world.outbound.first)
        #expect(session.link.user == "alice" && session.link.authenticationMethod == method)
        #expect(session.link.ipv4?.local == IPv4Address(100, 64, 0, 2))
        #expect(session.link.ipv4?.peer == IPv4Address(100, 64, 0, 1))
        #expect(world.plane.sessions[session.key]?.parameters == SessionParameters(isLNS: false))
        #expect(world.plane.sessions[session.key]?.networks[.ipv4] != nil)
        #expect(world.line?.state == "open")
        try world.expectNothingLeftOfClients()
    }

    @Test func `a secret on both ends, hidden AVPs too`() throws {
        let world = try World { configuration, network in
            let settings = TunnelSettings(secret: Secret("tunnel"), hideAVPs: true)
            configuration.peers[0].tunnel = settings
            configuration.addClient(to: network) { $0.group.members[0].lns.tunnel = settings }
        }
        try world.dial()
        try world.expectNothingLeftOfClients()
    }

    @Test func `a wrong tunnel secret ends in nothing but another attempt later`() throws {
        let world = try World { configuration, network in
            configuration.peers[0].tunnel.secret = Secret("tunnel")
            configuration.peers[0].tunnel.requireAuthentication = true
            configuration.addClient(to: network) {
                $0.group.members[0].lns.tunnel = TunnelSettings(secret: Secret("other"))
            }
        }
        #expect(try world.run { world.line?.failures == 1 })
        #expect(world.line?.lastFailure?.contains("tunnel") == true)
        try world.expectNothingLeftOfClients()
    }
}
