import Configuration
import DataPlane
import L2TPWire

/// A call that an LNS has us place (RFC 2661 section 5.2.2). It rings from the OCRP until the subscriber dials in; then
/// there are two legs, which the kernel joins. PPP is between subscriber and LNS.
final class OutgoingCall {
    /// What the leg towards the LNS is called, here and there.
    let key: SessionKey
    let peerKey: SessionKey
    let request: OCRQ
    let callee: Callee
    /// The `[[peer]]` that asked, where it opened the tunnel.
    let peer: Peer?
    weak var calleeSession: PPPSession?

    init(_ request: OCRQ, to callee: Callee, key: SessionKey, peerKey: SessionKey, from peer: Peer?) {
        self.request = request
        self.callee = callee
        self.key = key
        self.peerKey = peerKey
        self.peer = peer
    }
}
