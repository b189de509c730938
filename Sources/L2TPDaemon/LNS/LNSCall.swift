import Configuration
import DataPlane
import Instants
import L2TPWire
import PPP

/// An incoming call whose PPP is ours to begin: it ends here, unless the user's realm has an LNS that takes it over.
final class LNSCall: SubscriberRole {
    private let lns: LNS
    /// The `[[peer]]` that the call came from, as it was then.
    private let peer: Peer
    let destination: Destination

    init(_ lns: LNS, from peer: Peer, by profile: PPPProfile) {
        self.lns = lns
        self.peer = peer
        destination = Destination(lns, by: profile)
    }

    var peerName: String { peer.name }
    var countedPeer: String? { peer.name }
    var proxyPolicy: ProxyPolicy {
        ProxyPolicy(
            acceptsLCP: peer.proxyLCP == .accept, acceptsAuthentication: peer.proxyAuthentication == .accept)
    }

    func handsOver(_ session: PPPSession, _ request: AuthenticationRequest?) -> Bool {
        // Who has an interface here ends here, whatever he calls himself later.
        guard session.unit == .none else { return false }
        return destination.decide(ending(of: request?.user), for: request?.user, .link(request))
    }

    /// The name alone counts: what proves it is for the LNS to judge, so it does not matter whether we would believe this
    /// LAC.
    func handsOver(_ session: PPPSession, _ connection: CallConnection) -> Bool {
        guard case .incoming(let message) = connection, let name = message.proxyAuthentication?.name else {
            return false
        }
        let user = String(decoding: name, as: UTF8.self)
        return destination.decide(ending(of: user), for: user, .proxied(message))
    }

    private func ending(of user: String?) -> Realm.Ending {
        (peer.followsRealms ? lns.realms.ending(of: user) : nil) ?? peer.ending
    }

    func forgotten(_ session: PPPSession, at now: Instant) {
        destination.end()
    }

    func connection(for handover: Handover) -> ICCN {
        var connection = ICCN.withoutLine
        if case .incoming(let said)? = destination.session?.connection { connection = ICCN(relaying: said) }
        connection.tell(handover)
        return connection
    }
}
