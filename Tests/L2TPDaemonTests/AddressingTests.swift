import Addresses
import Configuration
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Testing

@testable import L2TPDaemon

/// Addresses, ports and what does not belong to anybody.
@Suite struct AddressingTests {
    @Test func `UDP-01 datagrams from anywhere but the tunnel's peer are dropped and counted`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let id = tunnel.machine.peerTunnelID
        let strangers = try [world.addHost(2, port: 1702), world.addHost(3)]
        for stranger in strangers {
            stranger.send(
                .stopCCN(StopCCN(assignedTunnelID: TunnelID(7), resultCode: ResultCode(.generalClear))), tunnel: id,
                ns: tunnel.nextSent.rawValue, nr: tunnel.nextReceived.rawValue)
            let header = DataHeader(tunnelID: id, sessionID: call.peerID)
            stranger.send(header.encoded(payload: [0xc0, 0x21, 5, 1, 0, 4]))
        }
        try world.run(for: .seconds(1))
        #expect(world.statistic(.unexpectedSources) == 4)
        #expect(strangers.allSatisfy { $0.datagramCount == 0 })
        #expect(tunnel.end == nil && call.isOpen)
    }

    @Test func `UDP-02 with a wildcard listener the answer comes from the address that was asked`() throws {
        var port: UInt16 = 0
        let world = try World { configuration, network in
            port = network.port
            configuration.listeners = [Endpoint(address: .v4(.any), port: network.port)]
        }
        for last in [1, 77] {
            let asked = Endpoint(address: world.network.address(last), port: port)
            let host = try world.addHost(2, port: UInt16(1700 + last), to: asked)
            let tunnel = try world.openTunnel(on: host)
            let call = try world.openCall(in: tunnel)
            #expect(call.isOpen && host.sources == [asked])
            let context = try #require(world.context(of: tunnel))
            #expect(context.path.local == asked && context.ownSocket?.local == asked)
            // To the end, which the listener answers.
            tunnel.tell(.close(ResultCode(.generalClear)), at: world.now)
            try world.settle()
            #expect(host.sources == [asked] && context.isClosed)
            // And a refusal.
            host.send(
                .sccrq(
                    SCCRQ(
                        protocolVersion: ProtocolVersion(version: 2, revision: 0), hostName: "x",
                        assignedTunnelID: TunnelID(3)
                    )))
            try world.settle()
            #expect(host.stops.last?.resultCode.result == .unsupportedVersion && host.sources == [asked])
        }
    }

    @Test func `UDP-01 a tunnel's datagrams to another address of ours are not its own`() throws {
        let world = try World { configuration, network in
            configuration.listeners = [Endpoint(address: .v4(.any), port: network.port)]
        }
        let (host, tunnel) = try world.openTunnel()
        let elsewhere = Endpoint(address: world.network.address(77), port: world.network.port)
        let header = ControlHeader(tunnelID: tunnel.machine.peerTunnelID, ns: .zero, nr: .zero)
        host.socket.send(header.encoded(body: []), to: elsewhere)
        try world.settle()
        #expect(world.statistic(.unexpectedSources) == 1)
    }

    @Test func `UDP-05 tunnels come over IPv6 as over IPv4, also by wildcard listeners of both`() throws {
        let world = try World { configuration, network in
            configuration.listeners = [
                Endpoint(address: .v6(.any), port: network.port), Endpoint(address: .v4(.any), port: network.port),
            ]
        }
        let loopback = IPAddress.v6(IPv6Address(high: 0, low: 1))
        let six = try world.adopt(
            Host(
                bind: Endpoint(address: loopback, port: 0),
                server: Endpoint(address: loopback, port: world.network.port)))
        let four = try world.addHost()
        for host in [six, four] {
            let tunnel = try world.openTunnel(on: host, id: 7)
            _ = try world.openCall(in: tunnel)
            // A second one, whose SCCRQ comes by the first one's socket.
            let second = try world.openTunnel(on: host, id: 8)
            #expect(world.context(of: second)?.listener.local.address == (host === six ? .v6(.any) : .v4(.any)))
            for each in [tunnel, second] { each.tell(.close(ResultCode(.generalClear)), at: world.now) }
        }
        try world.expectNothingLeft()
    }

    @Test
    func `HDR-02 HDR-04 REL-13 what is malformed, of another version or of no tunnel is counted and not answered`()
        throws
    {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        let stranger = try world.addHost(3)
        let before = host.datagramCount
        let id = tunnel.machine.peerTunnelID
        let hello = MessageEncoder.encode(
            .hello(Hello()), header: ControlHeader(tunnelID: id, ns: SequenceNumber(9), nr: .zero))
        func changed(_ flags: UInt16) -> [UInt8] { [UInt8(flags >> 8), UInt8(flags & 0xff)] + hello.dropFirst(2) }
        let unknown = TunnelID(id.rawValue &+ 1 == 0 ? 1 : id.rawValue &+ 1)
        for sender in [host, stranger] {
            // Without L, without S, with O, with P; nothing at all; a length that cannot be.
            for flags: UInt16 in [0x8802, 0xc002, 0xca02, 0xc902] { sender.send(changed(flags)) }
            sender.send([])
            sender.send([0xc8, 0x02, 0xff, 0xff] + hello.dropFirst(4))
            for version: UInt16 in [0xc801, 0xc803, 0xc80f] { sender.send(changed(version)) }
            sender.send(.hello(Hello()), tunnel: unknown)
            sender.send(ControlHeader(tunnelID: .none, ns: .zero, nr: .zero).encoded(body: []))
            sender.send(.hello(Hello()))
        }
        try world.run(for: .seconds(1))
        #expect(host.datagramCount == before && stranger.datagramCount == 0)
        #expect(world.statistic(.malformedHeaders) == 12)
        #expect(world.statistic(.unsupportedVersions) == 6)
        #expect(world.statistic(.unknownTunnels) == 4)
        #expect(world.statistic(.malformedMessages) == 2)
        #expect(world.server.table.count == 1 && tunnel.end == nil)
    }

    @Test func `HDR-06 a tunnel is found by our id, and messages carry the peer's`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel(id: 0x1234)
        let call = try world.openCall(in: tunnel)
        tunnel.tell(.closeCall(call.id, ResultCode(.administrative)), at: world.now)
        try world.settle()
        #expect(host.received.allSatisfy { $0.header.tunnelID == TunnelID(0x1234) })
        #expect(host.received.first { $0.message.type == .icrp }?.header.sessionID == call.id)
        #expect(world.server.table[tunnel.machine.peerTunnelID]?.peerTunnelID == TunnelID(0x1234))
    }
}
