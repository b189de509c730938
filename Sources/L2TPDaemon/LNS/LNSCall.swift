import Configuration
import DataPlane
import PPP

/// An incoming call that ends here.
final class LNSCall: SessionRole {
    /// The `[[peer]]` that the call came from, as it was then.
    private let peer: Peer
    let termination: PPPTermination

    init(_ lns: LNS, from peer: Peer, by profile: PPPProfile) {
        self.peer = peer
        termination = PPPTermination(lns, by: profile)
    }

    var peerName: String { peer.name }
    var interface: InterfaceNaming { termination.interface }
    var interfaceGroup: UInt32 { termination.interfaceGroup }
    var proxyPolicy: ProxyPolicy {
        ProxyPolicy(
            acceptsLCP: peer.proxyLCP == .accept, acceptsAuthentication: peer.proxyAuthentication == .accept)
    }

    func verdict(on request: AuthenticationRequest, in session: PPPSession) -> AuthenticationVerdict {
        termination.verdict(on: request, in: session)
    }

    func networkParameters(of session: PPPSession) throws(AddressError) -> NetworkParameters {
        try termination.networkParameters(of: session)
    }

    func withdrawn(_ network: NetworkProtocol, from session: PPPSession) {
        termination.withdrawn(network)
    }

    func forgotten(_ session: PPPSession, at now: ContinuousClock.Instant) {
        termination.end()
    }
}
