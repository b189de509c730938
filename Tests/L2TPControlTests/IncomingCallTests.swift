import Instants
import L2TPControl
import L2TPWire
import Testing

extension Tunnel.Session {
    var summary: String { "\(localID) \(peerID ?? .none) \(side) \(direction) \(state) \(callSerialNumber)" }
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
        #expect(peer.tunnel.sessions.map(\.summary) == ["\(id) 500 lns incoming established 9"])
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
        #expect(peer.tunnel.sessions.map(\.summary) == ["\(id) 500 lac incoming established 3"])
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
    func `SSF-01 SSF-02 SSF-03 SSF-04 CCF-07 a local close sends CDN with our session id and the codes`(stage: Stage) {
        var (peer, id) = ScriptedPeer.withCall(stage)
        let code = ResultCode<CDNResult>(.administrative, error: .noError, text: "maintenance")
        let reaction = peer.give(.closeCall(id, code))
        #expect(reaction.outputs == [.callClosed(id, .local(code))])
        #expect(reaction.messages == [.cdn(CDN(resultCode: code, assignedSessionID: id))])
        #expect(reaction.sent.first?.header.sessionID == (stage.knowsPeer ? call : .none))
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

    @Test(arguments: [
        Stage.offered, .waitConnect, .waitReply, .replied, .requested, .waitCsAnswer, .outgoingWaitReply,
        .outgoingWaitConnect,
    ])
    func `SSF-08 RES-03 a call that is not set up in time ends with CDN 10`(stage: Stage) {
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
