import Addresses
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
    /// Whom the call came from: it must not go back there.
    struct Origin {
        var address: IPAddress
        var hostName: Text?

        init(_ context: TunnelContext) {
            address = context.path.remote.address
            hostName = context.machine.peer?.hostName
        }

        /// Whether the far end of a tunnel is the one that the call came from, as far as is known: an end that was not
        /// heard of yet has no Host Name.
        ///
        /// This sees the loops of two switches that name each other, and of one that names itself. RFC 2661 has no AVP
        /// that counts hops, and nothing else of a call stays the same from leg to leg: a circle of three or more
        /// switches ends at `max_sessions` of whichever has the lowest.
        func isFarEnd(of context: TunnelContext) -> Bool {
            if context.path.remote.address == address { return true }
            guard let hostName, let other = context.machine.peer?.hostName else { return false }
            return hostName == other
        }
    }

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
