/// What a session carries, by the kernel's number (enum l2tp_pwtype, IANA's L2TPv3 pseudowire types).
package struct Pseudowire: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let ethernet = Pseudowire(rawValue: 5)
    package static let ppp = Pseudowire(rawValue: 7)
}

/// A session of the kernel's.
package struct KernelSession: Hashable, Sendable {
    package var tunnel: UInt32
    package var id: UInt32
    /// The peer's tunnel id; 0 where the kernel did not tell.
    package var peerTunnel: UInt32
    package var peerID: UInt32
    package var pseudowire: Pseudowire
    /// Of a session that carries Ethernet: the interface, by the name that it was made with. The kernel names none for PPP.
    package var interface: String?
    /// What our packets have and what packets to us must have, of 0, 4 or 8 octets (RFC 3931 section 4.1), L2TPv3 alone.
    /// These are the kernel's names: to the RFC the cookie is the one that its receiver chose.
    package var cookie: [UInt8]
    package var peerCookie: [UInt8]
    package var isLNS: Bool
    package var sendsSequence: Bool
    package var requiresSequence: Bool
    /// In milliseconds; 0: packets are not put in order.
    package var reorderTimeout: UInt64
    /// Whether an IPsec policy is on the tunnel's socket.
    package var usesIPsec: Bool
    package var counters: SessionCounters

    package init(
        tunnel: UInt32, id: UInt32, peerTunnel: UInt32 = 0, peerID: UInt32, pseudowire: Pseudowire = .ppp,
        interface: String? = nil, cookie: [UInt8] = [], peerCookie: [UInt8] = [], isLNS: Bool,
        sendsSequence: Bool = false, requiresSequence: Bool = false, reorderTimeout: UInt64 = 0,
        usesIPsec: Bool = false, counters: SessionCounters = SessionCounters()
    ) {
        self.tunnel = tunnel
        self.id = id
        self.peerTunnel = peerTunnel
        self.peerID = peerID
        self.pseudowire = pseudowire
        self.interface = interface
        self.cookie = cookie
        self.peerCookie = peerCookie
        self.isLNS = isLNS
        self.sendsSequence = sendsSequence
        self.requiresSequence = requiresSequence
        self.reorderTimeout = reorderTimeout
        self.usesIPsec = usesIPsec
        self.counters = counters
    }
}

/// RFC 3931 section 4.6: whether L2TPv3 data packets have the default sublayer of 4 octets, which holds sequence numbers.
/// Both ends must agree. The kernel takes it when a session is made and never tells it; the numbers are the kernel's.
package enum L2SpecificSublayer: UInt8, Hashable, Sendable {
    case none = 0
    case `default` = 1
}

/// What can be changed of a session that stands; nil leaves it as it is.
package struct SessionChanges: Hashable, Sendable {
    package var isLNS: Bool?
    package var sendsSequence: Bool?
    package var requiresSequence: Bool?
    /// In milliseconds; 0: packets are not put in order.
    package var reorderTimeout: UInt64?

    package init(
        isLNS: Bool? = nil, sendsSequence: Bool? = nil, requiresSequence: Bool? = nil, reorderTimeout: UInt64? = nil
    ) {
        self.isLNS = isLNS
        self.sendsSequence = sendsSequence
        self.requiresSequence = requiresSequence
        self.reorderTimeout = reorderTimeout
    }
}
