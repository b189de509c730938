import Addresses
import Configuration
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Linux
import PPP
import PPPoE
import Testing

@testable import L2TPDaemon

/// The LAC's side of outgoing calls, before an LNS that the test plays.
@Suite struct CalleeTests {
    @Test func `SSF-03 the OCCN goes before the subscriber hears of his session`() throws {
        let (world, _, tunnel) = try World.called()
        let id = tunnel.request(at: world.now)
        try world.settle()
        #expect(tunnel.isAccepted(id) && world.ringing == 1)
        #expect(world.plane.sessions.isEmpty, "nothing of the kernel's is spent while it rings")
        let station = world.addSubscriber()
        world.plane.isStalled = true
        station.dial(at: world.now)
        try world.settle()
        #expect(world.ringing == 0 && station.session == nil && tunnel.connection(of: id) == nil)
        world.plane.isStalled = false
        try world.settle()
        #expect(tunnel.connection(of: id)?.txConnectSpeed.bitsPerSecond == 2_000_000, "as fast as was asked for")
        #expect(tunnel.connection(of: id)?.framingType == .synchronous && station.session != nil)
        let callee = try #require(world.key(of: station))
        let call = try #require(world.call(of: station))
        #expect(
            world.plane.calls.last { if case .readCounters = $0 { false } else { true } } == .bridge(callee, call.key))
        tunnel.tell(.closeCall(id, ResultCode(.administrative, text: "enough")), at: world.now)
        #expect(try world.run { station.isTerminated })
        #expect(station.error?.contains("enough") == true, "\(station.error ?? "")")
        try world.expectNothingCalled()
    }

    @Test func `SSF-03 what the LNS says early reaches the subscriber`() throws {
        let (world, _, tunnel) = try World.called()
        let id = tunnel.request(at: world.now)
        let station = world.addSubscriber()
        station.startsLink = false
        station.dial(at: world.now)
        #expect(try world.run { station.session != nil })
        let call = try #require(world.call(of: station))
        let frame = PPPFrame.example
        world.plane.inject(frame, on: call.key)
        try world.settle()
        #expect(station.frames.map(\.encoded) == [frame])
        station.hangUp(at: world.now)
        #expect(try world.run { tunnel.end(of: id) != nil })
        guard case .peer(let code?)? = tunnel.end(of: id) else {
            Issue.record("\(String(describing: tunnel.end(of: id)))")
            return
        }
        #expect(code.result == .lossOfCarrier)
        try world.expectNothingCalled()
    }

    /// What the LNS is told of a call.
    private func refusal(of id: SessionID, in tunnel: ClientTunnel) -> ResultCode<CDNResult>? {
        if case .peer(let code)? = tunnel.end(of: id) { code } else { nil }
    }

    @Test func `SSF-03 an unknown number is an invalid destination`() throws {
        let (world, host, tunnel) = try World.called()
        let id = tunnel.request("5550000", at: world.now)
        try world.settle()
        #expect(refusal(of: id, in: tunnel)?.result == .invalidDestination && host.received(.ocrp) == 0)
        try world.expectNothingCalled()
    }

    @Test func `SSF-03 who is online or being called is busy`() throws {
        let (world, host, tunnel) = try World.called()
        let first = tunnel.request(serial: 1, at: world.now)
        let second = tunnel.request(serial: 2, at: world.now)
        try world.settle()
        #expect(tunnel.isAccepted(first) && refusal(of: second, in: tunnel)?.result == .busy)
        let station = world.addSubscriber()
        station.dial(at: world.now)
        #expect(try world.run { tunnel.connection(of: first) != nil })
        let third = tunnel.request(serial: 3, at: world.now)
        try world.settle()
        #expect(refusal(of: third, in: tunnel)?.result == .busy && host.received(.ocrp) == 1)
        station.hangUp(at: world.now)
        #expect(try world.run { tunnel.end(of: first) != nil })
        // And again when he is free.
        let fourth = tunnel.request(serial: 4, at: world.now)
        try world.settle()
        #expect(tunnel.isAccepted(fourth))
        try world.expectNothingCalled()
    }

    @Test func `SSF-03 SSF-10 limits refuse a call with CDN 4, and calls that ring count`() throws {
        let (world, _, tunnel) = try World.called { configuration in
            configuration.peers[0].maxSessions = 1
            configuration.callees.append(
                Callee(number: "5551235", interface: "access0", mac: MACAddress(2, 0, 0, 0, 0, 2)))
        }
        let first = tunnel.request(serial: 1, at: world.now)
        let second = tunnel.request("5551235", serial: 2, at: world.now)
        try world.settle()
        #expect(tunnel.isAccepted(first))
        #expect(refusal(of: second, in: tunnel)?.result == .noFacilitiesTemporarily)
        #expect(refusal(of: second, in: tunnel)?.text == "max_sessions of peer clients is reached")
        try world.expectNothingCalled()
    }

    @Test func `SSF-03 an interface that is down has no dial tone`() throws {
        let (world, _, tunnel) = try World.called()
        world.segments[0].isUp = false
        let id = tunnel.request(at: world.now)
        try world.settle()
        #expect(refusal(of: id, in: tunnel)?.result == .noDialTone)
        #expect(refusal(of: id, in: tunnel)?.text == "access0 is down")
        try world.expectNothingCalled()
    }

    @Test func `SSF-03 SSF-08 who does not answer in the callee's time ends the call with CDN 10`() throws {
        let (world, _, tunnel) = try World.called { $0.callees[0].timeout = .seconds(200) }
        let id = tunnel.request(at: world.now)
        try world.run(for: .seconds(199))
        #expect(tunnel.end(of: id) == nil && world.ringing == 1)
        try world.run(for: .seconds(2))
        #expect(refusal(of: id, in: tunnel)?.result == .timeout && world.ringing == 0)
        try world.expectNothingCalled()
    }

    @Test(arguments: [true, false])
    func `SSF-03 a caller who gives up or whose tunnel goes ends the ringing`(_ isCall: Bool) throws {
        let (world, _, tunnel) = try World.called()
        let id = tunnel.request(at: world.now)
        try world.settle()
        #expect(world.ringing == 1)
        tunnel.tell(
            isCall ? .closeCall(id, ResultCode(.administrative)) : .close(ResultCode(.generalClear)), at: world.now)
        try world.settle()
        #expect(world.ringing == 0)
        // Who comes now comes by himself.
        let station = try world.openSubscriber(1, "carol@here.example")
        #expect(world.session(of: station)?.role is Subscription)
        station.hangUp(at: world.now)
        try world.expectNothingCalled()
    }

    @Test(arguments: ["/nowhere/at/all", "/bin/false"])
    func `SSF-03 a hook that fails ends the call with an error and its reason`(_ program: String) throws {
        let (world, _, tunnel) = try World.called { $0.callees[0].hook = program }
        let id = tunnel.request(at: world.now)
        let end = Instant.now + .seconds(20)
        while tunnel.end(of: id) == nil, Instant.now < end { try world.settle() }
        let told = try #require(refusal(of: id, in: tunnel))
        #expect(told.result == .seeErrorCode && told.error == .vendorSpecific)
        #expect(told.text?.string.hasPrefix("hook: ") == true)
        #expect(world.ringing == 0)
        try world.expectNothingCalled()
    }

    @Test func `a hook is told whom to wake, and its time is its own`() throws {
        let (program, output) = try Script.write("env | grep ^L2TPD_ | sort | tr '\\n' ' ' >OUTPUT")
        let (world, _, tunnel) = try World.called { $0.callees[0].hook = program }
        let id = tunnel.request(at: world.now)
        let end = Instant.now + .seconds(20)
        while !world.service.clients.hooks.isIdle || Script.text(output).isEmpty, Instant.now < end {
            try world.settle()
        }
        #expect(
            Script.text(output)
                == "L2TPD_EVENT=call L2TPD_INTERFACE=access0 L2TPD_MAC=02:00:00:00:00:01 L2TPD_NUMBER=5551234 ")
        #expect(tunnel.end(of: id) == nil && world.ringing == 1)
        try world.expectNothingCalled()
    }

    @Test(arguments: [InMemoryDataPlane.Kind.createAccessSession, .createSession, .bridge])
    func `SSF-12 what the kernel refuses is refused to both`(_ kind: InMemoryDataPlane.Kind) throws {
        let (world, _, tunnel) = try World.called()
        world.plane.fail(kind, nth: 1)
        let id = tunnel.request(at: world.now)
        let station = world.addSubscriber()
        station.dial(at: world.now)
        #expect(try world.run { tunnel.end(of: id) != nil && world.sessions.isEmpty })
        #expect(refusal(of: id, in: tunnel)?.error == .insufficientResources)
        #expect(station.session == nil && tunnel.connection(of: id) == nil)
        try world.expectNothingCalled()
    }

    @Test(arguments: [true, false])
    func `KA-05 a shutdown ends calls that ring and calls that stand`(_ isAnswered: Bool) throws {
        let (world, host, tunnel) = try World.called()
        let id = tunnel.request(at: world.now)
        let station = world.addSubscriber()
        if isAnswered { station.dial(at: world.now) }
        #expect(try world.run { tunnel.isAccepted(id) && (!isAnswered || station.session != nil) })
        world.service.handle(.terminate, at: world.now)
        #expect(try world.run { world.service.isOver(at: world.now) })
        #expect(host.stops.map(\.resultCode.result) == [.shuttingDown] && station.isTerminated == isAnswered)
        try world.expectNothingCalled()
    }

    @Test func `a reload changes whom may be called, and calls that ring ring on`() throws {
        let (world, _, tunnel) = try World.called()
        let first = tunnel.request(serial: 1, at: world.now)
        try world.settle()
        world.service.lac.callees.apply([])
        let second = tunnel.request(serial: 2, at: world.now)
        try world.settle()
        #expect(refusal(of: second, in: tunnel)?.result == .invalidDestination && world.ringing == 1)
        let station = world.addSubscriber()
        station.dial(at: world.now)
        #expect(try world.run { tunnel.connection(of: first) != nil })
        station.hangUp(at: world.now)
        try world.expectNothingCalled()
    }
}

extension PPPFrame {
    /// An LCP Configure-Request without options.
    fileprivate static let example: [UInt8] = [0xc0, 0x21, 1, 1, 0, 4]
}
