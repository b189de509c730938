import Addresses
import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP
import Testing

@testable import L2TPDaemon

/// From the first message until packets may pass.
@Suite struct SetupTests {
    @Test(arguments: AuthenticationMethod.allCases)
    func `a call comes up with each authentication method`(_ method: AuthenticationMethod) throws {
        let world = try World { configuration, _ in configuration.changeProfile { $0.authentication = [method] } }
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        #expect(call.address == IPv4Address(100, 64, 0, 2))
        #expect(call.link.ipv4?.peer == IPv4Address(100, 64, 0, 1))
        let session = try #require(world.session(of: call, in: tunnel))
        #expect(session.link.user == "alice" && session.link.authenticationMethod == method)
        #expect(session.interfaceName == "ppp0")
        let made = try #require(world.plane.sessions[tunnel.key(call)])
        #expect(made.peer == SessionKey(tunnel: 7, session: UInt32(call.id.rawValue)))
        #expect(Set(made.networks.keys) == [.ipv4, .ipv6])
        tunnel.tell(.close(ResultCode(.generalClear)), at: world.now)
        try world.expectNothingLeft()
    }

    @Test func `a call comes up with nobody asked and with secrets and hidden AVPs`() throws {
        let world = try World { configuration, _ in
            configuration.changeProfile { $0.authentication = [] }
            configuration.peers[0].tunnel.secret = Secret("tunnel")
            configuration.peers[0].tunnel.requireAuthentication = true
            configuration.peers[0].tunnel.hideAVPs = true
        }
        let (_, tunnel) = try world.openTunnel {
            $0.secret = Array("tunnel".utf8)
            $0.requiresAuthentication = true
            $0.hiding = .everything
        }
        let call = try world.openCall(in: tunnel)
        #expect(world.session(of: call, in: tunnel)?.link.user == nil)
    }

    @Test(arguments: [("alice", "wrong"), ("nobody", "secret")], AuthenticationMethod.allCases)
    func `RES-03 a wrong password and an unknown user end alike, by CDN with the reason of PPP`(
        credentials: (String, String), _ method: AuthenticationMethod
    ) throws {
        let world = try World { configuration, _ in configuration.changeProfile { $0.authentication = [method] } }
        let (host, tunnel) = try world.openTunnel()
        let call = tunnel.call(credentials.0, credentials.1, at: world.now)
        #expect(try world.run { call.end != nil })
        let cdn = try #require(host.disconnects.first)
        #expect(cdn.resultCode.result == .administrative)
        #expect(cdn.pppDisconnectCause?.code == .authenticationFailed)
        #expect(call.linkEnd == .authenticationFailed(method, .local), "the client was told before")
        #expect(world.statistic(.authenticationsRejected) == 1)
        #expect(!world.plane.calls.contains { $0.kind == .createUnit }, "nothing is spent on who is not let in")
        #expect(try world.run { world.sessions.isEmpty && world.plane.sessions.isEmpty })
        #expect(tunnel.end == nil)
    }

    @Test func `RES-03 a pool without a free address ends the call with CDN 4 and the reason of PPP`() throws {
        let world = try World { configuration, _ in
            configuration.pools[0].ranges = [AddressRange("100.64.0.2-100.64.0.2")].compactMap(\.self)
        }
        let (host, tunnel) = try world.openTunnel()
        let first = try world.openCall(in: tunnel)
        let second = tunnel.call(at: world.now)
        #expect(try world.run { second.end != nil })
        let cdn = try #require(host.disconnects.first)
        #expect(cdn.resultCode.result == .noFacilitiesTemporarily)
        #expect(cdn.pppDisconnectCause?.code == .addressNotPermitted)
        #expect(first.isOpen && world.statistic(.addressesExhausted) == 1)
        // The address goes to the next when it is free.
        tunnel.tell(.closeCall(first.id, ResultCode(.administrative)), at: world.now)
        let third = try world.openCall(in: tunnel)
        #expect(third.address == IPv4Address(100, 64, 0, 2))
    }

    @Test func `NCP-05 an address of one's own is given once, and again when the first session is gone`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        let first = try world.openCall(in: tunnel, "bob", "hidden")
        #expect(first.address == IPv4Address(100, 64, 9, 9))
        let second = tunnel.call("bob", "hidden", at: world.now)
        #expect(try world.run { second.end != nil })
        #expect(host.disconnects.first?.resultCode.result == .noFacilitiesTemporarily)
        #expect(first.isOpen)
        tunnel.tell(.closeCall(first.id, ResultCode(.lossOfCarrier)), at: world.now)
        let third = try world.openCall(in: tunnel, "bob", "hidden")
        #expect(third.address == IPv4Address(100, 64, 9, 9))
    }

    @Test func `SSF-07 LCP that overtakes its ICCN is kept`() throws {
        let world = try World { configuration, _ in configuration.changeProfile { $0.restartTimer = .seconds(50) } }
        let (host, tunnel) = try world.openTunnel()
        let call = tunnel.call(at: world.now) { $0.isConnecting = false }
        #expect(try world.run { call.peerID != .none })
        // An LCP Configure-Request without options, as data by the tunnel's socket.
        let header = DataHeader(tunnelID: tunnel.machine.peerTunnelID, sessionID: call.peerID)
        host.send(header.encoded(payload: [0xff, 0x03, 0xc0, 0x21, 1, 9, 0, 4]))
        try world.settle()
        #expect(call.frames.isEmpty, "PPP has not begun")
        tunnel.tell(.connectCall(call.id, call.connection), at: world.now)
        try world.settle()
        #expect(call.frames.contains(PPPFrame(.lcp, [2, 9, 0, 4])), "the early request is acknowledged")
        #expect(world.statistic(.strayData) == 0)
    }

    @Test func `an ICCN that requires sequencing has it for the whole session, or no session`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        let plain = try world.openCall(in: tunnel)
        let sequenced = try world.openCall(in: tunnel, "bob", "hidden") { $0.connection.sequencingRequired = true }
        func parameters(_ call: ClientTunnel.Call) -> SessionParameters? {
            world.plane.sessions[tunnel.key(call)]?.parameters
        }
        #expect(parameters(plain) == SessionParameters(isLNS: true))
        #expect(parameters(sequenced) == SessionParameters(isLNS: true, sendsSequence: true, requiresSequence: true))
        world.plane.fail(.requireSequence, nth: 2)
        let failed = tunnel.call(at: world.now) { $0.connection.sequencingRequired = true }
        #expect(try world.run { failed.end != nil })
        #expect(host.disconnects.first?.resultCode.error == .insufficientResources)
        #expect(world.sessions.count == 2)
    }

    @Test func `DAT-06 where sequencing is required it is on before PPP says a word, and stays on`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        var isSequenced: [Bool] = []
        let carrier = try #require(world.plane.carrier)
        world.plane.carrier = { [plane = world.plane] sent in
            isSequenced.append(plane.sessions[sent.key]?.parameters?.sendsSequence == true)
            carrier(sent)
        }
        let call = try world.openCall(in: tunnel) { $0.connection.sequencingRequired = true }
        #expect(call.link.ipv6 != nil && isSequenced.count >= 6, "LCP, authentication, IPCP and IPV6CP")
        #expect(!isSequenced.contains(false))
        world.plane.carrier = carrier
    }

    @Test func `UDP-06 the usual MRU and so the interface's MTU leave room for what IPv4 and L2TP add to 1500 octets`()
        throws
    {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        // IPv4, UDP, L2TP's header as Linux sends it, and PPP's address, control and protocol.
        let added = 20 + 8 + 6 + 4
        let unit = try #require(world.plane.sessions[tunnel.key(call)]?.unit)
        #expect(Int(call.link.peerParameters.mru) + added <= 1500, "what the peer may send")
        #expect(unit.mtu + added <= 1500, "what we send, though the peer would take more")
        #expect(call.link.localParameters.mru == 1500)
    }

    @Test func `SSF-07 data of no session and short data are harmless`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        for session in [SessionID(9), call.peerID] {
            let header = DataHeader(tunnelID: tunnel.machine.peerTunnelID, sessionID: session)
            for payload in [[], [0xff], [0xff, 0x03], [0xc0, 0x21], [0x45, 0, 0, 20]] as [[UInt8]] {
                host.send(header.encoded(payload: payload))
            }
        }
        try world.settle()
        #expect(world.statistic(.strayData) == 5)
        #expect(call.isOpen && call.end == nil)
    }

    @Test(arguments: [true, false])
    func `PRX-04 proxied authentication is verified when it is taken and not used when it is refused`(
        accepts: Bool
    ) throws {
        let world = try World { configuration, _ in
            configuration.changeProfile { $0.authentication = [.pap] }
            configuration.peers[0].proxyLCP = .accept
            configuration.peers[0].proxyAuthentication = accepts ? .accept : .renegotiate
        }
        let (host, tunnel) = try world.openTunnel()
        // The LAC asked for PAP and heard this.
        func connect(_ name: String, _ password: String) throws -> ClientTunnel.Call {
            let call = tunnel.call(at: world.now) {
                $0.startsLink = false
                $0.connection.proxyLCP = ProxyLCP(
                    initialReceived: nil, lastSent: [1, 4, 0x05, 0xb4, 3, 4, 0xc0, 0x23, 5, 6, 1, 2, 3, 4],
                    lastReceived: [5, 6, 4, 3, 2, 1])
                $0.connection.proxyAuthentication = ProxyAuthentication(
                    type: .pap, name: Array(name.utf8), id: 3, response: Array(password.utf8))
            }
            try world.settle()
            return call
        }
        let good = try connect("alice", "secret")
        let session = try #require(world.session(of: good, in: tunnel))
        #expect(session.link.user == (accepts ? "alice" : nil))
        #expect((session.link.phase == .network) == accepts)
        #expect(world.statistic(.authenticationsAccepted) == (accepts ? 1 : 0))
        guard accepts else { return }

        let bad = try connect("alice", "guess")
        #expect(try world.run { bad.end != nil })
        #expect(host.disconnects.first?.pppDisconnectCause?.code == .authenticationFailed)
        #expect(world.statistic(.authenticationsRejected) == 1)
    }

    @Test func `NCP-05 an address is off the interface before it returns to its pool`() throws {
        let world = try World { configuration, _ in
            configuration.pools[0].ranges = [AddressRange("100.64.0.2-100.64.0.3")].compactMap(\.self)
        }
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let session = try #require(world.session(of: call, in: tunnel))
        // The subscriber negotiates anew and is another now, while the kernel is slow.
        world.plane.isStalled = true
        #expect(world.sessions.advance(session, .frame([0xc0, 0x21, 1, 77, 0, 4]), at: world.now).isEmpty)
        #expect(world.plane.calls.filter { $0 == .withdraw(session.key, .ipv4) }.count == 1, "once, not twice")
        #expect(world.lns.pools.isLeased(IPv4Address(100, 64, 0, 2)), "the interface may still have it")
        #expect(!session.isOpen)
        world.plane.isStalled = false
        try world.settle()
        #expect(world.lns.pools.isLeased(IPv4Address(100, 64, 0, 2)), "it is still alice's")
    }

    @Test func `LCP-07 after a renegotiation another user has another address and the old one goes back`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let session = try #require(world.session(of: call, in: tunnel))
        #expect(world.lns.pools.isLeased(IPv4Address(100, 64, 0, 2)))
        call.link = Link(
            configuration: LinkConfiguration(
                role: .peer(.init(user: "bob", password: Password("hidden"))), echoInterval: nil))
        tunnel.give(.lowerLayerUp, to: call, at: world.now)
        #expect(try world.run { call.address == IPv4Address(100, 64, 9, 9) && session.isOpen })
        let role = try #require(session.role as? LNSCall)
        #expect(session.link.user == "bob" && role.destination.termination.returning.isEmpty)
        #expect(!world.lns.pools.isLeased(IPv4Address(100, 64, 0, 2)))
        #expect(world.plane.calls.count { $0.kind == .createUnit } == 1, "the interface stays")
        let networks = try #require(world.plane.sessions[session.key]?.networks)
        #expect(
            networks[.ipv4] == .ipv4(local: IPv4Address(100, 64, 0, 1), peer: IPv4Address(100, 64, 9, 9)))
        tunnel.tell(.close(ResultCode(.generalClear)), at: world.now)
        try world.expectNothingLeft()
        #expect(!world.lns.pools.isLeased(IPv4Address(100, 64, 9, 9)))
    }

    @Test func `LCP-07 a unit that is made after the link went down serves the next time`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let session = try #require(world.session(of: call, in: tunnel))
        // As if the unit had been asked for and not been made when LCP began again.
        session.unit = .requested(name: "ppp0")
        _ = world.sessions.advance(session, .frame([0xc0, 0x21, 1, 78, 0, 4]), at: world.now)
        #expect(session.link.phase == .establish)
        #expect(
            world.sessions.handle(.unitReady(session.key, interfaceIndex: 9, name: "ppp0"), at: world.now).isEmpty)
        #expect(session.interfaceName == "ppp0" && session.link.phase == .establish)
        call.link = Link(configuration: call.configuration)
        tunnel.give(.lowerLayerUp, to: call, at: world.now)
        #expect(try world.run { call.isOpen && session.isOpen })
    }
}
