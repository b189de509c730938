import Configuration
import Instants
import L2TPControl
import L2TPWire
import PPP

/// The role of a call that we place: it hears what becomes of the call until there is a session.
protocol CallerRole: SessionRole {
    /// The call is on its way to this LNS.
    func directed(to context: TunnelContext)
    /// An LNS took the call, and the kernel makes its session.
    func taken(_ session: PPPSession) -> SessionOrder?
    /// No LNS took the call; none of them may be tried again before `retry`.
    func failed(_ reason: String, retry: Instant?, at now: Instant) -> [SessionOrder]
}

extension CallerRole {
    func taken(_ session: PPPSession) -> SessionOrder? { nil }
}

/// A call of ours on its way to one LNS of a group, and to another when that one fails, until it is a session. Of an
/// outgoing call the far end is the LAC.
final class PlacedCall {
    /// Where the call is.
    enum Stage {
        /// An LNS is looked for.
        case seeking
        /// Its LNS is looked up by name.
        case lookingUp(Counterpart.Outbound)
        /// In a tunnel; the id follows as soon as the tunnel's machine hears of the call.
        case placed(TunnelContext, SessionID?)
        /// The LNS took it, no LNS did, or nobody wants it any more.
        case over
    }

    enum Destination {
        /// One of these LNSes; `owner` is whose tunnel alone it may go by, nil shares.
        case group(TunnelGroup, owner: String?)
        /// What is at the other end of this tunnel.
        case tunnel(TunnelContext)
    }

    let destination: Destination
    let request: CallRequest
    let role: any CallerRole
    let link: LinkConfiguration
    var stage = Stage.seeking
    /// Whom it came from and must not go to, where it is the second leg of another.
    var origin: CallOrigin?
    /// Nobody wants it any more, though its tunnel's machine may not have heard of that.
    var isCancelled = false
    var tried: Set<RemoteLNS> = []
    var lastFailure: String?
    /// How the last LNS ended it, and what its CDN said of PPP.
    var lastEnd: CallEnd?
    var disconnectCause: PPPDisconnectCause?

    convenience init(
        group: TunnelGroup, tunnelOwner: String?, request: CallRequest, role: any CallerRole, link: LinkConfiguration
    ) {
        self.init(to: .group(group, owner: tunnelOwner), request: request, role: role, link: link)
    }

    init(to destination: Destination, request: CallRequest, role: any CallerRole, link: LinkConfiguration) {
        self.destination = destination
        self.request = request
        self.role = role
        self.link = link
    }

    /// What whoever the call is made for is told when no LNS takes it: what the last one said; where none was asked, or
    /// none answered, that we have no facilities now, for which he may try somebody else.
    func refusal(_ reason: String) -> Disconnection {
        switch lastEnd {
        case .local?, .peer(_?)?: Disconnection(lastEnd, cause: disconnectCause)
        case .peer(nil)?, .outOfPlace?, .tunnel?, nil: Disconnection(.noFacilitiesTemporarily, text: reason)
        }
    }

    /// Its Call Serial Number, which names it until it has a session id.
    var serial: UInt32 { request.callSerialNumber }

    var context: TunnelContext? { if case .placed(let context, _) = stage { context } else { nil } }
}
