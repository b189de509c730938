import Addresses
import Configuration
import ControlProtocol
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import Netlink
import PPP
import Testing

@testable import L2TPDaemon

extension Configuration {
    /// Host 2 is a LAC whose calls end here, but for users of example.net, who go on to the world's own LNS; those of
    /// here.example end by another profile.
    mutating func addRealms(
        to network: World.Network, accepting: Bool = true, members: [TunnelGroup.Member]? = nil,
        _ change: (inout PPPProfile) -> Void = { _ in }
    ) {
        addSwitch(to: network, members: members)
        changeProfile(change)
        for index in peers.indices where accepting {
            peers[index].proxyLCP = .accept
            peers[index].proxyAuthentication = .accept
        }
        peers[1].followsRealms = false
        var other = profiles[0]
        other.name = "other"
        other.localAddress = IPv4Address(100, 66, 0, 1)
        profiles.append(other)
        realms = [
            Realm(.name("example.net"), .tunnel(groups[0])), Realm(.name("here.example"), .here(other)),
            Realm(.service("5556789"), .tunnel(groups[0])),
        ]
        users.append(User(name: "alice@example.net", password: Secret("secret")))
        users.append(User(name: "carol@here.example", password: Secret("secret")))
    }
}

private let alice = "alice@example.net"

/// What a LAC says of alice, who uses PAP.
private let proxied = ProxyAuthentication(
    type: .pap, name: Array(alice.utf8), id: 3, response: Array("secret".utf8))

/// Calls whose users' realms say where they go, in one tunnel with calls that end here.
@Suite struct RealmSwitchTests {
    @Test(arguments: AuthenticationMethod.allCases, [true, false])
    func `MHP-02 PRX-02 PRX-06 a user whose realm has an LNS is handed over to it, once he has said his name`(
        _ method: AuthenticationMethod, _ accepting: Bool
    ) throws {
        let world = try World { configuration, network in
            configuration.addRealms(to: network, accepting: accepting) { $0.authentication = [method] }
        }
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel, alice)
        #expect(call.address == IPv4Address(100, 64, 0, 2) && call.link.ipv4?.peer == IPv4Address(100, 64, 0, 1))
        let incoming = try #require(world.session(of: call, in: tunnel))
        let outgoing = try #require(incoming.partner.flatMap { world.sessions[$0] })
        #expect(incoming.state == "bridged" && outgoing.state == "bridged" && outgoing.role is RelayedCall)
        #expect(world.plane.sessions[incoming.key]?.bridge == outgoing.key)
        #expect(world.plane.sessions[incoming.key]?.unit == nil && world.plane.sessions[outgoing.key]?.unit == nil)
        #expect(world.plane.sessions[outgoing.key]?.parameters == SessionParameters(isLNS: false))
        #expect(world.sessions.liveCount(ofPeer: "bras") == 1 && world.sessions.liveCount(ofPeer: "clients") == 1)
        let lns = try #require(world.lnsEnd)
        let told = try #require(lns.connection)
        #expect(told.proxyLCP?.lastSent != nil && told.proxyLCP?.lastReceived != nil)
        switch method {
        case .msChapV2: #expect(told.proxyAuthentication == nil, "no type is registered for it")
        case .chapMD5: #expect(told.proxyAuthentication?.type == .chap && told.proxyAuthentication?.isComplete == true)
        case .pap: #expect(told.proxyAuthentication?.type == .pap && told.proxyAuthentication?.isComplete == true)
        }
        #expect(told.txConnectSpeed == call.connection.txConnectSpeed)

        let control = try world.addControlClient()
        try control.ask(.showSessions(SessionFilter(peer: "bras")))
        #expect(try world.run { control.endCount != nil })
        let rows = control.replies.compactMap { if case .session(let record) = $0 { record } else { nil } }
        let row = try #require(rows.first)
        #expect(rows.count == 1 && row.role == "switch" && row.state == "bridged" && row.realm == "example.net")
        #expect(row.user == alice && row.bridgedTo == "\(outgoing.key)" && row.tunnelID == incoming.key.tunnel)
        tunnel.tell(.closeCall(call.id, ResultCode(.administrative)), at: world.now)
        try world.expectNothingSwitched()
    }

    @Test(arguments: [true, false])
    func `MHP-01 MHP-02 the name that a LAC has heard is enough, and its word goes on untouched`(
        _ accepting: Bool
    ) throws {
        let world = try World { configuration, network in
            configuration.addRealms(to: network, accepting: accepting)
            configuration.peers[0].proxyLCP = .renegotiate
        }
        let (_, tunnel) = try world.openTunnel()
        let line = AVP(Attribute(vendor: 3561, type: 1), octets: Array("node-1 eth 0/7".utf8))
        let call = try world.openCall(in: tunnel, alice) { call in
            call.offer.callingNumber = "5551234"
            call.offer.calledNumber = "5556789"
            call.offer.extensions = [line, AVP(Attribute(type: 9999), octets: [1])]
            call.connection.proxyLCP = ProxyLCP(
                initialReceived: [1, 4, 5, 0xd4], lastSent: [3, 4, 0xc0, 0x23], lastReceived: [1, 4, 5, 0xd4])
            call.connection.proxyAuthentication = proxied
            call.connection.sequencingRequired = true
        }
        let incoming = try #require(world.session(of: call, in: tunnel))
        let outgoing = try #require(incoming.partner)
        let lns = try #require(world.lnsEnd)
        #expect(lns.connection == .incoming(call.connection))
        #expect(lns.offer.callingNumber == "5551234" && lns.offer.calledNumber == "5556789")
        #expect(lns.offer.extensions == [line] && lns.offer.callSerialNumber > 1_000_000)
        #expect(incoming.user == alice && incoming.link.phase == .dead, "the link never began here")
        for key in [incoming.key, outgoing] {
            #expect(world.plane.calls.contains(.requireSequence(key)), "each leg has numbers of its own")
        }
        tunnel.tell(.closeCall(call.id, ResultCode(.administrative)), at: world.now)
        try world.expectNothingSwitched()
    }

    @Test func `who has no realm ends here, in the same tunnel, and so does who has another or calls a number`() throws
    {
        let world = try World { configuration, network in configuration.addRealms(to: network) }
        let (_, tunnel) = try world.openTunnel()
        let switched = try world.openCall(in: tunnel, alice)
        let plain = try world.openCall(in: tunnel, "alice") { $0.offer.calledNumber = "5556789" }
        let other = try world.openCall(in: tunnel, "carol@here.example")
        #expect(world.session(of: switched, in: tunnel)?.isBridged == true)
        for (call, local) in [(plain, IPv4Address(100, 64, 0, 1)), (other, IPv4Address(100, 66, 0, 1))] {
            let session = try #require(world.session(of: call, in: tunnel))
            #expect(session.state == "open" && session.interfaceName != nil && session.partner == nil)
            #expect(call.link.ipv4?.peer == local)
        }
        #expect(world.legs(RelayedCall.self).count == 1)
        for call in [switched, plain, other] {
            tunnel.tell(.closeCall(call.id, ResultCode(.administrative)), at: world.now)
        }
        try world.expectNothingSwitched()
    }

    @Test func `a peer whose users' realms do not count ends all calls here`() throws {
        let world = try World { configuration, network in
            configuration.addRealms(to: network)
            configuration.peers[0].followsRealms = false
        }
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel, alice) { $0.connection.proxyAuthentication = proxied }
        #expect(world.session(of: call, in: tunnel)?.interfaceName == "ppp0" && world.server.outboundTunnels.isEmpty)
    }

    @Test func `realms that change count from the next call on`() throws {
        let world = try World { configuration, network in configuration.addRealms(to: network) }
        let (_, tunnel) = try world.openTunnel()
        let first = try world.openCall(in: tunnel, alice)
        world.lns.realms = Realms([])
        let second = try world.openCall(in: tunnel, alice)
        #expect(world.session(of: first, in: tunnel)?.isBridged == true)
        #expect(world.session(of: second, in: tunnel)?.interfaceName != nil)
    }

    // MARK: - It comes to nothing

    /// By the LAC's word alone, and after our LCP.
    @Test(arguments: [true, false])
    func `MHP-02 an LNS's refusal is the LAC's`(_ isProxied: Bool) throws {
        let world = try World { configuration, network in
            configuration.addRealms(to: network)
            configuration.peers[1].maxSessions = 1
        }
        let (host, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel, alice)
        let call = tunnel.call(alice, at: world.now) { if isProxied { $0.connection.proxyAuthentication = proxied } }
        #expect(try world.run { call.end != nil })
        let cdn = try #require(host.disconnects.last)
        #expect(cdn.resultCode.result == .noFacilitiesTemporarily)
        #expect("\(cdn.resultCode)".contains("max_sessions of peer clients"))
        #expect(world.server.placedCalls.isEmpty && world.sessions.count == 3)
    }

    @Test(arguments: [true, false])
    func `MHP-04 a user's call does not go back to where it came from`(_ isProxied: Bool) throws {
        for isByName in [true, false] {
            let world = try World { configuration, network in
                configuration.addRealms(
                    to: network, members: isByName ? nil : [.init(lns: .at(network.address(2)))])
            }
            let (host, tunnel) = try world.openTunnel { if isByName { $0.hostName = "lns" } }
            let call = tunnel.call(alice, at: world.now) {
                if isProxied { $0.connection.proxyAuthentication = proxied }
            }
            #expect(try world.run { call.end != nil })
            let code = try #require(host.disconnects.last?.resultCode)
            #expect(code.result == .noFacilitiesTemporarily && code.text.map { "\($0)".contains("loop") } == true)
            try world.expectNothingSwitched()
        }
    }

    /// The incoming session is the first that is made, the LNS's the second, the outgoing call's the third.
    @Test(arguments: [
        (InMemoryDataPlane.Kind.createSession, 2), (.createSession, 3), (.bridge, 1), (.requireSequence, 1),
        (.requireSequence, 2),
    ])
    func `MHP-02 whatever of the kernel's fails, nothing stays of a call that was to be handed over`(
        _ kind: InMemoryDataPlane.Kind, _ nth: Int
    ) throws {
        let world = try World { configuration, network in configuration.addRealms(to: network) }
        world.plane.fail(kind, nth: nth)
        let (host, tunnel) = try world.openTunnel()
        let call = tunnel.call(alice, at: world.now) {
            $0.connection.proxyAuthentication = proxied
            $0.connection.sequencingRequired = true
        }
        #expect(try world.run { call.end != nil })
        let code = try #require(host.disconnects.last?.resultCode)
        #expect(code.result == .seeErrorCode && code.error == .insufficientResources)
        try world.expectNothingSwitched()
    }

    @Test(arguments: [true, false])
    func `MHP-03 a LAC that gives up while an LNS is sought leaves nothing`(_ isProxied: Bool) throws {
        for isWholeTunnel in [true, false] {
            let world = try World { configuration, network in
                configuration.addRealms(to: network, members: [.init(lns: .at(network.address(9)))])
            }
            let (_, tunnel) = try world.openTunnel()
            let call = tunnel.call(alice, at: world.now) {
                if isProxied { $0.connection.proxyAuthentication = proxied }
            }
            #expect(try world.run { !world.server.placedCalls.isEmpty })
            let session = try #require(world.session(of: call, in: tunnel))
            #expect(session.state == (isProxied ? "hand-over" : "authenticate") && session.user == alice)
            if isWholeTunnel {
                tunnel.tell(.close(ResultCode(.generalClear)), at: world.now)
            } else {
                tunnel.tell(.closeCall(call.id, ResultCode(.lossOfCarrier)), at: world.now)
            }
            #expect(try world.run(atMost: .seconds(2)) { world.server.placedCalls.isEmpty })
            try world.expectNothingSwitched()
        }
    }

    @Test func `who negotiates anew as somebody who ends here needs the LNS no more that is sought`() throws {
        let world = try World { configuration, network in
            configuration.addRealms(to: network, members: [.init(lns: .at(network.address(9)))])
        }
        let (_, tunnel) = try world.openTunnel()
        let call = tunnel.call(alice, at: world.now)
        #expect(try world.run { !world.server.placedCalls.isEmpty })
        call.link = Link(
            configuration: LinkConfiguration(
                role: .peer(.init(user: "bob", password: Password("hidden"))), echoInterval: nil))
        tunnel.give(.lowerLayerUp, to: call, at: world.now)
        #expect(try world.run { call.isOpen })
        #expect(!world.server.placedCalls.isEmpty)
        #expect(try world.run(atMost: .seconds(120)) { world.server.placedCalls.isEmpty })
        #expect(call.end == nil && world.session(of: call, in: tunnel)?.state == "open")
    }

    // MARK: - The end

    @Test(arguments: [true, false])
    func `MHP-03 what either end says of the end the other is told`(_ isProxied: Bool) throws {
        for isFromLAC in [true, false] {
            let world = try World { configuration, network in configuration.addRealms(to: network) }
            let (host, tunnel) = try world.openTunnel()
            let call = try world.openCall(in: tunnel, alice) {
                if isProxied { $0.connection.proxyAuthentication = proxied }
            }
            let lns = try #require(world.lnsEnd)
            if isFromLAC {
                tunnel.tell(.closeCall(call.id, ResultCode(.lossOfCarrier, text: "unplugged")), at: world.now)
                #expect(try world.run { world.sessions.isEmpty })
                #expect(lns.end?.contains("unplugged") == true, "\(lns.end ?? "")")
            } else {
                world.server.closeSession(lns.key, at: world.now)
                #expect(try world.run { call.end != nil })
                let cdn = try #require(host.disconnects.last)
                #expect(cdn.resultCode.result == .administrative && cdn.pppDisconnectCause?.direction == .global)
            }
            try world.expectNothingSwitched()
        }
    }

    @Test func `MHP-03 a StopCCN from the LNS is a loss of carrier at the LAC`() throws {
        let world = try World { configuration, network in configuration.addRealms(to: network) }
        let (host, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel, alice)
        let lns = try #require(world.lnsEnd)
        let context = try #require(world.server.context(lns.key.tunnel))
        world.server.closeTunnel(context, ResultCode(.shuttingDown), at: world.now)
        #expect(try world.run { call.end != nil })
        #expect(host.disconnects.last?.resultCode.result == .lossOfCarrier)
        try world.expectNothingSwitched()
    }

    @Test func `MHP-03 PRX-08 SLI and WEN pass between the ends of a call that was handed over`() throws {
        let world = try World { configuration, network in configuration.addRealms(to: network) }
        let (host, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel, alice)
        let lns = try #require(world.lnsEnd)
        let context = try #require(world.server.context(lns.key.tunnel))
        let info = SLI(accm: ACCM(send: 0x000a_0000, receive: 0xffff_ffff))
        world.server.tell(context, .sendLinkInfo(SessionID(UInt16(lns.key.session)), info), at: world.now)
        #expect(try world.run { host.received.contains { $0.message == .sli(info) } })
        tunnel.tell(.sendLineErrors(call.id, WEN(callErrors: CallErrors(crcErrors: 7))), at: world.now)
        try world.settle()
        #expect(world.server.statistics.all.first { $0.name == "tunnel_line_errors" }?.value == 2, "here and there")
    }
}

extension World {
    /// Where the LNS's end of the only call is that was handed over.
    fileprivate var lnsEnd: PPPSession? { legs(LNSCall.self).first { $0.role.peerName == "clients" } }
}
