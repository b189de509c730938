import Addresses
import Configuration
import ControlProtocol
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import PPP
import PPPoE
import Testing

@testable import L2TPDaemon

/// Outgoing calls whose LNS and LAC are one daemon, and the LNS before a LAC that the test plays.
@Suite struct OutgoingCallTests {
    @Test func `SSF-03 SSF-04 MSG-06 a subscriber is called, answers and is through to the LNS`() throws {
        let world = try World.calling()
        let client = try world.order()
        #expect(client.record == nil && world.ringing == 1 && world.sessions.count == 1)
        let waiting = try #require(world.sessions.all.first)
        #expect(waiting.state == "wait-connect" && waiting.role.side == .lns)
        let station = world.addSubscriber()
        station.dial(at: world.now)
        #expect(try world.run { station.isOpen && world.sessions.all.allSatisfy(\.isOpen) })
        #expect(station.address == IPv4Address(100, 64, 0, 2), "the address is the LNS's")
        let record = try #require(client.record)
        #expect(record.failure == nil && record.calledNumber == "5551234" && record.peer == "clients")
        #expect(record.session == SessionName(tunnelID: waiting.key.tunnel, sessionID: waiting.key.session))

        let callee = try #require(world.session(of: station))
        let call = try #require(world.call(of: station))
        #expect(waiting.state == "open" && waiting.user == "alice@example.net")
        #expect(callee.state == "bridged" && call.state == "bridged")
        #expect(world.plane.sessions[callee.key]?.bridge == call.key)
        #expect(world.plane.sessions[call.key]?.parameters == SessionParameters(isLNS: false))
        #expect(world.plane.sessions[waiting.key]?.parameters == SessionParameters(isLNS: true))
        // Nobody at the LAC has a word in it.
        #expect(waiting.connection?.proxyLCP == nil && callee.link.phase == .dead && call.link.phase == .dead)
        #expect(world.plane.sessions.values.count { $0.unit != nil } == 1)
        #expect(world.ringing == 0 && world.server.placedCalls.isEmpty)
        station.hangUp(at: world.now)
        try world.expectNothingCalled()
        #expect(waiting.end?.contains("loss of carrier (1)") == true, "\(waiting.end ?? "")")
    }

    @Test func `sessions are shown with their direction and the number that was called`() throws {
        let world = try World.calling()
        let (_, station, lns) = try world.answered()
        let client = try world.addControlClient()
        try client.ask(.showSessions(SessionFilter()))
        #expect(try world.run { client.endCount != nil })
        let rows = client.replies.compactMap { if case .session(let row) = $0 { row } else { nil } }
        #expect(rows.count == 2 && rows.allSatisfy { $0.direction == "outgoing" && $0.calledNumber == "5551234" })
        let callee = try #require(rows.first { $0.role == "lac" })
        #expect(callee.mac == "\(station.mac)" && callee.accessInterface == "access0" && callee.bridgedTo != nil)
        let row = try #require(rows.first { $0.role == "lns" })
        #expect(row.sessionID == lns.key.session && row.user == "alice@example.net" && row.peer == "clients")
        #expect(row.callSerialNumber == callee.callSerialNumber)
        station.hangUp(at: world.now)
        try world.expectNothingCalled()
    }

    @Test(arguments: [true, false])
    func `session close at either end ends the call at both`(_ isLNS: Bool) throws {
        let world = try World.calling()
        let (_, station, lns) = try world.answered()
        world.server.closeSession(isLNS ? lns.key : try #require(world.key(of: station)), at: world.now)
        try world.expectNothingCalled()
        #expect(station.isTerminated)
    }

    @Test func `a tunnel group is asked through a tunnel that is opened for the call`() throws {
        let world = try World { configuration, network in
            configuration.addCallee(to: network)
            configuration.groups[0].isPersistent = false
            configuration.groups[0].ppp = configuration.profiles[0]
        }
        let client = try world.order(of: "isp")
        #expect(try world.run { world.ringing == 1 })
        let station = world.addSubscriber()
        station.dial(at: world.now)
        #expect(try world.run { station.isOpen })
        #expect(client.record?.session != nil, "\(client.replies)")
        station.hangUp(at: world.now)
        try world.expectNothingCalled()
    }

    // MARK: - What is refused before anybody is asked

    @Test func `MSG-06 a LAC without Bearer Capabilities is never asked`() throws {
        let world = try World()
        let none: [BearerCapabilities?] = [nil, []]
        for (number, capabilities) in none.enumerated() {
            let (host, tunnel) = try world.openTunnel(host: 2 + number) { $0.bearerCapabilities = capabilities }
            let client = try world.order()
            #expect(client.error?.message == "\"clients\" places no calls: it has announced no Bearer Capabilities")
            #expect(tunnel.requests.isEmpty && host.received(.ocrq) == 0)
        }
        let (_, able) = try world.openTunnel(host: 4) { $0.bearerCapabilities = .analog }
        _ = try world.order()
        #expect(able.requests.map(\.request.bearerType) == [.analog], "the one that can is chosen, and as it can")
    }

    @Test(arguments: [true, false])
    func `MSG-06 a LAC says that it places calls where it has whom to call`(_ hasCallees: Bool) throws {
        let world = try World { configuration, network in
            configuration.addCallee(to: network)
            if !hasCallees { configuration.callees = [] }
        }
        #expect(try world.run { world.server.table.all.count(where: \.isOpen) == 2 })
        let expected: BearerCapabilities? = hasCallees ? .digital : nil
        #expect(world.server.table.all.allSatisfy { $0.machine.peer?.bearerCapabilities == expected })
        try world.expectNothingCalled()
    }

    @Test func `an order that nobody can be asked for is refused with the reason`() throws {
        let world = try World { configuration, network in
            configuration.addCallee(to: network)
            configuration.groups[0].isPersistent = false
            var switched = configuration.peers[0]
            switched.name = "switched"
            switched.addresses = []
            switched.hostNames = ["nobody"]
            switched.ending = .tunnel(configuration.groups[0])
            configuration.peers.append(switched)
            configuration.peers[0].maxSessions = 1
        }
        #expect(
            try world.order(of: "nowhere").error
                == ControlError(
                    code: .notFound, message: "no [[peer]] and no [[tunnel_group]] is named \"nowhere\""))
        #expect(
            try world.order().error
                == ControlError(code: .notFound, message: "[[peer]] \"clients\" has no open tunnel"))
        #expect(try world.order(of: "isp").error?.code == .failed)
        #expect(try world.order(of: "switched").error?.message.contains("switched on") == true)
        let (_, tunnel) = try world.openTunnel { $0.bearerCapabilities = .digital }
        _ = try world.openCall(in: tunnel)
        #expect(
            try world.order().error
                == ControlError(code: .busy, message: "max_sessions of peer clients is reached"))
        #expect(tunnel.requests.isEmpty)
    }

    // MARK: - The LNS before a LAC that the test plays

    /// An LNS that has asked a LAC for a call.
    private func asking(timeout: Int = 60) throws -> (World, Host, ClientTunnel, ControlPeer, SessionID) {
        let world = try World()
        let (host, tunnel) = try world.openTunnel { $0.bearerCapabilities = .digital }
        let client = try world.order(timeout: timeout)
        let asked = try #require(tunnel.requests.first)
        #expect(asked.request.calledNumber == "5551234" && asked.request.bearerType == .digital)
        #expect(asked.request.framingType == .synchronous && asked.request.callSerialNumber > 1_000_000)
        #expect(world.plane.sessions.isEmpty, "SSF-07: the LAC's id is not known")
        return (world, host, tunnel, client, asked.id)
    }

    private func finish(_ world: World, _ tunnel: ClientTunnel) throws {
        #expect(try world.run { world.sessions.isEmpty })
        tunnel.tell(.close(ResultCode(.generalClear)), at: world.now)
        try world.expectNothingLeft()
        #expect(world.server.placedCalls.isEmpty && world.service.control.waiting.isEmpty)
    }

    @Test func `SSF-04 an OCCN that comes before the kernel's session waits for it`() throws {
        let (world, _, tunnel, client, id) = try asking()
        world.plane.isStalled = true
        tunnel.tell(.acceptOutgoingCall(id, OCRP(assignedSessionID: .none)), at: world.now)
        tunnel.tell(.connectOutgoingCall(id, .answer), at: world.now)
        try world.settle()
        let session = try #require(world.sessions.all.first)
        #expect(session.state == "wait-connect" && client.record == nil)
        world.plane.isStalled = false
        try world.settle()
        #expect(session.isLinked && session.link.phase == .establish && client.record?.session != nil)
        #expect(session.connection?.txConnectSpeed.bitsPerSecond == 64_000)
        tunnel.tell(.closeCall(id, ResultCode(.lossOfCarrier)), at: world.now)
        try finish(world, tunnel)
    }

    @Test(arguments: [CDNResult.busy, .invalidDestination, .noFacilitiesTemporarily], [true, false])
    func `SSF-04 a LAC's CDN is the order's answer, before its OCRP and behind it`(
        _ result: CDNResult, _ isAccepted: Bool
    ) throws {
        let (world, _, tunnel, client, id) = try asking()
        if isAccepted { tunnel.tell(.acceptOutgoingCall(id, OCRP(assignedSessionID: .none)), at: world.now) }
        tunnel.tell(.closeCall(id, ResultCode(result, text: "as it is")), at: world.now)
        #expect(try world.run { client.record != nil })
        #expect(client.record?.resultCode == result.rawValue && client.record?.session == nil)
        #expect(client.record?.failure?.contains("as it is") == true)
        try finish(world, tunnel)
    }

    @Test(arguments: [true, false])
    func `SSF-04 a call that is not connected in time is given up`(_ isAccepted: Bool) throws {
        let (world, host, tunnel, client, id) = try asking(timeout: 5)
        if isAccepted {
            let reply = OCRP(assignedSessionID: .none)
            tunnel.tell(.acceptOutgoingCall(id, reply, answerWithin: .seconds(100)), at: world.now)
        }
        try world.run(for: .seconds(4))
        #expect(client.record == nil)
        try world.run(for: .seconds(2))
        #expect(client.record?.failure == "nobody answered in time")
        #expect(host.disconnects.map(\.resultCode.result) == [.administrative])
        try finish(world, tunnel)
    }

    @Test(arguments: [true, false])
    func `an operator who goes away gives his call up`(_ isAccepted: Bool) throws {
        let (world, host, tunnel, _, id) = try asking()
        if isAccepted { tunnel.tell(.acceptOutgoingCall(id, OCRP(assignedSessionID: .none)), at: world.now) }
        try world.settle()
        world.controlClients = []
        try world.settle()
        #expect(host.disconnects.map(\.resultCode.result) == [.administrative])
        try finish(world, tunnel)
    }

    @Test func `SSF-12 a session that the kernel refuses ends the call with a code`() throws {
        let (world, host, tunnel, client, id) = try asking()
        world.plane.fail(.createSession, nth: 1)
        tunnel.tell(.acceptOutgoingCall(id, OCRP(assignedSessionID: .none)), at: world.now)
        try world.settle()
        #expect(host.disconnects.map(\.resultCode.error) == [.insufficientResources])
        #expect(client.record?.failure?.contains("kernel") == true, "\(client.replies)")
        try finish(world, tunnel)
    }

    @Test func `a tunnel that goes takes the order along`() throws {
        let (world, _, tunnel, client, id) = try asking()
        tunnel.tell(.acceptOutgoingCall(id, OCRP(assignedSessionID: .none)), at: world.now)
        tunnel.tell(.close(ResultCode(.shuttingDown)), at: world.now)
        #expect(try world.run { client.record?.failure?.contains("tunnel") == true })
        try world.expectNothingLeft()
    }
}

extension OCCN {
    fileprivate static let answer = OCCN(
        txConnectSpeed: ConnectSpeed(bitsPerSecond: 64_000), framingType: .synchronous)
}
