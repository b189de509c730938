import L2TPControl
import L2TPWire
import Testing

/// A call's state as a test can bring it about.
private enum Stage: CaseIterable, Sendable {
    /// LNS: `offered` is the table's idle. LAC: the same is `waitTunnel`'s end, so it begins with `waitReply`.
    case offered, waitConnect, connected
    case waitReply, replied, placed
}

private let call = SessionID(500)
private let icrq = ICRQ(assignedSessionID: call, callSerialNumber: 9)
private let icrp = ICRP(assignedSessionID: call)

extension ScriptedPeer {
    /// A tunnel with one call in that stage, which the peer calls 500; and our id of it.
    fileprivate static func withCall(_ stage: Stage) -> (ScriptedPeer, SessionID) {
        var peer = ScriptedPeer.established()
        switch stage {
        case .offered:
            let id = peer.offerCall(500)
            return (peer, id)
        case .waitConnect:
            let id = peer.acceptedCall(500)
            return (peer, id)
        case .connected:
            let id = peer.connectedCall(500)
            return (peer, id)
        case .waitReply:
            let id = peer.placeCall()
            return (peer, id)
        case .replied:
            let id = peer.placeCall()
            peer.say(.icrp(icrp), session: id)
            return (peer, id)
        case .placed:
            let id = peer.connectedOwnCall(500)
            return (peer, id)
        }
    }
}

extension Tunnel.Session {
    fileprivate var summary: String { "\(localID) \(peerID ?? .none) \(side) \(state) \(callSerialNumber)" }
}

private func cdn(_ result: CDNResult, _ id: SessionID = call) -> Message {
    .cdn(CDN(resultCode: ResultCode(result), assignedSessionID: id))
}

@Suite struct IncomingCallTests {
    // MARK: The usual course

    @Test func `SSF-02 SSF-09 a call is offered, accepted when the owner is ready, and connected`() {
        var peer = ScriptedPeer.established()
        let offer = peer.say(.icrq(icrq))
        guard case .callOffered(let id, icrq)? = offer.outputs.first else {
            Issue.record("not offered")
            return
        }
        // The request is acknowledged though nobody has decided.
        #expect(offer.messages.isEmpty)
        #expect(offer.sent.map(\.header.nr) == [peer.ns])
        #expect(peer.tunnel.session(id)?.state == .offered)
        peer.wait(until: 5)
        let reply = peer.give(.acceptCall(id))
        #expect(reply.messages == [.icrp(ICRP(assignedSessionID: id))])
        #expect(reply.sent.first?.header.sessionID == call)
        #expect(peer.tunnel.session(id)?.state == .waitConnect)
        let connection = peer.say(.iccn(.plain), session: id)
        #expect(connection.outputs == [.callConnected(id, .plain)])
        #expect(peer.tunnel.sessions.map(\.summary) == ["\(id) 500 lns established 9"])
    }

    @Test func `SSF-02 SSF-07 the owner hears of a connected call before its acknowledgement leaves`() {
        var (peer, id) = ScriptedPeer.withCall(.waitConnect)
        let header = ControlHeader(
            tunnelID: ScriptedPeer.localTunnelID, sessionID: id, ns: peer.ns, nr: peer.nr)
        let outputs = peer.tunnel.handle(
            .datagram(header, body: MessageEncoder.encode(.iccn(.plain))), at: peer.now, using: &peer.random)
        #expect(outputs.first == .callConnected(id, .plain))
        guard outputs.count == 2, case .transmit = outputs[1] else {
            Issue.record("no acknowledgement: \(outputs)")
            return
        }
    }

    @Test func `SSF-01 SSF-07 a call of ours is asked for, and connected once the LNS's id is known`() {
        var peer = ScriptedPeer.established()
        let request = peer.give(.placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: 3, calledNumber: "lns")))
        guard case .callPlaced(let id, 3)? = request.outputs.first else {
            Issue.record("not placed")
            return
        }
        #expect(request.messages == [.icrq(ICRQ(assignedSessionID: id, callSerialNumber: 3, calledNumber: "lns"))])
        #expect(request.sent.first?.header.sessionID == SessionID.none)
        #expect(peer.give(.connectCall(id, .plain)).sent.isEmpty)
        let reply = peer.say(.icrp(icrp), session: id)
        #expect(reply.outputs == [.callAccepted(id, peer: call, icrp)])
        #expect(reply.messages.isEmpty)
        let connection = peer.give(.connectCall(id, .plain))
        #expect(connection.messages == [.iccn(.plain)])
        #expect(connection.sent.first?.header.sessionID == call)
        #expect(peer.tunnel.sessions.map(\.summary) == ["\(id) 500 lac established 3"])
        #expect(peer.give(.connectCall(id, .plain)).sent.isEmpty)
    }

    @Test func `SSF-01 a call waits for the tunnel, and ends there without a word`() {
        var peer = ScriptedPeer(.initiator)
        let id = peer.placeCall()
        #expect(peer.tunnel.session(id)?.state == .waitTunnel)
        let code = ResultCode<CDNResult>(.lossOfCarrier)
        let close = peer.give(.closeCall(id, code))
        #expect(close.outputs == [.callClosed(id, .local(code))])
        #expect(close.sent.isEmpty)
        #expect(peer.say(.sccrp(ScriptedPeer.sccrp)).types == [.scccn])
    }

    @Test func `SSF-01 REL-14 a call whose request was never sent is not ended by a CDN either`() {
        var peer = ScriptedPeer.established(.initiator)
        peer.acknowledges = false
        let first = peer.placeCall(serial: 1)
        // Fill the window, so that the next request waits.
        while peer.give(.placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: 2))).types == [.icrq] {}
        let waiting = peer.placeCall(serial: 3)
        #expect(peer.give(.closeCall(waiting, ResultCode(.administrative))).sent.isEmpty)
        peer.acknowledges = true
        let header = ControlHeader(tunnelID: ScriptedPeer.localTunnelID, ns: peer.ns, nr: peer.nr)
        let more = peer.give(.datagram(header, body: []))
        #expect(more.types == [.icrq])
        #expect(peer.give(.closeCall(first, ResultCode(.administrative))).types == [.cdn])
    }

    @Test func `SSF-09 calls are decided in any order`() {
        var peer = ScriptedPeer.established()
        let ids = (1...5).map { peer.offerCall($0) }
        #expect(peer.give(.acceptCall(ids[4])).types == [.icrp])
        #expect(peer.say(.iccn(.plain), session: ids[4]).outputs == [.callConnected(ids[4], .plain)])
        #expect(peer.give(.rejectCall(ids[2], ResultCode(.busy))).types == [.cdn])
        #expect(peer.give(.acceptCall(ids[0])).types == [.icrp])
        #expect(peer.tunnel.session(ids[1])?.state == .offered)
        #expect(peer.tunnel.sessionCount == 4)
    }

    // MARK: Everything else

    /// What a message does to a call: a CDN and its end, its end alone, or nothing.
    private enum Effect: Equatable {
        case disconnects, ends, none
    }

    private static let expectations: [(Stage, MessageType, Effect)] = [
        (.offered, .icrq, .disconnects), (.offered, .icrp, .disconnects), (.offered, .iccn, .ends),
        (.offered, .cdn, .ends),
        (.waitConnect, .icrq, .disconnects), (.waitConnect, .icrp, .disconnects), (.waitConnect, .cdn, .ends),
        (.connected, .icrq, .disconnects), (.connected, .icrp, .disconnects), (.connected, .iccn, .disconnects),
        (.connected, .cdn, .ends),
        (.waitReply, .icrq, .disconnects), (.waitReply, .iccn, .ends), (.waitReply, .cdn, .ends),
        (.replied, .icrq, .disconnects), (.replied, .icrp, .disconnects), (.replied, .iccn, .ends),
        (.replied, .cdn, .ends),
        (.placed, .icrq, .disconnects), (.placed, .icrp, .disconnects), (.placed, .iccn, .disconnects),
        (.placed, .cdn, .ends),
        // An outgoing call's message is out of place in all of them; line information in all but the established.
        (.waitConnect, .ocrp, .disconnects), (.connected, .occn, .disconnects), (.waitReply, .ocrp, .disconnects),
        (.placed, .occn, .disconnects), (.offered, .sli, .none), (.waitReply, .wen, .none),
    ]

    @Test(arguments: expectations.indices)
    func `SSF-01 SSF-02 SSF-05 SSF-06 a message that is out of place ends its call`(index: Int) {
        let (stage, type, effect) = Self.expectations[index]
        var (peer, id) = ScriptedPeer.withCall(stage)
        let other = peer.connectedCall(501)
        let message: Message =
            switch type {
            case .icrq: .icrq(icrq)
            case .icrp: .icrp(icrp)
            case .iccn: .iccn(.plain)
            case .ocrp: .ocrp(OCRP(assignedSessionID: call))
            case .occn:
                .occn(OCCN(txConnectSpeed: ICCN.plain.txConnectSpeed, framingType: .synchronous))
            case .sli: .sli(SLI(lnsLastSentLCP: [1, 4, 5, 220]))
            case .wen: .wen(WEN(callErrors: CallErrors()))
            default: cdn(.busy)
            }
        let reaction = peer.say(message, session: id)
        let closings = reaction.outputs.count { if case .callClosed(id, _) = $0 { true } else { false } }
        switch effect {
        case .disconnects:
            #expect(reaction.disconnect?.message.resultCode.result == .seeErrorCode)
            #expect(reaction.disconnect?.message.assignedSessionID == id)
            #expect(reaction.disconnect?.session == (stage == .waitReply ? .none : call))
            #expect(closings == 1)
        case .ends:
            #expect(reaction.messages.isEmpty)
            #expect(closings == 1)
        case .none:
            #expect(reaction.messages.isEmpty)
            #expect(closings == 0)
        }
        #expect((peer.tunnel.session(id) == nil) == (effect != .none))
        // Nobody else is disturbed.
        #expect(peer.tunnel.session(other)?.state == .established)
        #expect(peer.tunnel.state == .established)
        #expect(reaction.sent.contains { $0.header.nr == peer.ns })
    }

    @Test(arguments: Stage.allCases)
    private func `SSF-01 SSF-02 CCF-07 a local close sends CDN with our session id and the codes`(stage: Stage) {
        var (peer, id) = ScriptedPeer.withCall(stage)
        let code = ResultCode<CDNResult>(.administrative, error: .noError, text: "maintenance")
        let reaction = peer.give(.closeCall(id, code))
        #expect(reaction.outputs == [.callClosed(id, .local(code))])
        #expect(reaction.messages == [.cdn(CDN(resultCode: code, assignedSessionID: id))])
        #expect(reaction.sent.first?.header.sessionID == (stage == .waitReply ? .none : call))
        #expect(peer.tunnel.sessionCount == 0)
        #expect(peer.give(.closeCall(id, code)).sent.isEmpty)
    }

    @Test func `a CDN of ours can say why PPP ended`() {
        var (peer, id) = ScriptedPeer.withCall(.connected)
        let q931 = Q931Cause(cause: 16, message: 0x45)
        let message = CDN(
            resultCode: ResultCode(.lossOfCarrier), assignedSessionID: .none, q931Cause: q931)
        let reaction = peer.give(.disconnectCall(id, message))
        #expect(reaction.disconnect?.message.q931Cause == q931)
        #expect(reaction.disconnect?.message.assignedSessionID == id)
    }

    @Test(arguments: [Stage.offered, .waitConnect, .waitReply, .replied])
    private func `SSF-08 RES-03 a call that is not set up in time ends with CDN 10`(stage: Stage) {
        var (peer, id) = ScriptedPeer.withCall(stage)
        let other = peer.connectedCall(501)
        #expect(peer.wait(until: 29.999).types == [])
        let reaction = peer.wait(until: 30)
        #expect(reaction.disconnect?.message.resultCode.result == .timeout)
        #expect(reaction.outputs == [.callClosed(id, .local(ResultCode(.timeout)))])
        #expect(peer.tunnel.sessions.map(\.localID) == [other])
    }

    @Test func `SSF-08 the time for a call's setup is configured and begins anew when the LNS accepts`() {
        var peer = ScriptedPeer.established { $0.callSetupTimeout = .seconds(5) }
        let id = peer.offerCall(1)
        peer.wait(until: 4)
        peer.give(.acceptCall(id))
        #expect(peer.wait(until: 8.9).outputs.isEmpty)
        #expect(peer.wait(until: 9).outputs == [.callClosed(id, .local(ResultCode(.timeout)))])
        // One that is connected has all the time in the world.
        let connected = peer.connectedCall(2)
        peer.wait(until: 600)
        #expect(peer.tunnel.session(connected)?.state == .established)
    }

    @Test func `SSF-10 RES-03 a call above the limit is refused with CDN 4 and leaves nothing`() {
        var peer = ScriptedPeer.established { $0.maxSessions = 2 }
        let first = peer.connectedCall(1)
        peer.connectedCall(2)
        let reaction = peer.say(.icrq(icrq))
        #expect(reaction.disconnect?.message.resultCode.result == .noFacilitiesTemporarily)
        #expect(reaction.disconnect?.session == call)
        #expect(reaction.demands.isEmpty)
        #expect(peer.tunnel.sessionCount == 2)
        let code = ResultCode<CDNResult>(.noFacilitiesTemporarily, text: "session limit")
        let own = peer.give(.placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: 8)))
        #expect(own.outputs == [.callNotPlaced(callSerialNumber: 8, .local(code))])
        // Room again.
        peer.say(cdn(.administrative, SessionID(1)), session: first)
        #expect(peer.offerCall(3) != .none)
    }

    @Test func `SSF-01 a call cannot be placed where there is no tunnel`() {
        let code = ResultCode<CDNResult>(.seeErrorCode, error: .noControlConnection)
        let request = TunnelInput.placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: 8))
        let refusal = TunnelOutput.callNotPlaced(callSerialNumber: 8, .local(code))
        var responder = ScriptedPeer(.responder)
        #expect(responder.give(request).outputs == [refusal])
        var closed = ScriptedPeer.established()
        closed.give(.close(ResultCode(.generalClear)))
        #expect(closed.give(request).outputs == [refusal])
    }

    @Test func `MSG-05 RES-03 a call with a framing that we did not advertise is refused`() {
        var peer = ScriptedPeer.established { $0.framingCapabilities = .synchronous }
        let id = peer.acceptedCall(1)
        var message = ICCN.plain
        message.framingType = .asynchronous
        let reaction = peer.say(.iccn(message), session: id)
        #expect(reaction.disconnect?.message.resultCode.error == .valueOutOfRange)
        #expect(peer.tunnel.sessionCount == 0)
    }

    // MARK: Whose message it is

    @Test func `MSG-10 a CDN with session id 0 is matched by the peer's own id`() {
        for stage in [Stage.offered, .waitConnect, .connected, .placed] {
            var (peer, id) = ScriptedPeer.withCall(stage)
            let other = peer.connectedCall(501)
            let reaction = peer.say(cdn(.lossOfCarrier))
            #expect(reaction.outputs == [.callClosed(id, .peer(ResultCode(.lossOfCarrier)))])
            #expect(peer.tunnel.sessions.map(\.localID) == [other])
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

    @Test func `an outgoing call is refused as permanently impossible`() {
        var peer = ScriptedPeer.established()
        let speed = ICCN.plain.txConnectSpeed
        let request = OCRQ(
            assignedSessionID: call, callSerialNumber: 1, minimumBPS: speed, maximumBPS: speed, bearerType: .digital,
            framingType: .synchronous, calledNumber: "1")
        let reaction = peer.say(.ocrq(request))
        #expect(reaction.disconnect?.session == call)
        #expect(reaction.disconnect?.message.resultCode.result == .noFacilitiesPermanently)
    }

    @Test func `line information of an established call goes both ways`() {
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
    private func `AVP-08 SSF-05 a malformed mandatory AVP ends the call that it is about`(stage: Stage) {
        var (peer, id) = ScriptedPeer.withCall(stage)
        // An ICRP whose Assigned Session ID has three octets.
        let body: [UInt8] = [0x80, 8, 0, 0, 0, 0, 0, 11] + [0x80, 9, 0, 0, 0, 14, 1, 2, 3]
        let reaction = peer.say(body: body, session: id)
        #expect(reaction.disconnect != nil)
        #expect(peer.tunnel.sessionCount == 0)
        #expect(peer.tunnel.state == .established)
    }

    // MARK: Numbers

    @Test func `SSF-11 call serial numbers grow, across restarts too`() {
        var numbers = CallSerialNumbers(clock: 1_000)
        let first = [numbers.next(), numbers.next(), numbers.next()]
        #expect(first == [1_001, 1_002, 1_003])
        var later = CallSerialNumbers(clock: 2_000)
        let afterRestart = later.next()
        #expect(afterRestart > 1_003)
        var kept = CallSerialNumbers(clock: 1_000, last: 5_000)
        let afterKept = kept.next()
        #expect(afterKept == 5_001)
        var wrapping = CallSerialNumbers(clock: .max)
        let wrapped = wrapping.next()
        #expect(wrapped == 0)
    }
}
