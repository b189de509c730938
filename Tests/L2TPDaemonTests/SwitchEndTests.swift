import Addresses
import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP
import Testing

@testable import L2TPDaemon

/// How switched calls end, and those that are not switched.
@Suite struct SwitchEndTests {
    @Test func `MHP-03 a CDN from the LAC ends the call at the LNS with its code`() throws {
        let world = try World { $0.addSwitch(to: $1) }
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let lns = try #require(world.legs(LNSCall.self).first)
        tunnel.tell(.closeCall(call.id, ResultCode(.lossOfCarrier, text: "unplugged")), at: world.now)
        #expect(try world.run { world.sessions.isEmpty })
        #expect(lns.end?.contains("unplugged") == true)
        try world.expectNothingSwitched()
    }

    @Test func `MHP-03 a CDN from the LNS ends the call at the LAC with its code and what it says of PPP`() throws {
        let world = try World { $0.addSwitch(to: $1) }
        let (host, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let lns = try #require(world.legs(LNSCall.self).first)
        world.server.closeSession(lns.key, at: world.now)
        #expect(try world.run { call.end != nil })
        let cdn = try #require(host.disconnects.last)
        #expect(cdn.resultCode.result == .administrative)
        #expect(cdn.pppDisconnectCause?.direction == .global && cdn.assignedSessionID != .none)
        try world.expectNothingSwitched()
    }

    @Test func `MHP-03 errors of one leg's messages are not the other leg's`() {
        func told(_ code: ResultCode<CDNResult>) -> ResultCode<CDNResult> { Disconnection(.peer(code)).resultCode }
        for result in [CDNResult.lossOfCarrier, .administrative, .busy, .timeout, .noFacilitiesPermanently] {
            #expect(told(ResultCode(result, text: "x")) == ResultCode(result, text: "x"))
        }
        for error in [GeneralError.insufficientResources, .vendorSpecific, .tryAnother] {
            #expect(told(ResultCode(.seeErrorCode, error: error)).error == error)
        }
        for error in [GeneralError.wrongLength, .valueOutOfRange, .invalidSessionID, .unknownMandatoryAVP] {
            #expect(told(ResultCode(.seeErrorCode, error: error)).error == .vendorSpecific)
        }
        #expect(Disconnection(.tunnel(.peerLost)).resultCode.result == .lossOfCarrier)
    }

    @Test(arguments: [true, false])
    func `MHP-03 a StopCCN on either leg is a loss of carrier on the other`(_ isIncoming: Bool) throws {
        let world = try World { $0.addSwitch(to: $1) }
        let (host, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let lns = try #require(world.legs(LNSCall.self).first)
        if isIncoming {
            tunnel.tell(.close(ResultCode(.generalClear)), at: world.now)
            #expect(try world.run { world.sessions.isEmpty })
            #expect(lns.end?.contains("\(CDNResult.lossOfCarrier)") == true)
        } else {
            let context = try #require(world.server.context(lns.key.tunnel))
            world.server.closeTunnel(context, ResultCode(.shuttingDown), at: world.now)
            #expect(try world.run { call.end != nil })
            #expect(host.disconnects.last?.resultCode.result == .lossOfCarrier)
        }
        try world.expectNothingSwitched()
    }

    @Test(arguments: [true, false])
    func `MHP-03 a leg that the kernel loses, or an operator closes, ends the other`(_ isIncoming: Bool) throws {
        for isLost in [true, false] {
            let world = try World { $0.addSwitch(to: $1) }
            let (host, tunnel) = try world.openTunnel()
            let call = try world.openCall(in: tunnel)
            let incoming = try #require(world.session(of: call, in: tunnel))
            let key = try isIncoming ? incoming.key : #require(incoming.partner)
            if isLost { world.plane.lose(key) } else { world.server.closeSession(key, at: world.now) }
            #expect(try world.run { call.end != nil && world.sessions.isEmpty })
            let expected: CDNResult = isLost ? .lossOfCarrier : .administrative
            #expect(host.disconnects.last?.resultCode.result == expected)
            try world.expectNothingSwitched()
        }
    }

    @Test func `MHP-03 a peer that vanishes ends both legs`() throws {
        let world = try World { $0.addSwitch(to: $1) }
        let (host, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel)
        host.forgetAll()
        #expect(try world.run(atMost: .seconds(180)) { world.sessions.isEmpty })
        try world.expectNothingSwitched()
    }

    @Test(arguments: [true, false])
    func `MHP-03 an ordered end of the daemon leaves neither leg, nor a call that waits`(_ isOpen: Bool) throws {
        let world = try World { configuration, network in
            configuration.addSwitch(to: network, members: isOpen ? nil : [.init(lns: .at(network.address(9)))])
        }
        let (_, tunnel) = try world.openTunnel()
        let call = isOpen ? try world.openCall(in: tunnel) : tunnel.call(at: world.now)
        #expect(try world.run { isOpen || !world.server.switching.isEmpty })
        world.server.stop(at: world.now)
        #expect(try world.run(atMost: .seconds(60)) { world.server.isStopped && call.end != nil })
        try world.expectNothingSwitched()
    }

    @Test func `MHP-03 PRX-08 SLI and WEN go on to the other end`() throws {
        let world = try World { $0.addSwitch(to: $1) }
        let (host, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let lns = try #require(world.legs(LNSCall.self).first)
        let context = try #require(world.server.context(lns.key.tunnel))
        let info = SLI(accm: ACCM(send: 0x000a_0000, receive: 0xffff_ffff))
        world.server.tell(
            context, .sendLinkInfo(SessionID(UInt16(lns.key.session)), info), at: world.now)
        #expect(try world.run { host.received(.sli) == 1 })
        #expect(host.received.contains { $0.message == .sli(info) })
        tunnel.tell(.sendLineErrors(call.id, WEN(callErrors: CallErrors(crcErrors: 7))), at: world.now)
        try world.settle()
        func noted(_ name: String) -> UInt64? { world.server.statistics.all.first { $0.name == name }?.value }
        #expect(noted("tunnel_link_info") == 1 && noted("tunnel_line_errors") == 2, "here and at the LNS")
    }

    // MARK: - Loops

    @Test func `MHP-04 a call does not go back to the address that it came from`() throws {
        let world = try World { configuration, network in
            configuration.addSwitch(to: network, members: [.init(lns: .at(network.address(2)))])
        }
        let (host, tunnel) = try world.openTunnel()
        let call = tunnel.call(at: world.now)
        #expect(try world.run { call.end != nil })
        let code = try #require(host.disconnects.last?.resultCode)
        #expect(code.result == .noFacilitiesTemporarily && code.text.map { "\($0)".contains("loop") } == true)
        #expect(world.server.outboundTunnels.isEmpty && world.createdSessions == 0)
        try world.expectNothingSwitched()
    }

    @Test func `MHP-04 a call does not go back to the Host Name that it came from, in a new tunnel or an old one`()
        throws
    {
        let world = try World { $0.addSwitch(to: $1) }
        let (host, tunnel) = try world.openTunnel { $0.hostName = "lns" }
        for _ in 0..<2 {
            let call = tunnel.call(at: world.now)
            #expect(try world.run { call.end != nil })
            let code = try #require(host.disconnects.last?.resultCode)
            #expect(code.result == .noFacilitiesTemporarily && code.text.map { "\($0)".contains("loop") } == true)
            #expect(world.legs(OutgoingLeg.self).isEmpty && world.legs(IncomingLeg.self).isEmpty)
        }
        try world.expectNothingSwitched()
    }

    @Test func `MHP-04 another LNS of the group takes what would go back`() throws {
        let world = try World { configuration, network in
            configuration.addSwitch(
                to: network,
                members: [
                    .init(lns: .at(network.address(2))), .init(lns: .world(network), preference: 1),
                ])
        }
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        tunnel.tell(.closeCall(call.id, ResultCode(.administrative)), at: world.now)
        try world.expectNothingSwitched()
    }

    @Test func `calls that wait for an LNS count against the limits`() throws {
        let world = try World { configuration, network in
            configuration.addSwitch(to: network, members: [.init(lns: .at(network.address(9)))])
            configuration.peers[0].maxSessions = 2
        }
        let (host, tunnel) = try world.openTunnel()
        for _ in 0..<3 { tunnel.call(at: world.now) }
        #expect(try world.run { host.disconnects.count == 1 })
        #expect(world.server.switching.count == 2)
        let text = host.disconnects.last?.resultCode.text.map { "\($0)" }
        #expect(text?.contains("max_sessions of peer bras") == true)
    }
}
