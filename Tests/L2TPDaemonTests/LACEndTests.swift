import Addresses
import Configuration
import ControlProtocol
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Netlink
import PPP
import PPPoE
import Testing

@testable import L2TPDaemon

/// How subscribers' sessions end, and what each side hears.
@Suite struct LACEndTests {
    /// A subscriber who is through to the LNS, with the two sides of his bridge.
    private func connected(
        _ change: (inout Configuration) -> Void = { _ in }
    ) throws -> (World, SubscriberStation, session: PPPSession, call: PPPSession, lns: PPPSession) {
        let world = try World { configuration, network in
            configuration.addAccess(to: network)
            change(&configuration)
        }
        let station = try world.openSubscriber()
        return (
            world, station, try #require(world.session(of: station)), try #require(world.call(of: station)),
            try #require(world.incoming.first)
        )
    }

    @Test func `SSF-01 POE-06 a PADT ends the call with a loss of carrier, and is not answered`() throws {
        let (world, station, _, _, lns) = try connected()
        station.hangUp(at: world.now)
        try world.expectNothingLeftOfSubscribers()
        #expect(!station.isTerminated && station.discovery.count { $0.code == .padt } == 0)
        #expect(lns.end?.contains("loss of carrier (1)") == true, "\(lns.end ?? "")")
    }

    @Test func `SSF-01 an access channel that hangs up ends the call and is told by PADT`() throws {
        let (world, station, session, _, lns) = try connected()
        world.plane.hangUp(session.key)
        try world.expectNothingLeftOfSubscribers()
        #expect(station.isTerminated && lns.end?.contains("loss of carrier (1)") == true)
    }

    @Test func `POE-06 a CDN ends the subscriber's session with PADT and its reason`() throws {
        let (world, station, session, _, lns) = try connected()
        world.server.carryOut(
            [.close(lns.key, Disconnection(.noFacilitiesTemporarily, text: "out of lines"))], at: world.now)
        try world.expectNothingLeftOfSubscribers()
        #expect(station.isTerminated && station.error?.contains("out of lines") == true, "\(station.error ?? "")")
        #expect(session.isEnding)
    }

    @Test func `POE-06 the PADT comes when the kernel has nothing of the session any more`() throws {
        let (world, station, _, call, _) = try connected()
        world.plane.isStalled = true
        world.server.closeSession(call.key, at: world.now)
        try world.settle()
        #expect(!station.isTerminated)
        world.plane.isStalled = false
        try world.expectNothingLeftOfSubscribers()
        #expect(station.isTerminated)
    }

    @Test func `POE-06 a StopCCN ends every subscriber of the tunnel`() throws {
        let (world, station, _, call, _) = try connected()
        let other = try world.openSubscriber(2)
        let here = try world.openSubscriber(3, "carol@here.example")
        let context = try #require(world.server.context(call.key.tunnel))
        world.server.closeTunnel(context, ResultCode(.generalClear), at: world.now)
        #expect(try world.run { station.isTerminated && other.isTerminated })
        #expect(here.isOpen && !here.isTerminated)
        here.hangUp(at: world.now)
        try world.expectNothingLeftOfSubscribers()
    }

    @Test(arguments: [true, false])
    func `session close by either name ends both sides`(_ isSubscriber: Bool) throws {
        let (world, station, session, call, lns) = try connected()
        let control = try world.addControlClient()
        let key = isSubscriber ? session.key : call.key
        try control.ask(.closeSessions([SessionName(tunnelID: key.tunnel, sessionID: key.session)]))
        #expect(try world.run { station.isTerminated })
        try world.expectNothingLeftOfSubscribers()
        #expect(lns.end?.contains("administrative reasons (3)") == true, "\(lns.end ?? "")")
    }

    @Test func `SIGTERM tells every subscriber by PADT and every LNS by StopCCN`() throws {
        let (world, station, _, _, lns) = try connected()
        let here = try world.openSubscriber(2, "carol@here.example")
        world.service.handle(.terminate, at: world.now)
        #expect(try world.run(atMost: .seconds(6)) { world.service.isOver(at: world.now) })
        try world.settle()
        #expect(station.isTerminated && here.isTerminated && world.plane.isIdle && world.sessions.isEmpty)
        #expect(lns.end?.contains("tunnel") == true, "\(lns.end ?? "")")
        let late = world.addSubscriber(3)
        late.dial(at: world.now)
        try world.settle()
        #expect(late.failure == .refused(.system("shutting down")))
    }

    @Test func `a wrong password is told by the LNS, and nothing is left`() throws {
        let world = try World { configuration, network in configuration.addAccess(to: network) }
        let station = world.addSubscriber(1, "alice@example.net", "wrong")
        station.dial(at: world.now)
        #expect(try world.run { station.isTerminated })
        #expect(station.linkEnd == .authenticationFailed(.chapMD5, .local))
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `an LNS that refuses ends in LCP Terminate, then PADT`() throws {
        let world = try World { configuration, network in
            configuration.addAccess(to: network)
            configuration.peers[0].maxSessions = 1
        }
        let first = try world.openSubscriber()
        let second = world.addSubscriber(2)
        second.dial(at: world.now)
        #expect(try world.run { second.isTerminated })
        #expect(second.frames.contains { $0.protocolNumber == .lcp && $0.information.first == 5 }, "LCP said so before")
        #expect(second.error?.contains("no LNS took the call") == true, "\(second.error ?? "")")
        #expect(first.isOpen && world.subscriptions.count == 1)
        first.hangUp(at: world.now)
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `an LNS that is not there is passed over for the next`() throws {
        let world = try World { configuration, network in
            configuration.addAccess(to: network)
            let dead = RemoteLNS(place: .address(network.address(99)), port: network.server.port)
            configuration.groups[0].members.insert(.init(lns: dead), at: 0)
            configuration.groups[0].members[1].preference = 1
            configuration.realms[0] = Realm(.name("example.net"), .tunnel(configuration.groups[0]))
        }
        let station = world.addSubscriber()
        station.dial(at: world.now)
        #expect(try world.run(atMost: .seconds(60)) { world.session(of: station)?.isBridged == true })
        #expect(try world.run { station.isOpen })
        station.hangUp(at: world.now)
        try world.expectNothingLeftOfSubscribers()
    }

    /// A subscriber whose LNS does not answer: a socket that nobody serves.
    private func waiting() throws -> (World, SubscriberStation, PPPSession) {
        let world = try World { configuration, network in
            configuration.addAccess(to: network)
            let dead = RemoteLNS(place: .address(network.address(99)), port: network.server.port)
            configuration.groups[0].members[0].lns = dead
            configuration.realms[0] = Realm(.name("example.net"), .tunnel(configuration.groups[0]))
        }
        let station = world.addSubscriber()
        station.dial(at: world.now)
        #expect(try world.run { world.server.placedCalls.count == 1 })
        return (world, station, try #require(world.session(of: station)))
    }

    @Test func `while an LNS is sought echoes are answered, and a Terminate ends it all`() throws {
        let (world, station, session) = try waiting()
        #expect(session.state == "authenticate" && session.user == "alice@example.net")
        let magic = station.link.localParameters.magicNumber
        let octets = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: magic >> UInt32($0)) }
        station.say(PPPFrame(.lcp, [9, 77, 0, 8] + octets))
        try world.settle()
        #expect(station.frames.contains { $0.protocolNumber == .lcp && $0.information.starts(with: [10, 77]) })
        station.give(.close(.administrative), at: world.now)
        #expect(try world.run { station.isTerminated })
        #expect(world.server.placedCalls.isEmpty)
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `a PADT while an LNS is sought ends the call that was asked for`() throws {
        let (world, station, _) = try waiting()
        station.hangUp(at: world.now)
        try world.settle()
        #expect(world.server.placedCalls.isEmpty && world.sessions.isEmpty)
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `a link that is negotiated anew while the LNS is asked takes the same call`() throws {
        let (world, station, session) = try waiting()
        let call = try #require(world.subscriptions[session.key]?.destination.call)
        station.say(PPPFrame(.lcp, [1, 200, 0, 4]))
        try world.settle()
        #expect(station.frames.contains { $0.information.starts(with: [2, 200]) })
        #expect(station.frames.count { $0.protocolNumber == .chap } == 2, "asked a second time")
        #expect(
            world.subscriptions[session.key]?.destination.call === call
                && world.server.placedCalls.count == 1)
        #expect(session.state == "authenticate")
        station.hangUp(at: world.now)
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `SSF-12 a bridge that the kernel refuses ends both sides`() throws {
        let world = try World { configuration, network in configuration.addAccess(to: network) }
        world.plane.fail(.bridge, nth: 1)
        let station = world.addSubscriber()
        station.dial(at: world.now)
        #expect(try world.run { station.isTerminated })
        #expect(world.statistic(.dataPlaneFailures) == 1)
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `SSF-12 a subscriber's session that the kernel refuses is refused by PADS`() throws {
        let world = try World { configuration, network in configuration.addAccess(to: network) }
        world.plane.fail(.createAccessSession, nth: 1)
        let station = world.addSubscriber()
        station.dial(at: world.now)
        #expect(try world.run { station.failure != nil })
        guard case .refused(.system)? = station.failure else {
            Issue.record("\(String(describing: station.failure))")
            return
        }
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `SSF-12 a call whose session the kernel refuses ends the subscriber's session`() throws {
        let world = try World { configuration, network in configuration.addAccess(to: network) }
        world.plane.fail(.createSession, nth: 2)
        let station = world.addSubscriber()
        station.dial(at: world.now)
        #expect(try world.run { station.isTerminated })
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `SSF-07 what a subscriber says while the kernel bridges reaches the LNS`() throws {
        let world = try World { configuration, network in
            configuration.addAccess(to: network, methods: [])
            configuration.changeProfile { $0.authentication = [] }
            configuration.accessInterfaces[0].group = configuration.groups[0]
        }
        // A subscriber whom nobody asks begins IPCP at once, long before there is an LNS.
        let station = try world.openSubscriber()
        let requests = station.frames.filter { $0.protocolNumber == .ipcp }
        #expect(station.isOpen && !requests.isEmpty)
        let order = world.plane.calls.filter { [.bridge, .createSession].contains($0.kind) }.map(\.kind)
        #expect(order.last == .bridge)
        station.hangUp(at: world.now)
        try world.expectNothingLeftOfSubscribers()
    }

    @Test func `show sessions lists a subscriber once, with his call's counters`() throws {
        let (world, _, session, call, lns) = try connected()
        world.plane.counters[call.key] = {
            var counters = SessionCounters()
            counters.receivedPackets = 3
            counters.receivedOctets = 300
            return counters
        }()
        let control = try world.addControlClient()
        try control.ask(.showSessions(SessionFilter()))
        #expect(try world.run { control.endCount != nil })
        let records = control.replies.compactMap { if case .session(let record) = $0 { record } else { nil } }
        #expect(records.count == 2, "the LNS's and the LAC's, which is one")
        let record = try #require(records.first { $0.role == "lac" })
        #expect(record.tunnelID == 0 && record.sessionID == session.key.session && record.state == "bridged")
        #expect(record.bridgedTo == "\(call.key)" && record.peerSessionID == lns.key.session)
        #expect(record.user == "alice@example.net" && record.realm == "example.net")
        #expect(record.mac == "02:00:00:00:00:01" && record.accessInterface == "access0")
        #expect(record.rxPackets == 3 && record.rxBytes == 300)
    }
}
