import Addresses
import Configuration
import ControlProtocol
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP
import Testing

@testable import L2TPDaemon

extension Configuration {
    /// Host 2 is a LAC whose calls are switched on to the world's own LNS.
    mutating func addSwitch(
        to network: World.Network, members: [TunnelGroup.Member]? = nil,
        _ change: (inout RemoteLNS) -> Void = { _ in }
    ) {
        changeProfile {
            $0.authenticationFailureDelay = .zero
            $0.echoInterval = nil
        }
        var lns = RemoteLNS.world(network)
        change(&lns)
        let group = TunnelGroup(name: "next", members: members ?? [.init(lns: lns, retryAfter: .zero)])
        groups = [group]
        peers.insert(
            Peer(
                name: "bras", addresses: [IPPrefix("\(network.address(2))/32")].compactMap(\.self),
                ending: .tunnel(group)), at: 0)
    }
}

extension RemoteLNS {
    /// The world's own.
    static func world(_ network: World.Network) -> RemoteLNS {
        RemoteLNS(place: .address(network.server.address), port: network.server.port)
    }

    static func at(_ address: IPAddress) -> RemoteLNS { RemoteLNS(place: .address(address)) }
}

extension World {
    func legs<Role>(_ type: Role.Type) -> [PPPSession] { sessions.all.filter { $0.role is Role } }
    var outboundContext: TunnelContext? { server.table.all.first { $0.isOutbound && !$0.isClosed } }
    var createdSessions: Int {
        plane.calls.count { if case .createSession = $0 { true } else { false } }
    }

    func expectNothingSwitched(_ sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try run(atMost: .seconds(60)) { sessions.isEmpty }, sourceLocation: sourceLocation)
        #expect(server.switching.isEmpty && server.placedCalls.isEmpty, sourceLocation: sourceLocation)
        for context in server.table.all { server.closeTunnel(context, ResultCode(.generalClear), at: now) }
        try expectNothingLeft(sourceLocation)
        #expect(server.outboundTunnels.isEmpty, sourceLocation: sourceLocation)
    }
}

/// Calls of a LAC, switched by the daemon into a tunnel to its own LNS.
@Suite struct SwitchTests {
    @Test func `MHP-02 MHP-04 a call passes through to the LNS, bridged in the kernel and without an interface`() throws
    {
        let world = try World { $0.addSwitch(to: $1) }
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        #expect(call.address == IPv4Address(100, 64, 0, 2), "the address is the LNS's")
        let incoming = try #require(world.session(of: call, in: tunnel))
        let outgoing = try #require(incoming.partner.flatMap { world.sessions[$0] })
        #expect(incoming.role is IncomingLeg && outgoing.role is OutgoingLeg && outgoing.partner == incoming.key)
        #expect(incoming.state == "bridged" && outgoing.state == "bridged")
        #expect(world.plane.sessions[incoming.key]?.bridge == outgoing.key)
        #expect(world.plane.sessions[incoming.key]?.parameters == SessionParameters(isLNS: true))
        #expect(world.plane.sessions[outgoing.key]?.parameters == SessionParameters(isLNS: false))
        #expect(world.plane.sessions[incoming.key]?.unit == nil && world.plane.sessions[outgoing.key]?.unit == nil)
        #expect(world.sessions.liveCount(ofPeer: "bras") == 1 && world.sessions.liveCount(ofPeer: "clients") == 1)
        // The way through was there before the LAC had its answer, and nothing of it before the LNS's.
        let made = world.plane.calls.compactMap { call -> SessionKey? in
            switch call {
            case .createSession(let key, _, _): key
            case .bridge(incoming.key, outgoing.key): .access(0)
            default: nil
            }
        }
        let lns = try #require(world.legs(LNSCall.self).first)
        #expect(made == [lns.key, outgoing.key, incoming.key, .access(0)])

        let control = try world.addControlClient()
        try control.ask(.showSessions(SessionFilter(peer: "bras")))
        #expect(try world.run { control.endCount != nil })
        let rows = control.replies.compactMap { if case .session(let record) = $0 { record } else { nil } }
        let row = try #require(rows.first)
        #expect(rows.count == 1 && row.role == "switch" && row.state == "bridged")
        #expect(row.bridgedTo == "\(outgoing.key.tunnel)/\(outgoing.key.session)")
        #expect(row.tunnelID == incoming.key.tunnel && row.peerSessionID == UInt32(call.id.rawValue))
        tunnel.tell(.closeCall(call.id, ResultCode(.administrative)), at: world.now)
        try world.expectNothingSwitched()
    }

    @Test func `MHP-01 AVPs are relayed as they were, made anew or dropped`() throws {
        let world = try World { configuration, network in
            let next = TunnelSettings(secret: Secret("next"), requireAuthentication: true, hideAVPs: true)
            configuration.addSwitch(to: network) { $0.tunnel = next }
            configuration.peers[0].tunnel = TunnelSettings(secret: Secret("bras"), requireAuthentication: true)
            configuration.peers[1].tunnel = next
        }
        let (_, tunnel) = try world.openTunnel {
            $0.secret = Array("bras".utf8)
            $0.requiresAuthentication = true
        }
        let line = AVP(Attribute(vendor: 3561, type: 1), octets: Array("node-1 eth 0/7".utf8))
        let call = try world.openCall(in: tunnel) { call in
            call.offer.bearerType = .digital
            call.offer.physicalChannelID = 0x1234_5678
            call.offer.callingNumber = "5551234"
            call.offer.calledNumber = "5556789"
            call.offer.subAddress = "12"
            // The forwarding class of a session is agreed with one neighbour; nobody knows type 9999.
            call.offer.extensions = [
                line, AVP(Attribute(type: 48), octets: [0, 46]), AVP(Attribute(type: 9999), octets: [1]),
            ]
            call.connection = ICCN(
                txConnectSpeed: ConnectSpeed(bitsPerSecond: 100_000_000), framingType: .synchronous,
                proxyLCP: ProxyLCP(initialReceived: [1, 4, 5, 0xd4], lastSent: [3, 4, 0xc0, 0x23], lastReceived: []),
                proxyAuthentication: ProxyAuthentication(
                    type: .pap, name: Array("alice".utf8), id: 3, response: Array("secret".utf8)),
                privateGroupID: "group", rxConnectSpeed: ConnectSpeed(bitsPerSecond: 10_000_000),
                sequencingRequired: true)
        }
        let incoming = try #require(world.session(of: call, in: tunnel))
        let lns = try #require(world.legs(LNSCall.self).first)
        #expect(incoming.offer.callSerialNumber == 1 && lns.offer.callSerialNumber > 1_000_000)
        guard case .incoming(var expected) = incoming.offer, case .incoming(let offered) = lns.offer else {
            Issue.record("not an incoming call")
            return
        }
        expected.assignedSessionID = offered.assignedSessionID
        expected.callSerialNumber = offered.callSerialNumber
        expected.extensions = [line]
        #expect(offered == expected && lns.offer.calledNumber == "5556789")
        #expect(lns.connection == .incoming(call.connection) && incoming.user == "alice")
        for key in [incoming.key, try #require(incoming.partner)] {
            #expect(world.plane.calls.contains(.requireSequence(key)), "each leg has numbers of its own")
        }
        let context = try #require(world.server.context(lns.key.tunnel))
        #expect(context.machine.peer?.hostName == "lns", "the Host Name is ours, not the LAC's")
    }

    @Test func `MHP-01 serial numbers of ours rise whatever LACs say`() throws {
        let world = try World { $0.addSwitch(to: $1) }
        let (_, tunnel) = try world.openTunnel()
        for _ in 0..<3 { _ = try world.openCall(in: tunnel) }
        let serials = world.legs(OutgoingLeg.self).map(\.offer.callSerialNumber)
        #expect(Set(serials).count == 3 && serials.allSatisfy { $0 > 1_000_000 })
        #expect(world.server.outboundTunnels.count == 1)
    }

    // MARK: - The set-up fails

    @Test func `MHP-02 an LNS's refusal is the LAC's, and the kernel has seen nothing of the call`() throws {
        let world = try World { configuration, network in
            configuration.addSwitch(to: network)
            configuration.peers[1].maxSessions = 1
        }
        let (host, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel)
        let before = world.createdSessions
        let call = tunnel.call(at: world.now)
        #expect(try world.run { call.end != nil })
        let code = try #require(host.disconnects.last?.resultCode)
        #expect(code.result == .noFacilitiesTemporarily && "\(code)".contains("max_sessions of peer clients"))
        #expect(world.createdSessions == before && world.server.switching.isEmpty)
    }

    @Test func `MHP-02 an LNS that does not answer is passed over for the next, and without one the LAC gets CDN 4`()
        throws
    {
        for hasAnother in [true, false] {
            let world = try World { configuration, network in
                let dead = TunnelGroup.Member(lns: .at(network.address(9)))
                let next = TunnelGroup.Member(lns: .world(network), preference: 1)
                configuration.addSwitch(to: network, members: hasAnother ? [dead, next] : [dead])
            }
            let (host, tunnel) = try world.openTunnel()
            let call = tunnel.call(at: world.now)
            #expect(try world.run(atMost: .seconds(60)) { call.isOpen || call.end != nil })
            #expect(call.isOpen == hasAnother)
            if !hasAnother { #expect(host.disconnects.last?.resultCode.result == .noFacilitiesTemporarily) }
            if hasAnother { tunnel.tell(.closeCall(call.id, ResultCode(.administrative)), at: world.now) }
            try world.expectNothingSwitched()
        }
    }

    /// The LNS's own session is the first that is made, the outgoing leg's the second, the incoming leg's the third.
    @Test(arguments: [
        (InMemoryDataPlane.Kind.createSession, 1), (.createSession, 2), (.createSession, 3), (.bridge, 1),
        (.requireSequence, 1), (.requireSequence, 2),
    ])
    func `MHP-02 whatever of the kernel's fails, neither leg stays`(_ kind: InMemoryDataPlane.Kind, _ nth: Int) throws {
        let world = try World { $0.addSwitch(to: $1) }
        world.plane.fail(kind, nth: nth)
        let (host, tunnel) = try world.openTunnel()
        let call = tunnel.call(at: world.now) { $0.connection.sequencingRequired = true }
        #expect(try world.run { call.end != nil })
        let code = try #require(host.disconnects.last?.resultCode)
        #expect(code.result == .seeErrorCode && code.error == .insufficientResources)
        try world.expectNothingSwitched()
    }

    @Test func `MHP-02 MHP-03 a LAC that gives up before the LNS has answered leaves nothing`() throws {
        let world = try World { configuration, network in
            configuration.addSwitch(to: network, members: [.init(lns: .at(network.address(9)))])
        }
        let (_, tunnel) = try world.openTunnel()
        let call = tunnel.call(at: world.now)
        #expect(try world.run { !world.server.switching.isEmpty })
        tunnel.tell(.closeCall(call.id, ResultCode(.noFacilitiesTemporarily)), at: world.now)
        #expect(try world.run { world.server.switching.isEmpty && world.server.placedCalls.isEmpty })
        #expect(world.createdSessions == 0)
        try world.expectNothingSwitched()
    }

    @Test(arguments: [true, false])
    func `MHP-03 a tunnel that goes during the set-up takes the other leg along`(_ isIncoming: Bool) throws {
        let world = try World { $0.addSwitch(to: $1) }
        let (host, tunnel) = try world.openTunnel()
        let call = tunnel.call(at: world.now) { $0.isConnecting = false }
        #expect(try world.run { host.received(.icrp) == 1 })
        #expect(world.legs(IncomingLeg.self).count == 1)
        if isIncoming {
            tunnel.tell(.close(ResultCode(.generalClear)), at: world.now)
        } else {
            world.server.closeTunnel(
                try #require(world.outboundContext), ResultCode(.generalClear), at: world.now)
            #expect(try world.run { call.end != nil })
            #expect(host.disconnects.last?.resultCode.result == .lossOfCarrier)
        }
        try world.expectNothingSwitched()
    }
}
