import Addresses
import Configuration
import DataPlane
import L2TPWire
import Netlink
import PPP

/// One call that is, or will be, a PPP link on an interface of ours.
final class LNSSession {
    typealias Instant = ContinuousClock.Instant

    /// How far the call has come. What PPP does within `linked` is the link's own phase.
    enum Stage {
        /// The kernel makes the session; the ICRQ is not answered yet (RFC 2661 section 5.1: data may come with the ICCN).
        case preparing
        /// ICRP is sent. A peer's LCP may overtake its ICCN: a few frames wait here.
        case awaitingConnection(early: [[UInt8]])
        case linked
        /// The kernel forgets the session; then it is gone.
        case ending
    }

    /// The session's interface.
    enum Unit: Equatable {
        case none
        case requested(name: String)
        case ready(index: Int32, name: String)
    }

    /// The address that the link's user was given.
    struct Lease: Equatable {
        var user: String?
        var address: IPv4Address
    }

    let key: SessionKey
    let peerKey: SessionKey
    /// The `[[peer]]` that the call came from, and the `[[ppp]]` that ends it: as they were when the call came.
    let peer: Peer
    let profile: PPPProfile
    let offer: ICRQ
    let began: Instant
    var connection: ICCN?
    var stage = Stage.preparing
    var link: Link
    var unit = Unit.none
    var lease: Lease?
    /// Addresses of users before the present one, while the interface may still have them.
    var returning: [IPv4Address] = []
    var networks = SessionNetworks()
    /// When a network protocol first passed.
    var opened: Instant?
    /// The last counters that the kernel told.
    var counters = SessionCounters()

    init(
        key: SessionKey, peerKey: SessionKey, peer: Peer, profile: PPPProfile, offer: ICRQ, link: Link, at now: Instant
    ) {
        self.key = key
        self.peerKey = peerKey
        self.peer = peer
        self.profile = profile
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

    /// Whether a network protocol passes.
    var isOpen: Bool { isLinked && networks.isAnyUp }

    /// As `l2tpctl` shows it.
    var state: String {
        switch stage {
        case .preparing: "offered"
        case .awaitingConnection: "wait-connect"
        case .linked: isOpen ? "open" : link.phase.rawValue
        case .ending: "closing"
        }
    }
}
