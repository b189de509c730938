import Configuration
import DataPlane
import L2TPControl
import L2TPWire

/// A call that a LAC offers us and that goes on to an LNS of a tunnel group: an incoming and an outgoing leg, which the
/// kernel joins. PPP passes through and ends nowhere here.
///
/// Nothing of the kernel's is spent before the LNS has taken the call; and the LAC has its answer when the way through
/// is there, so that either both legs are set up or both are refused.
final class SwitchedCall {
    /// What the incoming leg's session is, or will be.
    let key: SessionKey
    let peerKey: SessionKey
    let offer: ICRQ
    let peer: Peer
    let group: TunnelGroup
    /// The outgoing leg while it has no session.
    weak var placed: PlacedCall?
    weak var incoming: PPPSession?
    weak var outgoing: PPPSession?
    /// The LAC has ended it while the LNS was asked.
    var isAbandoned = false

    init(
        _ offer: ICRQ, key: SessionKey, peerKey: SessionKey, from peer: Peer, into group: TunnelGroup
    ) {
        self.key = key
        self.peerKey = peerKey
        self.offer = offer
        self.peer = peer
        self.group = group
    }
}
