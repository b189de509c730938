import L2TPControl
import L2TPWire

/// A call's state as a test can bring it about.
enum Stage: CaseIterable, Sendable {
    /// Incoming, LNS: `offered` is the table's idle. LAC: the same is `waitTunnel`'s end, so it begins with `waitReply`.
    case offered, waitConnect, connected
    case waitReply, replied, placed
    /// Outgoing, LAC: `requested` is the table's idle. LNS: again from `waitReply` on.
    case requested, waitCsAnswer, answered
    case outgoingWaitReply, outgoingWaitConnect, outgoingConnected

    /// Whether the peer's session id is known.
    var knowsPeer: Bool { self != .waitReply && self != .outgoingWaitReply }
}

let call = SessionID(500)
let icrq = ICRQ(assignedSessionID: call, callSerialNumber: 9)
let icrp = ICRP(assignedSessionID: call)
let ocrp = OCRP(assignedSessionID: call)

extension ScriptedPeer {
    /// A tunnel with one call in that stage, which the peer calls 500; and our id of it.
    static func withCall(_ stage: Stage) -> (ScriptedPeer, SessionID) {
        var peer = ScriptedPeer.established {
            $0.bearerCapabilities = .digital
            $0.answerTimeout = .seconds(30)
        }
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
        case .requested:
            let id = peer.requestCall(500)
            return (peer, id)
        case .waitCsAnswer, .answered:
            let id = peer.requestCall(500)
            peer.give(.acceptOutgoingCall(id, OCRP(assignedSessionID: .none), answerWithin: .seconds(30)))
            if stage == .answered { peer.give(.connectOutgoingCall(id, .plain)) }
            return (peer, id)
        case .outgoingWaitReply, .outgoingWaitConnect, .outgoingConnected:
            let id = peer.placeOutgoingCall()
            if stage != .outgoingWaitReply { peer.say(.ocrp(ocrp), session: id) }
            if stage == .outgoingConnected { peer.say(.occn(.plain), session: id) }
            return (peer, id)
        }
    }
}

func cdn(_ result: CDNResult, _ id: SessionID = call) -> Message {
    .cdn(CDN(resultCode: ResultCode(result), assignedSessionID: id))
}
