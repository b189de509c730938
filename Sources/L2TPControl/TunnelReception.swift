import Instants
import L2TPWire

/// Where a message goes: to the control connection or to one of the calls (RFC 2661 sections 4.1, 4.4.4, 7.1).
extension Tunnel {
    mutating func receive(
        _ header: ControlHeader, _ body: [UInt8], at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard header.tunnelID == localTunnelID || header.tunnelID == .none else {
            return outputs.append(.noted(.strayDatagram(header)))
        }
        lastHeard = now
        let segment = ReliableDelivery.Segment(sessionID: header.sessionID, ns: header.ns, nr: header.nr, body: body)
        for segment in delivery.receive(segment) {
            do throws(MessageError) {
                let decoded = try MessageDecoder.decode(body: segment.body, secret: configuration.usableSecret)
                for note in decoded.notes { outputs.append(.noted(.odd(decoded.message.type, note))) }
                deliver(decoded.message, to: segment.sessionID, at: now, using: &random)
            } catch {
                outputs.append(.noted(.refused(error)))
                deliver(error, to: segment.sessionID, at: now, using: &random)
            }
        }
    }

    private mutating func deliver(
        _ message: Message, to session: SessionID, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard isRunning else {
            if case .stopCCN = message { delivery.hold(at: now) }
            return
        }
        if message.scope == .tunnel, session != .none { outputs.append(.noted(.outOfPlace(message.type, session))) }
        switch message {
        case .sccrq(let message): tell(.sccrq(message), at: now, using: &random)
        case .sccrp(let message): tell(.sccrp(message), at: now, using: &random)
        case .scccn(let message): tell(.scccn(message), at: now, using: &random)
        case .stopCCN(let message):
            // A peer that refuses our SCCRQ says here for the first time where its acknowledgement is to go.
            if peerTunnelID == .none { peerTunnelID = message.assignedTunnelID }
            tell(.stopCCN(message.resultCode), at: now, using: &random)
        case .hello: break
        case .unknown(let type), .extension(let type, _): outputs.append(.noted(.ignored(type)))
        case .icrq, .icrp, .iccn, .cdn, .wen, .sli, .ocrq, .ocrp, .occn:
            guard connection.tableState == .established else {
                return stop(.stateMachineError, "unexpected \(message.type)", at: now, using: &random)
            }
            deliverToCall(message, session, at: now, using: &random)
        }
    }

    private mutating func deliverToCall(
        _ message: Message, _ session: SessionID, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard let id = call(session, peer: message.assignedSessionID) else {
            return deliverToNobody(message, session, at: now, using: &random)
        }
        switch message {
        case .wen(let message) where calls[id]?.isEstablished == true: outputs.append(.lineErrors(id, message))
        case .sli(let message) where calls[id]?.isEstablished == true: outputs.append(.linkInfo(id, message))
        case .wen, .sli: outputs.append(.noted(.outOfPlace(message.type, session)))
        case .cdn(let message):
            if let cause = message.pppDisconnectCause { outputs.append(.disconnectCause(id, cause)) }
            tell(id, .cdn(message.resultCode), using: &random)
        case .icrq: tell(id, .icrq, using: &random)
        case .ocrq: tell(id, .ocrq, using: &random)
        case .icrp(let reply):
            let refusal = refusal(of: reply.assignedSessionID, as: id)
            tell(id, refusal.map { .refused(.icrp, $0) } ?? .icrp(reply), using: &random)
        case .ocrp(let reply):
            let refusal = refusal(of: reply.assignedSessionID, as: id)
            let until = now + configuration.answerTimeout
            tell(id, refusal.map { .refused(.ocrp, $0) } ?? .ocrp(reply, until: until), using: &random)
        case .iccn(let connection):
            let refusal = refusal(of: connection.framingType)
            tell(id, refusal.map { .refused(.iccn, $0) } ?? .iccn(connection), using: &random)
        case .occn(let connection):
            let refusal = refusal(of: connection.framingType)
            tell(id, refusal.map { .refused(.occn, $0) } ?? .occn(connection), using: &random)
        case .sccrq, .sccrp, .scccn, .stopCCN, .hello, .unknown, .extension: break
        }
    }

    /// Why what a peer calls one of our calls cannot be: it is another's name already.
    private func refusal(of peer: SessionID, as id: SessionID) -> ResultCode<CDNResult>? {
        guard let other = callsByPeerID[peer], other != id else { return nil }
        return .invalidSession("session id is in use")
    }

    /// Why a call cannot be connected with this framing: we did not advertise it (RFC 2661 section 4.4.3).
    private func refusal(of framing: FramingType) -> ResultCode<CDNResult>? {
        configuration.framingCapabilities.permit(framing) ? nil : .valueOutOfRange("Framing Type")
    }

    /// A message about a call that is not there: what the tables say of `idle`. An answer to a call that ended lately
    /// crossed our CDN, and is not answered by another.
    private mutating func deliverToNobody(
        _ message: Message, _ session: SessionID, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        switch message {
        case .icrq(let request) where session == .none: return offerCall(request, at: now, using: &random)
        case .ocrq(let request) where session == .none: return requestOutgoingCall(request, at: now, using: &random)
        case .icrq, .ocrq:
            if let peer = message.assignedSessionID { refuse(peer, .invalidSession("no such call"), using: &random) }
        case .icrp, .ocrp:
            if let peer = message.assignedSessionID, !sessionIDs.isResting(session.rawValue) {
                refuse(peer, .invalidSession("no such call"), using: &random)
            }
        case .iccn, .occn, .cdn, .wen, .sli: break
        case .sccrq, .sccrp, .scccn, .stopCCN, .hello, .unknown, .extension: break
        }
        outputs.append(.noted(.outOfPlace(message.type, session)))
    }

    /// A message that cannot be accepted: as its type, with the fault's code for an answer.
    private mutating func deliver(
        _ error: MessageError, to session: SessionID, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard isRunning else {
            if error.messageType == .stopCCN { delivery.hold(at: now) }
            return
        }
        switch (error.answer, error.messageType) {
        case (_, .stopCCN?):
            if peerTunnelID == .none { peerTunnelID = error.assignedTunnelID ?? .none }
            tell(.stopCCN(nil), at: now, using: &random)
        case (.stopCCN(let code), let type):
            if peerTunnelID == .none { peerTunnelID = error.assignedTunnelID ?? .none }
            // Whatever a tunnel begins with stands for its SCCRQ.
            let type = connection.tableState == .idle ? .sccrq : type ?? .hello
            tell(.unreadable(type, code), at: now, using: &random)
        case (.cdn(let code), let type?) where connection.tableState == .established:
            deliverToCall(type, error.assignedSessionID, code, session, using: &random)
        case (.cdn, let type):
            stop(.stateMachineError, "unexpected \(type ?? .cdn)", at: now, using: &random)
        }
    }

    private mutating func deliverToCall(
        _ type: MessageType, _ peer: SessionID?, _ code: ResultCode<CDNResult>, _ session: SessionID,
        using random: inout some RandomNumberGenerator
    ) {
        guard let id = call(session, peer: peer) else {
            // Nothing is left to end but what the peer believes to have; nobody answers a CDN.
            if type != .cdn { refuse(peer ?? .none, code, using: &random) }
            return
        }
        tell(id, type == .cdn ? .cdn(nil) : .refused(type, code), using: &random)
    }

    /// Our id of the call that a message is about: by the header, or where that says 0 by the sender's own id.
    private func call(_ session: SessionID, peer: SessionID?) -> SessionID? {
        if session != .none, calls[session] != nil { return session }
        return session == .none ? peer.flatMap { callsByPeerID[$0] } : nil
    }

    private mutating func stop(
        _ result: StopCCNResult, _ text: String, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        let code = ResultCode(result, text: Text(text))
        if connection.tableState == .idle {
            tell(.unreadable(.sccrq, code), at: now, using: &random)
        } else {
            tell(.localClose(code), at: now, using: &random)
        }
    }
}

extension Message {
    /// What the sender calls the session, where the message says it.
    fileprivate var assignedSessionID: SessionID? {
        switch self {
        case .icrq(let message): message.assignedSessionID
        case .icrp(let message): message.assignedSessionID
        case .ocrq(let message): message.assignedSessionID
        case .ocrp(let message): message.assignedSessionID
        case .cdn(let message): message.assignedSessionID
        case .sccrq, .sccrp, .scccn, .stopCCN, .hello, .occn, .iccn, .wen, .sli, .extension, .unknown: nil
        }
    }
}

extension ResultCode<CDNResult> {
    /// Error 5: the session id means nothing, or means another call.
    static func invalidSession(_ text: Text) -> Self {
        ResultCode(.seeErrorCode, error: .invalidSessionID, text: text)
    }
}
