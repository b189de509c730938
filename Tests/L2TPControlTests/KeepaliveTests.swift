import L2TPControl
import L2TPWire
import Testing

extension ScriptedPeer {
    /// When the tunnel sends a HELLO, first or again, in seconds until `end`.
    fileprivate mutating func hellos(until end: Double, every step: Double = 0.5) -> [Double] {
        var times: [Double] = []
        var time = 0.0
        while time < end {
            time += step
            if wait(until: time).types.contains(.hello) { times.append(time) }
        }
        return times
    }

    fileprivate static let stop = Message.stopCCN(
        StopCCN(assignedTunnelID: tunnelID, resultCode: ResultCode(.generalClear)))
}

@Suite struct KeepaliveTests {
    @Test func `KA-01 MSG-12 a HELLO goes out after 60 seconds of silence, for the tunnel as a whole`() {
        var peer = ScriptedPeer.established()
        #expect(peer.wait(until: 59.999).sent.isEmpty)
        let reaction = peer.wait(until: 60)
        #expect(reaction.messages == [.hello(Hello())])
        #expect(reaction.sent.first?.header.sessionID == SessionID.none)
        // Its acknowledgement was something heard.
        #expect(peer.tunnel.deadline == seconds(120))
    }

    @Test func `KA-01 what is received, control or data, puts the HELLO off`() {
        var peer = ScriptedPeer.established()
        peer.wait(until: 50)
        peer.give(.dataReceived)
        #expect(peer.wait(until: 109.999).types == [])
        peer.say(.hello(Hello()))
        #expect(peer.wait(until: 169.9).types == [])
        #expect(peer.wait(until: 170).types == [.hello])
    }

    @Test func `KA-01 KA-02 no HELLO is sent where none is asked for, and none is missed`() {
        var peer = ScriptedPeer.established { $0.helloInterval = nil }
        #expect(peer.tunnel.deadline == nil)
        peer.wait(until: 100_000)
        #expect(peer.tunnel.state == .established)
    }

    @Test func `KA-02 a peer that only acknowledges lives on`() {
        var peer = ScriptedPeer.established()
        #expect(peer.hellos(until: 600, every: 1).count == 10)
        #expect(peer.tunnel.state == .established)
    }

    @Test func `KA-01 KA-03 a dead peer is noticed after 60 and 1, 2, 4, 8 and 8 seconds and its calls end`() {
        var peer = ScriptedPeer.established { $0.callSetupTimeout = .seconds(600) }
        let calls = [peer.connectedCall(1), peer.connectedCall(2), peer.offerCall(3)]
        peer.acknowledges = false
        #expect(peer.hellos(until: 82.5) == [60, 61, 63, 67, 75])
        let reaction = peer.wait(until: 83)
        let ends = calls.sorted { $0.rawValue < $1.rawValue }.map { TunnelOutput.callClosed($0, .tunnel(.peerLost)) }
        #expect(reaction.outputs == ends + [.closed(.peerLost), .finished])
        #expect(reaction.sent.isEmpty)
        #expect(peer.tunnel.sessionCount == 0)
        #expect(peer.tunnel.deadline == nil)
    }

    @Test func `KA-01 while a message is unacknowledged no HELLO is added`() throws {
        var peer = ScriptedPeer.established {
            $0.helloInterval = .milliseconds(500)
            $0.callSetupTimeout = .seconds(600)
        }
        peer.acknowledges = false
        peer.acceptedCall(1)
        try #require(peer.tunnel.deadline == seconds(1))
        #expect(peer.wait(until: 10).types == [.icrp, .icrp, .icrp])
        #expect(peer.tunnel.statistics.queueDepth == 1)
    }

    @Test func `MSG-12 a HELLO is acknowledged and not answered`() {
        var peer = ScriptedPeer.established()
        let reaction = peer.say(.hello(Hello()))
        #expect(reaction.messages.isEmpty)
        #expect(reaction.outputs.isEmpty)
        #expect(reaction.sent.map(\.header.nr) == [peer.ns])
    }

    @Test func `MSG-13 a HELLO with a session id changes nothing but is noted`() {
        var peer = ScriptedPeer.established()
        let reaction = peer.say(.hello(Hello()), session: SessionID(9))
        #expect(reaction.outputs == [.noted(.outOfPlace(.hello, SessionID(9)))])
        #expect(peer.tunnel.state == .established)
        #expect(peer.tunnel.sessionCount == 0)
    }

    // MARK: Probe

    @Test func `KA-02 a probe that is acknowledged says that the peer is alive`() {
        var peer = ScriptedPeer.established()
        let reaction = peer.give(.probe)
        #expect(reaction.types == [.hello])
        #expect(reaction.outputs == [.probed(isAlive: true)])
    }

    @Test func `KA-02 a probe that is not acknowledged in its own time says so and leaves the tunnel`() {
        var peer = ScriptedPeer.established { $0.probeTimeout = .seconds(2) }
        peer.acknowledges = false
        #expect(peer.give(.probe, .probe).types == [.hello])
        #expect(peer.wait(until: 1.9).outputs.isEmpty)
        #expect(peer.wait(until: 2).outputs == [.probed(isAlive: false)])
        #expect(peer.tunnel.state == .established)
        #expect(peer.give(.abandon).outputs == [.closed(.abandoned), .finished])
        #expect(peer.give(.probe).outputs == [.probed(isAlive: false)])
    }

    @Test func `a probe ends with its tunnel`() {
        var peer = ScriptedPeer.established()
        peer.acknowledges = false
        peer.give(.probe)
        #expect(peer.say(ScriptedPeer.stop).outputs.first == .probed(isAlive: false))
    }

    @Test func `a timeout that comes too early does nothing`() {
        var peer = ScriptedPeer.established { $0.linger = .seconds(5) }
        peer.acceptedCall(1)
        peer.acknowledges = false
        peer.give(.probe)
        let deadline = peer.tunnel.deadline
        for _ in 0..<3 {
            let reaction = peer.give(.timeout)
            #expect(reaction.sent.isEmpty)
            #expect(reaction.outputs.isEmpty)
        }
        #expect(peer.tunnel.deadline == deadline)
        #expect(peer.tunnel.statistics.window.size > 1)
    }

    // MARK: The end of a tunnel

    @Test func `KA-04 CCF-07 after the peer's StopCCN the calls end at once and the id is kept for 31 seconds`() {
        var peer = ScriptedPeer.established()
        let call = peer.connectedCall(1)
        let code = ResultCode<StopCCNResult>(.generalClear)
        let reaction = peer.say(ScriptedPeer.stop)
        #expect(reaction.outputs == [.callClosed(call, .tunnel(.peer(code))), .closed(.peer(code))])
        #expect(reaction.sent.map(\.header.nr) == [peer.ns])
        #expect(reaction.messages.isEmpty)
        #expect(peer.tunnel.state == .held)
        for time in [1.0, 3, 7, 15, 30] {
            peer.wait(until: time)
            peer.ns = peer.ns.advanced(by: -1)
            let again = peer.say(ScriptedPeer.stop)
            #expect(again.sent.map(\.header.nr) == [peer.ns])
            #expect(again.outputs.isEmpty)
        }
        #expect(peer.wait(until: 30.999).outputs.isEmpty)
        #expect(peer.wait(until: 31).outputs == [.finished])
        #expect(peer.give(.timeout).outputs.isEmpty)
    }

    @Test func `KA-05 our StopCCN is sent until it is acknowledged, and that is reported`() {
        var peer = ScriptedPeer.established()
        let call = peer.connectedCall(1)
        peer.acknowledges = false
        let code = ResultCode<StopCCNResult>(.shuttingDown)
        let reaction = peer.give(.close(code))
        #expect(reaction.outputs == [.callClosed(call, .tunnel(.local(code))), .closed(.local(code))])
        #expect(reaction.types == [.stopCCN])
        #expect(peer.wait(until: 1).types == [.stopCCN])
        #expect(peer.wait(until: 3).types == [.stopCCN])
        let header = ControlHeader(tunnelID: ScriptedPeer.localTunnelID, ns: peer.ns, nr: peer.nr)
        #expect(peer.give(.datagram(header, body: [])).outputs == [.stopAcknowledged])
        #expect(peer.wait(until: 30.9).sent.isEmpty)
        #expect(peer.wait(until: 31).outputs == [.finished])
    }

    @Test func `KA-05 a StopCCN that nobody acknowledges ends with the cycle`() {
        var peer = ScriptedPeer.established()
        peer.acknowledges = false
        peer.give(.close(ResultCode(.shuttingDown)))
        let reaction = peer.wait(until: 23)
        #expect(reaction.types == [.stopCCN, .stopCCN, .stopCCN, .stopCCN])
        #expect(reaction.outputs == [.finished])
    }

    @Test func `KA-05 KA-04 two StopCCNs that cross end both sides`() {
        var peer = ScriptedPeer.established()
        peer.acknowledges = false
        peer.give(.close(ResultCode(.shuttingDown)))
        let reaction = peer.say(ScriptedPeer.stop)
        #expect(reaction.outputs == [.stopAcknowledged])
        #expect(reaction.sent.map(\.header.nr) == [peer.ns])
        #expect(peer.wait(until: 30).sent.isEmpty)
        #expect(peer.wait(until: 31).outputs == [.finished])
    }

    @Test func `KA-05 what comes after our StopCCN is acknowledged and does nothing`() {
        var peer = ScriptedPeer.established()
        peer.give(.close(ResultCode(.shuttingDown)))
        let reaction = peer.say(.icrq(ICRQ(assignedSessionID: SessionID(1), callSerialNumber: 1)))
        #expect(reaction.outputs.isEmpty)
        #expect(reaction.sent.map(\.header.nr) == [peer.ns])
        #expect(peer.give(.open, .close(ResultCode(.generalClear)), .acceptCall(SessionID(1))).outputs.isEmpty)
    }

    @Test func `CCF-07 a StopCCN whose codes cannot be read ends the tunnel all the same`() {
        var peer = ScriptedPeer.established()
        // A Result Code of one octet.
        let body: [UInt8] =
            [0x80, 8, 0, 0, 0, 0, 0, 4] + [0x80, 8, 0, 0, 0, 9, 0x12, 0x34] + [0x80, 7, 0, 0, 0, 1, 1]
        let reaction = peer.say(body: body)
        #expect(reaction.demands == [.closed(.peer(nil))])
        #expect(reaction.messages.isEmpty)
        #expect(peer.tunnel.state == .held)
    }

    @Test func `a hold can be cut short`() {
        var peer = ScriptedPeer.established()
        peer.say(ScriptedPeer.stop)
        #expect(peer.give(.abandon).outputs == [.finished])
        #expect(peer.tunnel.deadline == nil)
    }
}
