package import Addresses
package import Netlink

/// A PPP channel: a session of a tunnel by our own ids, the tunnel's and its own (16 bits in L2TPv2, 32 in L2TPv3), or a
/// session of the access side.
package struct SessionKey: Hashable, Sendable, CustomStringConvertible {
    package var tunnel: UInt32
    package var session: UInt32

    package init(tunnel: UInt32, session: UInt32) {
        self.tunnel = tunnel
        self.session = session
    }

    /// Both at once: every frame's session is looked up, in several tables.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(UInt64(tunnel) << 32 | UInt64(session))
    }

    /// A PPPoE subscriber's session, by a number that the daemon hands out. No L2TP tunnel has the id 0 (RFC 2661
    /// section 3.1), so the two kinds of keys never meet.
    package static func access(_ number: UInt32) -> SessionKey {
        SessionKey(tunnel: 0, session: number)
    }

    /// Whether it is a PPPoE subscriber's session, of no tunnel.
    package var isAccess: Bool { tunnel == 0 }

    /// "7/1".
    package var description: String { "\(tunnel)/\(session)" }
}

/// How the kernel treats a session's data packets.
package struct SessionParameters: Hashable, Sendable {
    /// The LNS decides whether data is sequenced; a LAC's kernel follows what it receives (DAT-04).
    package var isLNS: Bool
    /// Data packets that we send carry sequence numbers.
    package var sendsSequence: Bool
    /// Data packets without sequence numbers are dropped (DAT-03).
    package var requiresSequence: Bool
    /// How long a packet that came too early waits for the one before it (DAT-05); zero: packets are not put in order.
    package var reorderTimeout: Duration

    package init(
        isLNS: Bool, sendsSequence: Bool = false, requiresSequence: Bool = false, reorderTimeout: Duration = .zero
    ) {
        self.isLNS = isLNS
        self.sendsSequence = sendsSequence
        self.requiresSequence = requiresSequence
        self.reorderTimeout = reorderTimeout
    }
}

/// The interface of a session.
package struct UnitSpecification: Hashable, Sendable {
    /// At most 15 octets, unique in the namespace.
    package var name: String
    package var mtu: Int
    package var group: InterfaceGroup

    package init(name: String, mtu: Int, group: InterfaceGroup) {
        self.name = name
        self.mtu = mtu
        self.group = group
    }
}

/// A network protocol that an interface of PPP carries.
package enum NetworkProtocol: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case ipv4
    case ipv6

    package var description: String {
        switch self {
        case .ipv4: "ipv4"
        case .ipv6: "ipv6"
        }
    }
}

/// The addresses of a network protocol on an interface.
package enum UnitNetwork: Hashable, Sendable {
    /// Point to point: our address and the peer's.
    case ipv4(local: IPv4Address, peer: IPv4Address)
    /// Link-local addresses with these interface identifiers.
    case ipv6(local: UInt64, peer: UInt64)

    package var networkProtocol: NetworkProtocol {
        switch self {
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        }
    }
}

/// Routes that lead through a session's interface.
package struct SessionRoutes: Hashable, Sendable {
    package var prefixes: [IPPrefix]
    /// The tunnel's other end: where a prefix holds it, the way that packets to it take at present is pinned by a route
    /// of its own first, so that the tunnel does not lead through itself. It goes with the session.
    package var around: IPAddress

    package init(prefixes: [IPPrefix], around: IPAddress) {
        self.prefixes = prefixes
        self.around = around
    }

    /// Whether one of them would lead the tunnel into itself.
    package var needPin: Bool { prefixes.contains { $0.contains(around) } }
}

/// By which descriptor a PPP frame goes: the channel carries LCP, authentication and, until there is a unit, everything;
/// the unit carries the network control protocols.
package enum FrameWay: Hashable, Sendable {
    case channel
    case unit
}
