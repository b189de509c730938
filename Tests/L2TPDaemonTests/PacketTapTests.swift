import Configuration
import ControlProtocol
import DataPlane
import L2TPControl
import L2TPWire
import PPP
import PPPoE
import Testing

@testable import L2TPDaemon

/// What clients see who tap.
@Suite struct PacketTapTests {
    private func tap(_ world: World, _ filter: PacketFilter = PacketFilter()) throws -> ControlPeer {
        let client = try world.addControlClient()
        try client.ask(.tap(filter))
        try world.settle()
        #expect(client.replies == [.done])
        return client
    }

    private func types(_ packets: [PacketRecord]) -> [String] {
        packets.map { packet in
            switch packet.kind {
            case .l2tp:
                guard case .control(_, let body)? = try? Datagram(parsing: packet.octets) else { return "?" }
                guard body.count >= 8 else { return "ZLB" }
                return "\(MessageType(rawValue: UInt16(body[6]) << 8 | UInt16(body[7])))"
            case .ppp: return (try? PPPFrame(parsing: packet.octets)).map { "\($0.protocolNumber)" } ?? "?"
            case .pppoe: return (try? DiscoveryPacket(parsing: packet.octets)).map { "\($0.code)" } ?? "?"
            }
        }
    }

    @Test func `a call is seen from SCCRQ to IPCP, both ways, with its ids as they become known`() throws {
        let world = try World()
        let client = try tap(world)
        let (_, tunnel) = try world.openTunnel(id: 0x1234)
        let call = try world.openCall(in: tunnel)
        try world.settle()
        let packets = client.packets
        let seen = types(packets)
        let setup = seen.filter { $0 != "ZLB" }.prefix(6)
        #expect(setup == ["SCCRQ", "SCCRP", "SCCCN", "ICRQ", "ICRP", "ICCN"])
        #expect(["LCP", "CHAP", "IPCP", "IPV6CP"].allSatisfy(seen.contains), "\(seen)")
        let key = tunnel.key(call)
        for (packet, type) in zip(packets, seen) {
            #expect(packet.peer == "clients", "\(type)")
            #expect(packet.local == "\(world.network.server)" && packet.remote == "\(world.network.address(2)):1701")
            switch type {
            case "SCCRQ": #expect(packet.tunnelID == nil && packet.direction == .received)
            case "SCCRP": #expect(packet.tunnelID == key.tunnel && packet.peerTunnelID == 0x1234)
            case "ICRQ": #expect(packet.sessionID == nil && packet.peerSessionID == UInt32(call.id.rawValue))
            case "ICRP", "ICCN", "LCP", "CHAP", "IPCP", "IPV6CP":
                #expect(packet.tunnelID == key.tunnel && packet.sessionID == key.session, "\(type)")
                #expect(packet.peerSessionID == UInt32(call.id.rawValue), "\(type)")
            default: break
            }
        }
        #expect(packets.contains { $0.direction == .sent && $0.kind == .ppp })
        #expect(packets.last { $0.kind == .ppp }?.user == "alice")
        #expect(packets.map(\.time) == packets.map(\.time).sorted())
    }

    @Test func `hidden ids are told all the same`() throws {
        let world = try World { configuration, _ in
            configuration.peers[0].tunnel.secret = Secret("tunnel")
            configuration.peers[0].tunnel.hideAVPs = true
        }
        let client = try tap(world)
        let (_, tunnel) = try world.openTunnel {
            $0.secret = Array("tunnel".utf8)
            $0.hiding = .everything
        }
        let call = try world.openCall(in: tunnel)
        let packets = client.packets
        let request = try #require(zip(packets, types(packets)).first { $0.1 == "ICRQ" }?.0)
        #expect(request.peerSessionID == UInt32(call.id.rawValue))
        #expect(zip(packets, types(packets)).contains { $0.1 == "ICRP" && $0.0.sessionID == tunnel.key(call).session })
    }

    @Test func `filters let through one session, one tunnel, one peer, one user`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let first = try world.openCall(in: tunnel)
        let second = try world.openCall(in: tunnel, "bob", "hidden")
        let keys = [first, second].map { tunnel.key($0) }
        let one = try tap(
            world, PacketFilter(session: SessionName(tunnelID: keys[0].tunnel, sessionID: keys[0].session)))
        let all = try tap(world, PacketFilter(tunnelID: keys[0].tunnel))
        let nobody = try tap(world, PacketFilter(peer: "others"))
        let bob = try tap(world, PacketFilter(user: "bob"))
        for call in [first, second] {
            let session = try #require(world.session(of: call, in: tunnel))
            world.sessions.send([0xc0, 0x21, 11, 1, 0, 8, 0, 0, 0, 0], on: session)
        }
        for key in keys { world.server.closeSession(key, at: world.now) }
        #expect(try world.run { first.end != nil && second.end != nil })
        #expect(!one.packets.isEmpty && one.packets.allSatisfy { $0.sessionID == keys[0].session })
        #expect(types(one.packets).contains("CDN"))
        #expect(Set(all.packets.compactMap(\.sessionID)) == Set(keys.map(\.session)))
        #expect(nobody.packets.isEmpty)
        #expect(bob.packets.contains { $0.user == "bob" } && bob.packets.allSatisfy { $0.user != "alice" })
    }

    @Test func `a subscriber's discovery and frames name his interface and his MAC`() throws {
        let world = try World { configuration, network in configuration.addAccess(to: network) }
        let client = try tap(world)
        _ = try world.openSubscriber()
        let packets = client.packets.filter { $0.accessInterface != nil }
        #expect(types(packets).prefix(4) == ["padi", "pado", "padr", "pads"])
        #expect(packets.allSatisfy { $0.remote == "02:00:00:00:00:01" && $0.accessInterface == "access0" })
        let frames = packets.filter { $0.kind == .ppp }
        #expect(!frames.isEmpty && frames.allSatisfy { $0.tunnelID == 0 && $0.pppoeSessionID != nil })
    }

    @Test func `who does not read misses packets and is told, and the daemon serves on`() throws {
        let world = try World()
        let client = try tap(world)
        client.isStalled = true
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let session = try #require(world.session(of: call, in: tunnel))
        for _ in 0..<20_000 { world.sessions.send([0xc0, 0x21, 9, 1, 0, 4], on: session) }
        try world.settle()
        client.isStalled = false
        try world.settle()
        world.sessions.send([0xc0, 0x21, 9, 1, 0, 4], on: session)
        try world.settle()
        let missed = client.replies.compactMap { if case .missed(let count) = $0 { count } else { nil } }.reduce(0, +)
        #expect(missed > 0 && client.packets.count + missed > 20_000)
        #expect(client.replies.count == 1 + client.packets.count + 1, "one gap, told once")
    }

    @Test func `nothing is made for who has gone`() throws {
        let world = try World()
        var client: ControlPeer? = try tap(world)
        #expect(world.server.tap.isOpen)
        world.controlClients = []
        client = nil
        _ = client
        try world.settle()
        _ = try world.openTunnel()
        #expect(!world.server.tap.isOpen)
    }
}

extension ControlPeer {
    var packets: [PacketRecord] {
        replies.compactMap { if case .packet(let packet) = $0 { packet } else { nil } }
    }
}
