import L2TPControl
import L2TPWire
import Testing

/// What the tunnel did about a message, as far as its control connection shows it.
private enum Answer: Equatable, Sendable {
    case nothing, sccrp, scccn, opened
    case stop(StopCCNResult)
    /// Ended without an answer.
    case ended
}

private struct Cell: Sendable, CustomStringConvertible {
    var state: ControlConnectionTable.State
    var message: String
    var answer: Answer
    var next: Tunnel.State

    var description: String { "\(message) in \(state)" }
}

extension ScriptedPeer {
    /// A tunnel in that state of its control connection.
    fileprivate init(in state: ControlConnectionTable.State) {
        switch state {
        case .idle: self = ScriptedPeer(.responder)
        case .waitCtlReply:
            self = ScriptedPeer(.initiator)
            give(.open)
        case .waitCtlConn:
            self = ScriptedPeer(.responder)
            say(.sccrq(Self.sccrq))
        case .established: self = .established()
        }
    }
}

extension ScriptedPeer.Reaction {
    fileprivate var answer: Answer {
        if let stopCode { return .stop(stopCode.result) }
        if types.contains(.sccrp) { return .sccrp }
        if types.contains(.scccn) { return .scccn }
        if outputs.contains(.opened) { return .opened }
        let hasEnded = outputs.contains { if case .closed = $0 { true } else { false } }
        return hasEnded ? .ended : .nothing
    }
}

@Suite struct ControlConnectionTests {
    // RFC 2661 section 7.2.1, driven through whole messages.
    @Test(arguments: [
        Cell(state: .idle, message: "SCCRQ", answer: .sccrp, next: .waitCtlConn),
        Cell(state: .idle, message: "SCCRP", answer: .stop(.stateMachineError), next: .stopping),
        Cell(state: .idle, message: "SCCCN", answer: .ended, next: .finished),
        Cell(state: .idle, message: "StopCCN", answer: .ended, next: .held),
        Cell(state: .waitCtlReply, message: "SCCRQ", answer: .nothing, next: .waitCtlReply),
        Cell(state: .waitCtlReply, message: "SCCRP", answer: .scccn, next: .established),
        Cell(state: .waitCtlReply, message: "SCCCN", answer: .stop(.stateMachineError), next: .stopping),
        Cell(state: .waitCtlReply, message: "StopCCN", answer: .ended, next: .held),
        Cell(state: .waitCtlConn, message: "SCCRQ", answer: .stop(.stateMachineError), next: .stopping),
        Cell(state: .waitCtlConn, message: "SCCRP", answer: .stop(.stateMachineError), next: .stopping),
        Cell(state: .waitCtlConn, message: "SCCCN", answer: .opened, next: .established),
        Cell(state: .waitCtlConn, message: "StopCCN", answer: .ended, next: .held),
        Cell(state: .established, message: "SCCRQ", answer: .stop(.stateMachineError), next: .stopping),
        Cell(state: .established, message: "SCCRP", answer: .stop(.stateMachineError), next: .stopping),
        Cell(state: .established, message: "SCCCN", answer: .stop(.stateMachineError), next: .stopping),
        Cell(state: .established, message: "StopCCN", answer: .ended, next: .held),
    ])
    private func `CCF-01 CCF-02 CCF-03 CCF-04 CCF-05 CCF-06 CCF-07 RES-03 a message in a state has the table's answer`(
        cell: Cell
    ) {
        var peer = ScriptedPeer(in: cell.state)
        let reaction =
            switch cell.message {
            case "SCCRQ": peer.say(.sccrq(ScriptedPeer.sccrq))
            case "SCCRP": peer.say(.sccrp(ScriptedPeer.sccrp))
            case "SCCCN": peer.say(.scccn(SCCCN()))
            default:
                peer.say(
                    .stopCCN(
                        StopCCN(assignedTunnelID: ScriptedPeer.tunnelID, resultCode: ResultCode(.generalClear))))
            }
        #expect(reaction.answer == cell.answer)
        #expect(peer.tunnel.state == cell.next)
        // Whatever it was, it is acknowledged, unless nothing is left of the tunnel.
        #expect(reaction.sent.contains { $0.header.nr == peer.ns } == (cell.next != .finished))
    }

    @Test(arguments: [ControlConnectionTable.State.waitCtlReply, .waitCtlConn, .established])
    func `CCF-07 MSG-11 KA-05 a local close sends StopCCN with our first Assigned Tunnel ID`(
        state: ControlConnectionTable.State
    ) {
        var peer = ScriptedPeer(in: state)
        peer.acknowledges = false
        let code = ResultCode<StopCCNResult>(.shuttingDown)
        let reaction = peer.give(.close(code))
        #expect(reaction.demands == [.closed(.local(code))])
        #expect(
            reaction.messages == [
                .stopCCN(StopCCN(assignedTunnelID: ScriptedPeer.localTunnelID, resultCode: code))
            ])
        // Before the SCCRP nobody knows what the peer calls the tunnel.
        #expect(reaction.sent.first?.header.tunnelID == (state == .waitCtlReply ? .none : ScriptedPeer.tunnelID))
        #expect(peer.tunnel.state == .stopping)
    }

    @Test func `MSG-11 a StopCCN with tunnel id 0 ends a tunnel whose id the peer never learned`() {
        var peer = ScriptedPeer(in: .waitCtlConn)
        let header = ControlHeader(tunnelID: .none, ns: peer.ns, nr: .zero)
        let code = ResultCode<StopCCNResult>(.notAuthorized)
        let message = StopCCN(assignedTunnelID: ScriptedPeer.tunnelID, resultCode: code)
        let reaction = peer.give(.datagram(header, body: MessageEncoder.encode(.stopCCN(message))))
        #expect(reaction.outputs == [.closed(.peer(code))])
    }

    @Test func `KA-04 a StopCCN that refuses our SCCRQ is acknowledged under the id that it names`() {
        var peer = ScriptedPeer(in: .waitCtlReply)
        let code = ResultCode<StopCCNResult>(.notAuthorized)
        let reaction = peer.say(
            .stopCCN(StopCCN(assignedTunnelID: ScriptedPeer.tunnelID, resultCode: code)))
        #expect(reaction.outputs == [.closed(.peer(code))])
        #expect(reaction.sent.map(\.header.tunnelID) == [ScriptedPeer.tunnelID])
    }

    @Test func `CCF-07 closing a tunnel that nobody has heard of sends nothing`() {
        var peer = ScriptedPeer(.initiator)
        let code = ResultCode<StopCCNResult>(.generalClear)
        let reaction = peer.give(.close(code))
        #expect(reaction.outputs == [.closed(.local(code)), .finished])
        #expect(reaction.sent.isEmpty)
        #expect(peer.tunnel.deadline == nil)
    }

    @Test func `CCF-01 MSG-02 an SCCRQ is answered with all that we are`() throws {
        var peer = ScriptedPeer(.responder) {
            $0.vendorName = "vendor"
            $0.firmwareRevision = 7
            $0.receiveWindow = 100_000
            $0.bearerCapabilities = .digital
        }
        let reaction = peer.say(.sccrq(ScriptedPeer.sccrq))
        let expected = SCCRP(
            hostName: "lns-1", assignedTunnelID: ScriptedPeer.localTunnelID, bearerCapabilities: .digital,
            firmwareRevision: 7, vendorName: "vendor", receiveWindowSize: 32_768)
        #expect(reaction.messages == [.sccrp(expected)])
        #expect(reaction.demands == [])
        #expect(
            reaction.sent.first?.header
                == ControlHeader(tunnelID: ScriptedPeer.tunnelID, ns: .zero, nr: SequenceNumber(1)))
        let description = try #require(peer.tunnel.peer)
        #expect(description.hostName == "peer")
        #expect(description.receiveWindow == 64)
        #expect(peer.tunnel.peerTunnelID == ScriptedPeer.tunnelID)
    }

    @Test func `CCF-03 calls that wait are placed when the tunnel opens, in their order`() {
        var peer = ScriptedPeer(.initiator)
        #expect(peer.give(.placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: 1))).types == [.sccrq])
        peer.placeCall(serial: 2)
        let reaction = peer.say(.sccrp(ScriptedPeer.sccrp))
        #expect(reaction.types == [.scccn, .icrq, .icrq])
        #expect(reaction.demands == [.opened])
        let serials = reaction.messages.compactMap {
            if case .icrq(let message) = $0 { message.callSerialNumber } else { nil }
        }
        #expect(serials == [1, 2])
    }

    @Test func `CCF-01 HRD-04 REL-03 an SCCRQ that comes again is acknowledged by the same tunnel`() {
        var peer = ScriptedPeer(.responder)
        peer.acknowledges = false
        let body = MessageEncoder.encode(.sccrq(ScriptedPeer.sccrq))
        peer.say(body: body)
        let again = peer.give(.datagram(ControlHeader(tunnelID: .none), body: body))
        #expect(again.outputs.isEmpty)
        #expect(
            again.sent.map(\.header) == [
                ControlHeader(tunnelID: ScriptedPeer.tunnelID, ns: SequenceNumber(1), nr: SequenceNumber(1))
            ])
        #expect(again.messages.isEmpty)
        #expect(peer.tunnel.state == .waitCtlConn)
    }

    @Test(arguments: [Tunnel.Role.initiator, .responder])
    func `CCF-08 a handshake that is not over in time is ended`(role: Tunnel.Role) {
        // The peer acknowledges everything and never goes on.
        var peer = ScriptedPeer(role) { $0.establishmentTimeout = .seconds(20) }
        if role == .initiator { peer.give(.open) } else { peer.say(.sccrq(ScriptedPeer.sccrq)) }
        #expect(peer.wait(until: 19.999).types == [])
        let reaction = peer.wait(until: 20)
        #expect(reaction.stopCode?.result == .stateMachineError)
        #expect(peer.tunnel.state == .stopping)
    }

    @Test func `CCF-08 REL-07 HRD-02 until it is established a tunnel may have its own limit of retransmissions`() {
        var peer = ScriptedPeer(.responder) { $0.establishmentLimit = 2 }
        peer.acknowledges = false
        peer.say(.sccrq(ScriptedPeer.sccrq))
        let reaction = peer.wait(until: 60)
        #expect(reaction.types == [.sccrp])
        #expect(reaction.outputs == [.closed(.peerLost), .finished])

        var established = ScriptedPeer.established { $0.establishmentLimit = 2 }
        established.acknowledges = false
        #expect(established.wait(until: 60 + 22).types == [.hello, .hello, .hello, .hello, .hello])
        #expect(established.tunnel.state == .established)
    }

    @Test func `CCF-09 a tunnel without calls stays, or is closed after a while, as it is told`() {
        var staying = ScriptedPeer.established()
        staying.wait(until: 3600)
        #expect(staying.tunnel.state == .established)

        var lingering = ScriptedPeer.established { $0.linger = .seconds(10) }
        #expect(lingering.wait(until: 9).stopCode == nil)
        let call = lingering.connectedCall(1)
        #expect(lingering.wait(until: 50).stopCode == nil)
        lingering.give(.closeCall(call, ResultCode(.administrative)))
        #expect(lingering.wait(until: 59.9).stopCode == nil)
        #expect(lingering.wait(until: 60).stopCode?.result == .generalClear)
        #expect(lingering.tunnel.state == .stopping)
    }

    @Test func `MSG-03 MSG-01 RES-03 an SCCRQ that lacks something is refused under the peer's tunnel id`() {
        var body = MessageEncoder.encode(.sccrq(ScriptedPeer.sccrq))
        // Without its Framing Capabilities, AVP 3 of 10 octets.
        let avp: [UInt8] = [0x80, 10, 0, 0, 0, 3]
        if let offset = body.indices.first(where: { body[$0...].starts(with: avp) }) {
            body.removeSubrange(offset..<(offset + 10))
        }
        var peer = ScriptedPeer(.responder)
        let reaction = peer.say(body: body)
        #expect(reaction.stopCode?.result == .generalError)
        #expect(reaction.sent.first?.header.tunnelID == ScriptedPeer.tunnelID)
        #expect(peer.tunnel.state == .stopping)
    }

    @Test(arguments: [Tunnel.Role.initiator, .responder])
    func `MSG-04 RES-03 a protocol version that is not ours is refused with result 5 and ours`(role: Tunnel.Role) {
        var peer = ScriptedPeer(role)
        var reaction = peer.give(.open)
        let version = ProtocolVersion(version: 2, revision: 0)
        if role == .initiator {
            var message = ScriptedPeer.sccrp
            message.protocolVersion = version
            reaction = peer.say(.sccrp(message))
        } else {
            var message = ScriptedPeer.sccrq
            message.protocolVersion = version
            reaction = peer.say(.sccrq(message))
        }
        #expect(reaction.stopCode?.result == .unsupportedVersion)
        #expect(reaction.stopCode?.error?.rawValue == 0x0100)
    }

    @Test func `REL-13 HRD-03 a datagram for another tunnel is dropped without a word`() {
        var peer = ScriptedPeer.established()
        let header = ControlHeader(tunnelID: TunnelID(0x0102), ns: peer.ns, nr: peer.nr)
        let reaction = peer.give(.datagram(header, body: MessageEncoder.encode(.hello(Hello()))))
        #expect(reaction.sent.isEmpty)
        #expect(reaction.outputs == [.noted(.strayDatagram(header))])
        #expect(peer.say(.hello(Hello())).sent.map(\.header.nr) == [peer.ns])
    }

    @Test func `MSG-13 calls before the control connection is established end it and make no call`() {
        var peer = ScriptedPeer(in: .waitCtlConn)
        let reaction = peer.say(.icrq(ICRQ(assignedSessionID: SessionID(5), callSerialNumber: 1)))
        #expect(reaction.stopCode?.result == .stateMachineError)
        #expect(peer.tunnel.sessionCount == 0)
    }

    @Test(arguments: [ControlConnectionTable.State.waitCtlConn, .established])
    func `AVP-11 MSG-13 a mandatory message of unknown type ends the tunnel`(state: ControlConnectionTable.State) {
        var peer = ScriptedPeer(in: state)
        let reaction = peer.say(body: [0x80, 8, 0, 0, 0, 0, 0, 99])
        #expect(reaction.stopCode?.result == .generalError)
        #expect(reaction.stopCode?.error == .unknownMandatoryAVP)
        #expect(peer.tunnel.state == .stopping)
    }

    @Test func `AVP-11 another message of unknown type is acknowledged and ignored`() {
        var peer = ScriptedPeer.established()
        let reaction = peer.say(body: [0x00, 8, 0, 0, 0, 0, 0, 99])
        #expect(reaction.sent.map(\.header.nr) == [peer.ns])
        #expect(reaction.outputs == [.noted(.ignored(MessageType(rawValue: 99)))])
        // And what follows it is received.
        #expect(peer.offerCall(1) != .none)
    }

    @Test func `AVP-04 an unknown mandatory AVP about the tunnel ends the tunnel and its calls`() {
        var peer = ScriptedPeer.established()
        let call = peer.connectedCall(1)
        let hello: [UInt8] = [0x80, 8, 0, 0, 0, 0, 0, 6, 0x80, 6, 0, 9, 0, 1]
        let reaction = peer.say(body: hello)
        let code = reaction.stopCode
        #expect(code?.result == .generalError)
        #expect(code?.error == .unknownMandatoryAVP)
        #expect(
            reaction.demands.prefix(2) == [
                .callClosed(
                    call, .tunnel(.local(ResultCode(.generalError, error: .unknownMandatoryAVP, text: code?.text)))),
                .closed(.local(ResultCode(.generalError, error: .unknownMandatoryAVP, text: code?.text))),
            ])
    }

    @Test func `AVP-08 AVP-06 what is wrong without the M bit is noted and ignored`() {
        var peer = ScriptedPeer.established()
        let hello: [UInt8] = [0x80, 8, 0, 0, 0, 0, 0, 6, 0, 6, 0, 9, 0, 1]
        let reaction = peer.say(body: hello)
        #expect(reaction.messages.isEmpty)
        #expect(reaction.demands.isEmpty)
        #expect(reaction.outputs.count == 1)
        #expect(peer.tunnel.state == .established)
    }
}
