import Instants
import L2TPControl
import L2TPWire
import Testing

/// A tunnel of a LAC that can place calls on digital bearers.
private func lac() -> ScriptedPeer {
    ScriptedPeer.established { $0.bearerCapabilities = .digital }
}

@Suite struct OutgoingCallTests {
    // MARK: The usual course

    @Test func `SSF-03 SSF-09 the LAC is asked for a call, places it when its owner agrees, and connects it`() {
        var peer = lac()
        let request = OCRQ.plain(call, serial: 9)
        let asked = peer.say(.ocrq(request))
        guard case .outgoingCallRequested(let id, request)? = asked.outputs.first else {
            Issue.record("not requested")
            return
        }
        // The request is acknowledged though nobody has decided.
        #expect(asked.messages.isEmpty)
        #expect(asked.sent.map(\.header.nr) == [peer.ns])
        #expect(peer.tunnel.sessions.map(\.summary) == ["\(id) 500 lac outgoing offered 9"])
        peer.wait(until: 5)
        // It cannot be connected before it was placed.
        #expect(peer.give(.connectOutgoingCall(id, .plain)).sent.isEmpty)
        let reply = peer.give(.acceptOutgoingCall(id, OCRP(assignedSessionID: .none, physicalChannelID: 7)))
        #expect(reply.messages == [.ocrp(OCRP(assignedSessionID: id, physicalChannelID: 7))])
        #expect(reply.sent.first?.header.sessionID == call)
        #expect(peer.tunnel.session(id)?.state == .waitCsAnswer)
        #expect(peer.give(.acceptOutgoingCall(id, OCRP(assignedSessionID: .none))).sent.isEmpty)
        let connection = peer.give(.connectOutgoingCall(id, .plain))
        #expect(connection.messages == [.occn(.plain)])
        #expect(connection.sent.first?.header.sessionID == call)
        #expect(peer.tunnel.sessions.map(\.summary) == ["\(id) 500 lac outgoing established 9"])
        #expect(peer.give(.connectOutgoingCall(id, .plain)).sent.isEmpty)
    }

    @Test func `SSF-04 SSF-07 the LNS asks for a call and learns the LAC's id before the call is connected`() {
        var peer = ScriptedPeer.established()
        let request = peer.give(.placeOutgoingCall(.plain(serial: 3)))
        guard case .callPlaced(let id, 3)? = request.outputs.first else {
            Issue.record("not placed")
            return
        }
        #expect(request.messages == [.ocrq(.plain(id, serial: 3))])
        #expect(request.sent.first?.header.sessionID == SessionID.none)
        #expect(peer.tunnel.session(id)?.state == .waitReply)
        let reply = peer.say(.ocrp(ocrp), session: id)
        #expect(reply.outputs == [.outgoingCallAccepted(id, peer: call, ocrp)])
        #expect(reply.messages.isEmpty)
        #expect(peer.tunnel.session(id)?.state == .waitConnect)
        let connection = peer.say(.occn(.plain), session: id)
        #expect(connection.outputs == [.outgoingCallConnected(id, .plain)])
        #expect(connection.messages.isEmpty)
        #expect(peer.tunnel.sessions.map(\.summary) == ["\(id) 500 lns outgoing established 3"])
    }

    @Test func `SSF-04 SSF-07 the owner hears of a connected call before its acknowledgement leaves`() {
        var (peer, id) = ScriptedPeer.withCall(.outgoingWaitConnect)
        let header = ControlHeader(tunnelID: ScriptedPeer.localTunnelID, sessionID: id, ns: peer.ns, nr: peer.nr)
        let outputs = peer.tunnel.handle(
            .datagram(header, body: MessageEncoder.encode(.occn(.plain))), at: peer.now, using: &peer.random)
        #expect(outputs.count == 2)
        #expect(outputs.first == .outgoingCallConnected(id, .plain))
    }

    @Test func `SSF-04 a call waits for the tunnel, and may end there without a word`() {
        var peer = ScriptedPeer(.initiator)
        let first = peer.placeOutgoingCall(serial: 1)
        let second = peer.placeOutgoingCall(serial: 2)
        #expect(peer.tunnel.session(first)?.state == .waitTunnel)
        let code = ResultCode<CDNResult>(.administrative)
        let close = peer.give(.closeCall(first, code))
        #expect(close.outputs == [.callClosed(first, .local(code))])
        #expect(close.sent.isEmpty)
        #expect(peer.say(.sccrp(ScriptedPeer.sccrp)).types == [.scccn, .ocrq])
        #expect(peer.tunnel.session(second)?.state == .waitReply)
    }

    @Test func `SSF-03 a call that its owner refuses or whose bearer fails ends with the CDN that says why`() {
        for stage in [Stage.requested, .waitCsAnswer, .answered] {
            var (peer, id) = ScriptedPeer.withCall(stage)
            let code = ResultCode<CDNResult>(stage == .answered ? .lossOfCarrier : .busy)
            let reaction = peer.give(stage == .requested ? .rejectCall(id, code) : .closeCall(id, code))
            #expect(reaction.disconnect?.session == call)
            #expect(reaction.disconnect?.message == CDN(resultCode: code, assignedSessionID: id))
            #expect(reaction.outputs == [.callClosed(id, .local(code))])
            #expect(peer.tunnel.sessionCount == 0)
        }
    }

    // MARK: What a LAC can do

    @Test func `SSF-03 a LAC that cannot place calls at all refuses each for good`() {
        for bearer in [nil, []] as [BearerCapabilities?] {
            var peer = ScriptedPeer.established { $0.bearerCapabilities = bearer }
            let reaction = peer.say(.ocrq(.plain(call, serial: 1)))
            #expect(reaction.disconnect?.session == call)
            #expect(reaction.disconnect?.message.resultCode.result == .noFacilitiesPermanently)
            #expect(reaction.demands.isEmpty)
            #expect(peer.tunnel.sessionCount == 0)
        }
    }

    @Test func `SSF-03 MSG-05 a call with a bearer or framing that the LAC did not advertise is refused`() {
        var peer = ScriptedPeer.established {
            $0.bearerCapabilities = .digital
            $0.framingCapabilities = .synchronous
        }
        var analog = OCRQ.plain(call, serial: 1)
        analog.bearerType = [.analog, .digital]
        var asynchronous = OCRQ.plain(call, serial: 1)
        asynchronous.framingType = .asynchronous
        for (request, avp) in [(analog, "Bearer Type"), (asynchronous, "Framing Type")] {
            let reaction = peer.say(.ocrq(request))
            let code = ResultCode<CDNResult>(.seeErrorCode, error: .valueOutOfRange, text: Text(avp))
            #expect(reaction.disconnect?.message.resultCode == code)
            #expect(reaction.demands.isEmpty)
        }
    }

    @Test func `SSF-04 MSG-05 an LNS does not ask for what the LAC did not advertise`() {
        var incapable = ScriptedPeer.sccrp
        incapable.bearerCapabilities = nil
        var analog = ScriptedPeer.sccrp
        analog.bearerCapabilities = .analog
        var asynchronous = ScriptedPeer.sccrp
        asynchronous.framingCapabilities = .asynchronous
        let results: [(SCCRP, CDNResult)] = [
            (incapable, .noFacilitiesPermanently), (analog, .seeErrorCode), (asynchronous, .seeErrorCode),
        ]
        for (sccrp, result) in results {
            var peer = ScriptedPeer(.initiator)
            let early = peer.placeOutgoingCall(serial: 1)
            let opened = peer.say(.sccrp(sccrp))
            #expect(opened.types == [.scccn])
            let late = peer.give(.placeOutgoingCall(.plain(serial: 2)))
            #expect(late.types == [])
            let ends = (opened.outputs + late.outputs).compactMap { output -> CDNResult? in
                guard case .callClosed(_, .local(let code)) = output else { return nil }
                return code.result
            }
            #expect(ends == [result, result])
            #expect(peer.tunnel.session(early) == nil)
            #expect(peer.tunnel.sessionCount == 0)
        }
    }

    @Test func `SSF-04 MSG-05 a call that is connected with a framing that the LNS did not advertise ends`() {
        var peer = ScriptedPeer.established { $0.framingCapabilities = .synchronous }
        let id = peer.placeOutgoingCall()
        peer.say(.ocrp(ocrp), session: id)
        var message = OCCN.plain
        message.framingType = .asynchronous
        let reaction = peer.say(.occn(message), session: id)
        #expect(reaction.disconnect?.message.resultCode.error == .valueOutOfRange)
        #expect(peer.tunnel.sessionCount == 0)
    }

    // MARK: Everything else

    /// What a message does to a call: a CDN and its end, or its end alone.
    private enum Effect: Equatable {
        case disconnects, ends
    }

    private static let expectations: [(Stage, MessageType, Effect)] = [
        (.requested, .ocrq, .disconnects), (.requested, .ocrp, .disconnects), (.requested, .occn, .ends),
        (.requested, .cdn, .ends),
        (.waitCsAnswer, .ocrq, .disconnects), (.waitCsAnswer, .ocrp, .disconnects),
        (.waitCsAnswer, .occn, .disconnects), (.waitCsAnswer, .cdn, .ends),
        (.answered, .ocrq, .disconnects), (.answered, .ocrp, .disconnects), (.answered, .occn, .disconnects),
        (.answered, .cdn, .ends),
        (.outgoingWaitReply, .ocrq, .disconnects), (.outgoingWaitReply, .occn, .disconnects),
        (.outgoingWaitReply, .cdn, .ends),
        (.outgoingWaitConnect, .ocrq, .disconnects), (.outgoingWaitConnect, .ocrp, .disconnects),
        (.outgoingWaitConnect, .cdn, .ends),
        (.outgoingConnected, .ocrq, .disconnects), (.outgoingConnected, .ocrp, .disconnects),
        (.outgoingConnected, .occn, .disconnects), (.outgoingConnected, .cdn, .ends),
        // An incoming call's message is out of place in all of them.
        (.requested, .iccn, .disconnects), (.waitCsAnswer, .icrp, .disconnects), (.answered, .iccn, .disconnects),
        (.outgoingWaitReply, .icrp, .disconnects), (.outgoingWaitConnect, .iccn, .disconnects),
        (.outgoingConnected, .icrq, .disconnects),
    ]

    @Test(arguments: expectations.indices)
    func `SSF-03 SSF-04 SSF-05 SSF-06 a message that is out of place ends its call`(index: Int) {
        let (stage, type, effect) = Self.expectations[index]
        var (peer, id) = ScriptedPeer.withCall(stage)
        let other = peer.connectedCall(501)
        let message: Message =
            switch type {
            case .icrq: .icrq(icrq)
            case .icrp: .icrp(icrp)
            case .iccn: .iccn(.plain)
            case .ocrq: .ocrq(.plain(call, serial: 9))
            case .ocrp: .ocrp(ocrp)
            case .occn: .occn(.plain)
            default: cdn(.busy)
            }
        let reaction = peer.say(message, session: id)
        #expect(reaction.outputs.count { if case .callClosed(id, _) = $0 { true } else { false } } == 1)
        switch effect {
        case .disconnects:
            #expect(reaction.disconnect?.message.resultCode.result == .seeErrorCode)
            #expect(reaction.disconnect?.message.assignedSessionID == id)
            #expect(reaction.disconnect?.session == (stage.knowsPeer ? call : .none))
        case .ends:
            #expect(reaction.messages.isEmpty)
        }
        #expect(peer.tunnel.sessions.map(\.localID) == [other])
        #expect(peer.tunnel.state == .established)
        #expect(reaction.sent.contains { $0.header.nr == peer.ns })
    }

    @Test func `SSF-03 SSF-04 a message for a call that never was is refused or forgotten, and makes none`() {
        var peer = lac()
        for message in [Message.ocrq(.plain(call, serial: 1)), .ocrp(ocrp)] {
            let reaction = peer.say(message, session: SessionID(9))
            #expect(reaction.disconnect?.session == call)
            #expect(reaction.disconnect?.message.resultCode.error == .invalidSessionID)
            #expect(reaction.demands.isEmpty)
        }
        #expect(peer.say(.occn(.plain), session: SessionID(9)).messages.isEmpty)
        #expect(peer.tunnel.sessionCount == 0)
    }

    @Test func `SSF-04 an OCRP that crossed our CDN is not answered, one with another call's id ends the new call`() {
        var (peer, id) = ScriptedPeer.withCall(.outgoingWaitReply)
        peer.give(.closeCall(id, ResultCode(.administrative)))
        #expect(peer.say(.ocrp(ocrp), session: id).messages.isEmpty)
        let first = peer.connectedOwnCall(500)
        let second = peer.placeOutgoingCall(serial: 2)
        let reaction = peer.say(.ocrp(ocrp), session: second)
        #expect(reaction.disconnect?.message.assignedSessionID == second)
        #expect(peer.tunnel.sessions.map(\.localID) == [first])
    }

    @Test func `MSG-10 a CDN with session id 0 is matched by the peer's own id`() {
        for stage in [Stage.requested, .waitCsAnswer, .answered, .outgoingWaitConnect, .outgoingConnected] {
            var (peer, id) = ScriptedPeer.withCall(stage)
            #expect(peer.say(cdn(.busy)).outputs == [.callClosed(id, .peer(ResultCode(.busy)))])
        }
    }

    @Test(arguments: [Stage.requested, .waitCsAnswer, .outgoingWaitReply, .outgoingWaitConnect, .outgoingConnected])
    func `AVP-08 SSF-05 a message of setup that cannot be read ends the call that it is about`(stage: Stage) {
        for type in [UInt8(8), 9] {
            var (peer, id) = ScriptedPeer.withCall(stage)
            // An OCRP (8) and an OCCN (9) with an unknown mandatory AVP.
            let body: [UInt8] = [0x80, 8, 0, 0, 0, 0, 0, type] + [0x80, 6, 0, 9, 0, 1]
            let reaction = peer.say(body: body, session: id)
            // RFC 2661 section 7.5.1: an OCCN in idle is cleaned up after without a word.
            #expect((reaction.disconnect == nil) == (stage == .requested && type == 9))
            #expect(peer.tunnel.sessionCount == 0)
            #expect(peer.tunnel.state == .established)
        }
    }

    @Test func `SSF-08 SSF-09 a call that rings for long holds up no other call's timer`() {
        var peer = lac()
        let ringing = peer.requestCall(1)
        peer.give(.acceptOutgoingCall(ringing, OCRP(assignedSessionID: .none), answerWithin: .seconds(100)))
        let slow = peer.offerCall(2)
        let brief = peer.requestCall(3)
        peer.give(.acceptOutgoingCall(brief, OCRP(assignedSessionID: .none), answerWithin: .seconds(5)))
        #expect(peer.wait(until: 5).outputs == [.callClosed(brief, .local(ResultCode(.timeout)))])
        #expect(peer.wait(until: 30).outputs == [.callClosed(slow, .local(ResultCode(.timeout)))])
        #expect(peer.wait(until: 99.9).outputs.isEmpty)
        #expect(peer.wait(until: 100).outputs == [.callClosed(ringing, .local(ResultCode(.timeout)))])
    }

    @Test func `SSF-08 the called party has its time from the acceptance on, at both ends`() {
        var (lac, accepted) = ScriptedPeer.withCall(.requested)
        lac.wait(until: 20)
        lac.give(.acceptOutgoingCall(accepted, OCRP(assignedSessionID: .none), answerWithin: .seconds(100)))
        #expect(lac.wait(until: 119.9).outputs.isEmpty)
        #expect(lac.wait(until: 120).outputs == [.callClosed(accepted, .local(ResultCode(.timeout)))])
        var (lns, placed) = ScriptedPeer.withCall(.outgoingWaitReply)
        lns.wait(until: 20)
        lns.say(.ocrp(ocrp), session: placed)
        #expect(lns.wait(until: 49.9).outputs.isEmpty)
        #expect(lns.wait(until: 50).outputs == [.callClosed(placed, .local(ResultCode(.timeout)))])
        // One that is connected has all the time in the world.
        for stage in [Stage.answered, .outgoingConnected] {
            var (peer, id) = ScriptedPeer.withCall(stage)
            peer.wait(until: 600)
            #expect(peer.tunnel.session(id)?.state == .established)
        }
    }

    @Test func `SSF-10 an outgoing call above the limit is refused with CDN 4 at both ends`() {
        var peer = ScriptedPeer.established {
            $0.bearerCapabilities = .digital
            $0.maxSessions = 1
        }
        peer.connectedCall(1)
        let reaction = peer.say(.ocrq(.plain(call, serial: 2)))
        #expect(reaction.disconnect?.message.resultCode.result == .noFacilitiesTemporarily)
        #expect(reaction.demands.isEmpty)
        let own = peer.give(.placeOutgoingCall(.plain(serial: 8)))
        let code = ResultCode<CDNResult>(.noFacilitiesTemporarily, text: "session limit")
        #expect(own.outputs == [.callNotPlaced(callSerialNumber: 8, .local(code))])
        #expect(own.sent.isEmpty)
    }
}
