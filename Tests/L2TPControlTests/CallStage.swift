import L2TPControl
import L2TPWire

/// A call's state as a test can bring it about.
enum Stage: CaseIterable, Sendable {
    /// LNS: `offered` is the table's idle. LAC: the same is `waitTunnel`'s end, so it begins with `waitReply`.
    case offered, waitConnect, connected
    case waitReply, replied, placed
}

let call = SessionID(500)
let icrq = ICRQ(assignedSessionID: call, callSerialNumber: 9)
let icrp = ICRP(assignedSessionID: call)

extension ScriptedPeer {
    /// A tunnel with one call in that stage, which the peer calls 500; and our id of it.
    static func withCall(_ stage: Stage) -> (ScriptedPeer, SessionID) {
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

func cdn(_ result: CDNResult, _ id: SessionID = call) -> Message {
    .cdn(CDN(resultCode: ResultCode(result), assignedSessionID: id))
}
