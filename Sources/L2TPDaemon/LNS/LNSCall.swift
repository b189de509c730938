import Configuration
import DataPlane
import PPP

/// An incoming call that ends here.
final class LNSCall: TerminatingRole {
    /// The `[[peer]]` that the call came from, as it was then.
    private let peer: Peer
    let termination: PPPTermination

    init(_ lns: LNS, from peer: Peer, by profile: PPPProfile) {
        self.peer = peer
        termination = PPPTermination(lns, by: profile)
    }

    var peerName: String { peer.name }
    var countedPeer: String? { peer.name }
    var proxyPolicy: ProxyPolicy {
        ProxyPolicy(
            acceptsLCP: peer.proxyLCP == .accept, acceptsAuthentication: peer.proxyAuthentication == .accept)
    }

    func forgotten(_ session: PPPSession, at now: ContinuousClock.Instant) {
        termination.end()
    }
}
