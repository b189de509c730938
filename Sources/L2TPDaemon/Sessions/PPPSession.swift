import Addresses
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import Netlink
import PPP

/// One call that is, or will be, a PPP link on an interface of ours.
final class PPPSession {

    /// How far the call has come. What PPP does within `linked` is the link's own phase.
    enum Stage {
        /// The kernel makes the session; an ICRQ is not answered yet (RFC 2661 section 5.1: data may come with the ICCN).
        /// An OCCN may come before the kernel is ready, and waits here.
        case preparing(CallConnection?)
        /// The ICCN or OCCN is waited for, or about to be sent. A peer's LCP may come before: a few frames wait here.
        case awaitingConnection(early: [[UInt8]])
        case linked
        /// The kernel passes frames on to the partner and from it; PPP ends elsewhere.
        case bridged
        /// The kernel forgets the session; then it is gone.
        case ending
    }

    /// The session's interface.
    enum Unit: Equatable {
        case none
        case requested(name: String)
        case ready(index: Int32, name: String)
    }

    let key: SessionKey
    /// The ids that the other end of the tunnel assigned; nil of a subscriber's session, which has no tunnel.
    let peerKey: SessionKey?
    /// The ends of its tunnel; nil of a subscriber's session.
    let path: Path?
    let role: any SessionRole
    /// What asked for the call, from either end.
    let offer: CallRequest
    let began: Instant
    var connection: CallConnection?
    var stage = Stage.preparing(nil)
    var link: Link
    var unit = Unit.none
    var networks = SessionNetworks()
    /// Network protocols whose routes the data plane is adding, in the order in which it was told.
    var routing: [NetworkProtocol] = []
    /// The name that was last judged or had the link: of whom it is told when the link has forgotten it.
    var lastUser: String?
    /// The name servers that we were told.
    var dns: [IPv4Address] = []
    /// Why it ended, once it does.
    var end: String?
    /// What the other end of the tunnel is to be told of that, where PPP is not the reason.
    var disconnection: Disconnection?
    /// Whether it ended although nobody wanted it to.
    var hasFailed = false
    /// When a network protocol first passed.
    var opened: Instant?
    /// Whether the kernel passed its frames on when it ended.
    var wasBridged = false
    /// When nothing was left to do but to wait for the kernel.
    var ended: Instant?
    /// The last counters that the kernel told.
    var counters = SessionCounters()
    /// The other side of a bridge, made or meant; when one goes the other goes.
    var partner: SessionKey?
    /// How the call ended, once its tunnel has said so, and what the peer's CDN said of PPP.
    var callEnd: CallEnd?
    var disconnectCause: PPPDisconnectCause?
    /// Frames that go to the other end of the tunnel behind the ICCN.
    var unsent: [[UInt8]] = []

    init(
        key: SessionKey, peerKey: SessionKey?, path: Path?, role: any SessionRole, offer: CallRequest, link: Link,
        at now: Instant
    ) {
        self.key = key
        self.peerKey = peerKey
        self.path = path
        self.role = role
        self.offer = offer
        self.link = link
        began = now
    }

    /// Frames that may wait for an ICCN; a PPP peer repeats itself, so no more are worth keeping.
    static let earlyFrames = 8

    var isLinked: Bool {
        if case .linked = stage { true } else { false }
    }

    var isEnding: Bool {
        if case .ending = stage { true } else { false }
    }

    var interfaceName: String? {
        if case .ready(_, let name) = unit { name } else { nil }
    }

    var isBridged: Bool {
        if case .bridged = stage { true } else { false }
    }

    /// Whether a network protocol passes, or whatever the ends of PPP agree on.
    var isOpen: Bool { isBridged || isLinked && networks.isAnyUp }

    /// Whether it was ever of use to anybody.
    var wasOpen: Bool { opened != nil || wasBridged }

    var user: String? { link.user ?? role.user }

    /// As `l2tpctl` shows it: what we are to the call.
    var roleName: String { role.isSwitched && !key.isAccess ? "switch" : role.side.rawValue }

    /// As `l2tpctl` shows it.
    var state: String {
        switch stage {
        case .preparing: offer.state(at: key.isAccess ? .lns : role.side, isReady: false)
        case .awaitingConnection where role.side == .lns && connection != nil: "hand-over"
        case .awaitingConnection: offer.state(at: key.isAccess ? .lns : role.side, isReady: true)
        case .linked: isOpen ? "open" : link.phase.rawValue
        case .bridged: "bridged"
        case .ending: "closing"
        }
    }

    /// What every event of its begins with.
    var facts: Facts {
        var facts: Facts = [
            "peer": role.peerName, "session_id": key.session.description, "tunnel_id": key.tunnel.description,
        ]
        if let user = user ?? lastUser { facts["user"] = Text(user).description }
        facts["interface"] = interfaceName
        return facts
    }
}
