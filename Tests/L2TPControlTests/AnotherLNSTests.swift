import L2TPControl
import L2TPWire
import Testing

@Suite struct AnotherLNSTests {
    // MARK: By codes

    @Test func `a CDN with the LNS's own trouble sends the call to another, one about the call does not`() {
        let results = [
            CDNResult.noFacilitiesTemporarily, .noFacilitiesPermanently, .timeout, .lossOfCarrier, .administrative,
            .invalidDestination, .noCarrier, .busy, .noDialTone, .noFraming, .sdsMismatch, CDNResult(rawValue: 999),
        ]
        let sent = results.filter { CallEnd.peer(ResultCode($0)).suggestsAnotherLNS }
        #expect(sent == [.noFacilitiesTemporarily, .noFacilitiesPermanently, .timeout])
        #expect(results.filter { CallEnd.local(ResultCode($0)).suggestsAnotherLNS } == sent)
    }

    @Test func `RES-04 a general error sends the call to another LNS where it is about the LNS`() {
        let errors = (0...10).map { GeneralError(rawValue: $0) }
        let sent = errors.filter { CallEnd.peer(ResultCode(.seeErrorCode, error: $0)).suggestsAnotherLNS }
        #expect(
            sent == [
                .noControlConnection, .insufficientResources, .invalidSessionID, .tryAnother, .tryAnotherDirected,
            ])
        #expect(!CallEnd.peer(ResultCode(.seeErrorCode)).suggestsAnotherLNS)
        // An error code beside another result means nothing.
        #expect(!CallEnd.peer(ResultCode(.busy, error: .tryAnother)).suggestsAnotherLNS)
        #expect(CallEnd.peer(nil).suggestsAnotherLNS)
    }

    @Test func `a tunnel that the LNS ended or never opened sends its calls to another, one that we closed does not`() {
        let ends: [(TunnelEnd, Bool)] = [
            (.peer(ResultCode(.generalClear)), true), (.peer(ResultCode(.generalError, error: .tryAnother)), true),
            (.peer(ResultCode(.notAuthorized)), true), (.peer(ResultCode(.shuttingDown)), true), (.peer(nil), true),
            (.peerLost, true), (.abandoned, true), (.local(ResultCode(.notAuthorized)), true),
            (.local(ResultCode(.stateMachineError)), true), (.local(ResultCode(.generalError)), true),
            (.local(ResultCode(.generalClear)), false), (.local(ResultCode(.shuttingDown)), false),
            (.tieLost, false),
        ]
        for (end, isAbout) in ends {
            #expect(end.suggestsAnotherLNS == isAbout, "\(end)")
            #expect(CallEnd.tunnel(end).suggestsAnotherLNS == isAbout, "\(end)")
        }
    }

    // MARK: By what happens

    /// Why calls ended or were not placed.
    private func ends(_ reaction: ScriptedPeer.Reaction) -> [CallEnd] {
        reaction.outputs.compactMap { output in
            switch output {
            case .callClosed(_, let end), .callNotPlaced(_, let end): end
            default: nil
            }
        }
    }

    private func place(_ serials: ClosedRange<UInt32>, in peer: inout ScriptedPeer) -> ScriptedPeer.Reaction {
        var reaction = ScriptedPeer.Reaction()
        for serial in serials {
            let more = peer.give(.placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: serial)))
            reaction.sent += more.sent
            reaction.outputs += more.outputs
        }
        return reaction
    }

    @Test func `every call that waits for an LNS that does not answer is told to try another`() {
        var peer = ScriptedPeer(.initiator)
        peer.acknowledges = false
        _ = place(1...3, in: &peer)
        let reaction = peer.wait(until: 120)
        #expect(ends(reaction) == [CallEnd](repeating: .tunnel(.peerLost), count: 3))
        #expect(ends(reaction).map(\.suggestsAnotherLNS) == [true, true, true])
        #expect(reaction.outputs.contains(.closed(.peerLost)))
        // Whoever asks after that is told at once.
        let late = place(4...4, in: &peer)
        #expect(ends(late).map(\.suggestsAnotherLNS) == [true])
    }

    @Test
    func `every call that waits for an LNS that refuses the tunnel, or cannot prove itself, is told to try another`() {
        let stop = StopCCN(assignedTunnelID: ScriptedPeer.tunnelID, resultCode: ResultCode(.notAuthorized))
        for message in [Message.stopCCN(stop), .sccrp(ScriptedPeer.sccrp)] {
            var peer = ScriptedPeer(.initiator) {
                $0.secret = Array("secret".utf8)
                $0.requiresAuthentication = true
            }
            _ = place(1...2, in: &peer)
            let reaction = peer.say(message)
            #expect(ends(reaction).map(\.suggestsAnotherLNS) == [true, true])
        }
    }

    @Test func `a call that the LNS leaves unanswered, or answers with nonsense, is told to try another`() {
        var (silent, _) = ScriptedPeer.withCall(.waitReply)
        #expect(ends(silent.wait(until: 30)).map(\.suggestsAnotherLNS) == [true])
        for message in [Message.iccn(.plain), .icrq(icrq), .ocrp(ocrp)] {
            var (odd, id) = ScriptedPeer.withCall(.waitReply)
            #expect(ends(odd.say(message, session: id)).map(\.suggestsAnotherLNS) == [true])
        }
    }

    @Test func `a call that a full tunnel has no room for is told to try another, one that we give up is not`() {
        var peer = ScriptedPeer.established(.initiator) { $0.maxSessions = 2 }
        let reaction = place(1...4, in: &peer)
        #expect(ends(reaction).map(\.suggestsAnotherLNS) == [true, true])
        let id = peer.tunnel.sessions[0].localID
        let given = peer.give(.closeCall(id, ResultCode(.lossOfCarrier)))
        #expect(ends(given).map(\.suggestsAnotherLNS) == [false])
        let closed = peer.give(.close(ResultCode(.generalClear)))
        #expect(ends(closed).map(\.suggestsAnotherLNS) == [false])
    }

    @Test func `CCF-09 a LAC's tunnel lingers after its last call, and a call placed in time keeps it`() {
        var peer = ScriptedPeer(.initiator) { $0.linger = .seconds(10) }
        let first = peer.placeCall(serial: 1)
        // Waiting for the LNS, however long, is not lingering.
        peer.wait(until: 15)
        #expect(peer.say(.sccrp(ScriptedPeer.sccrp)).types == [.scccn, .icrq])
        peer.say(cdn(.administrative, call), session: first)
        #expect(peer.tunnel.sessionCount == 0)
        #expect(peer.wait(until: 24).stopCode == nil)
        let second = peer.placeCall(serial: 2)
        #expect(peer.wait(until: 40).stopCode == nil)
        peer.give(.closeCall(second, ResultCode(.lossOfCarrier)))
        #expect(peer.wait(until: 49.9).stopCode == nil)
        #expect(peer.wait(until: 50).stopCode?.result == .generalClear)
        #expect(ends(place(3...3, in: &peer)).map(\.suggestsAnotherLNS) == [true])
    }
}
