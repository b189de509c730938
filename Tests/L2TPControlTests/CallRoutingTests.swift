import L2TPControl
import L2TPWire
import Testing

@Suite struct CallRoutingTests {
    @Test func `MSG-10 a CDN with session id 0 is matched by the peer's own id`() {
        for stage in [Stage.offered, .waitConnect, .connected, .placed] {
            var (peer, id) = ScriptedPeer.withCall(stage)
            let other = peer.connectedCall(501)
            let reaction = peer.say(cdn(.lossOfCarrier))
            #expect(reaction.outputs == [.callClosed(id, .peer(ResultCode(.lossOfCarrier)))])
            #expect(peer.tunnel.sessions.map(\.localID) == [other])
        }
    }

    @Test func `MSG-10 a session id that the peer uses again names its new call`() {
        for stage in [Stage.connected, .placed] {
            var (peer, id) = ScriptedPeer.withCall(stage)
            peer.give(.closeCall(id, ResultCode(.administrative)))
            let next = peer.offerCall(500)
            #expect(next != .none)
            #expect(next != id)
            #expect(peer.say(cdn(.busy)).outputs == [.callClosed(next, .peer(ResultCode(.busy)))])
        }
    }

    @Test func `MSG-10 SSF-06 a CDN for nobody is acknowledged and forgotten`() {
        var (peer, _) = ScriptedPeer.withCall(.connected)
        for (session, assigned) in [(SessionID.none, SessionID(777)), (SessionID(9), call)] {
            let reaction = peer.say(cdn(.busy, assigned), session: session)
            #expect(reaction.messages.isEmpty)
            #expect(reaction.outputs == [.noted(.outOfPlace(.cdn, session))])
            #expect(reaction.sent.map(\.header.nr) == [peer.ns])
        }
        #expect(peer.tunnel.sessionCount == 1)
    }

    @Test func `SSF-06 a CDN that cannot be read frees the call all the same`() {
        var (peer, id) = ScriptedPeer.withCall(.connected)
        let body: [UInt8] =
            [0x80, 8, 0, 0, 0, 0, 0, 14] + [0x80, 7, 0, 0, 0, 1, 1] + [0x80, 8, 0, 0, 0, 14, 0x01, 0xf4]
        let reaction = peer.say(body: body)
        #expect(reaction.demands == [.callClosed(id, .peer(nil))])
        #expect(reaction.messages.isEmpty)
    }

    @Test func `MSG-13 an ICRQ or ICRP for a session that never was makes none and is answered by CDN`() {
        var peer = ScriptedPeer.established()
        for message in [Message.icrq(icrq), .icrp(icrp)] {
            let reaction = peer.say(message, session: SessionID(9))
            #expect(reaction.disconnect?.session == call)
            #expect(reaction.disconnect?.message.resultCode.error == .invalidSessionID)
            #expect(reaction.demands.isEmpty)
        }
        #expect(peer.say(.iccn(.plain), session: SessionID(9)).messages.isEmpty)
        #expect(peer.tunnel.sessionCount == 0)
    }

    @Test func `SSF-01 an ICRP that crossed our CDN is not answered`() {
        var (peer, id) = ScriptedPeer.withCall(.waitReply)
        peer.give(.closeCall(id, ResultCode(.lossOfCarrier)))
        let reaction = peer.say(.icrp(icrp), session: id)
        #expect(reaction.messages.isEmpty)
        #expect(reaction.demands.isEmpty)
    }

    @Test func `SSF-01 an ICRP with another call's session id ends the new call only`() {
        var peer = ScriptedPeer.established()
        let first = peer.connectedOwnCall(500)
        let second = peer.placeCall(serial: 2)
        let reaction = peer.say(.icrp(icrp), session: second)
        #expect(reaction.disconnect?.message.assignedSessionID == second)
        #expect(peer.tunnel.sessions.map(\.localID) == [first])
        #expect(peer.say(cdn(.busy)).outputs == [.callClosed(first, .peer(ResultCode(.busy)))])
    }

    @Test func `PRX-08 line information of an established call goes both ways`() {
        var (peer, id) = ScriptedPeer.withCall(.connected)
        let sli = SLI(lnsLastSentLCP: [1, 4, 5, 220])
        let wen = WEN(callErrors: CallErrors())
        #expect(peer.say(.sli(sli), session: id).outputs == [.linkInfo(id, sli)])
        #expect(peer.say(.wen(wen), session: id).outputs == [.lineErrors(id, wen)])
        let reaction = peer.give(.sendLinkInfo(id, sli), .sendLineErrors(id, wen), .sendLinkInfo(SessionID(9), sli))
        #expect(reaction.messages == [.sli(sli), .wen(wen)])
        #expect(reaction.sent.first?.header.sessionID == call)
    }

    // MARK: Bad AVPs

    @Test func `AVP-04 AVP-05 an unknown mandatory AVP about a call ends that call alone`() {
        var (peer, id) = ScriptedPeer.withCall(.waitConnect)
        let other = peer.connectedCall(501)
        let body = MessageEncoder.encode(.iccn(.plain)) + [0x80, 6, 0, 9, 0, 1]
        let reaction = peer.say(body: body, session: id)
        let code = reaction.disconnect?.message.resultCode
        #expect(code?.result == .seeErrorCode)
        #expect(code?.error == .unknownMandatoryAVP)
        #expect(code?.text?.string.contains("9") == true)
        #expect(peer.tunnel.sessions.map(\.localID) == [other])
        #expect(peer.tunnel.state == .established)
    }

    @Test func `AVP-04 MSG-03 an ICRQ that cannot be accepted is refused to the id that it names`() {
        var peer = ScriptedPeer.established()
        let other = peer.connectedCall(501)
        let unknown = MessageEncoder.encode(.icrq(icrq)) + [0x80, 6, 0, 9, 0, 1]
        let incomplete: [UInt8] = [0x80, 8, 0, 0, 0, 0, 0, 10] + [0x80, 8, 0, 0, 0, 14, 0x01, 0xf4]
        for body in [unknown, incomplete] {
            let reaction = peer.say(body: body)
            #expect(reaction.disconnect?.session == call)
            #expect(reaction.disconnect?.message.resultCode.result == .seeErrorCode)
            #expect(reaction.demands.isEmpty)
        }
        #expect(peer.tunnel.sessions.map(\.localID) == [other])
    }

    @Test(arguments: [Stage.waitReply, .placed, .connected])
    func `AVP-08 SSF-05 a malformed mandatory AVP ends the call that it is about`(stage: Stage) {
        var (peer, id) = ScriptedPeer.withCall(stage)
        // An ICRP whose Assigned Session ID has three octets.
        let body: [UInt8] = [0x80, 8, 0, 0, 0, 0, 0, 11] + [0x80, 9, 0, 0, 0, 14, 1, 2, 3]
        let reaction = peer.say(body: body, session: id)
        #expect(reaction.disconnect != nil)
        #expect(peer.tunnel.sessionCount == 0)
        #expect(peer.tunnel.state == .established)
    }
}
