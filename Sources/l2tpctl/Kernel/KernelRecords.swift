import Addresses
import Netlink

/// A tunnel of the kernel's for `--json`. What the kernel did not tell is absent.
struct KernelTunnelRecord: Encodable, Hashable {
    var tunnelID: UInt32
    var peerTunnelID: UInt32
    var version: UInt8
    /// "udp" or "ip".
    var encapsulation: String
    /// "192.0.2.1:1701", and "192.0.2.1" without UDP.
    var localAddress: String?
    var peerAddress: String?
    /// Of UDP alone.
    var checksums: Bool?
    /// Of UDP over IPv6 alone.
    var takesNoChecksum: Bool?
    /// Absent in news: they would be those of some time ago.
    var counters: KernelCountersRecord?

    init(_ tunnel: KernelTunnel) {
        tunnelID = tunnel.id
        peerTunnelID = tunnel.peerID
        version = tunnel.version
        encapsulation = "\(tunnel.encapsulation)"
        localAddress = tunnel.localText
        peerAddress = tunnel.remoteText
        checksums = tunnel.checksums
        if tunnel.encapsulation == .udp, case .v6(_)? = tunnel.local?.address {
            takesNoChecksum = tunnel.takesNoChecksum
        }
        counters = KernelCountersRecord(tunnel.counters)
    }

    enum CodingKeys: String, CodingKey {
        case version, encapsulation, checksums, counters
        case tunnelID = "tunnel_id"
        case peerTunnelID = "peer_tunnel_id"
        case localAddress = "local_address"
        case peerAddress = "peer_address"
        case takesNoChecksum = "takes_no_checksum"
    }
}

/// A session of the kernel's for `--json`. What the kernel did not tell is absent.
struct KernelSessionRecord: Encodable, Hashable {
    var tunnelID: UInt32
    var sessionID: UInt32
    var peerTunnelID: UInt32
    var peerSessionID: UInt32
    /// "ethernet", "ppp", or "type N".
    var pseudowire: String
    /// Of Ethernet alone.
    var interface: String?
    /// Hexadecimal; absent when there is none.
    var cookie: String?
    var peerCookie: String?
    /// "lns" or "lac": who decides about sequence numbers.
    var role: String
    var sendsSequence: Bool
    var requiresSequence: Bool
    /// In milliseconds; 0: packets are not put in order.
    var reorderTimeout: UInt64
    var usesIPsec: Bool
    /// Absent in news: they would be those of some time ago.
    var counters: KernelCountersRecord?

    init(_ session: KernelSession) {
        tunnelID = session.tunnel
        sessionID = session.id
        peerTunnelID = session.peerTunnel
        peerSessionID = session.peerID
        pseudowire = session.pseudowire.text
        interface = session.interface
        cookie = session.cookie.isEmpty ? nil : Hexadecimal.text(session.cookie)
        peerCookie = session.peerCookie.isEmpty ? nil : Hexadecimal.text(session.peerCookie)
        role = session.isLNS ? "lns" : "lac"
        sendsSequence = session.sendsSequence
        requiresSequence = session.requiresSequence
        reorderTimeout = session.reorderTimeout
        usesIPsec = session.usesIPsec
        counters = KernelCountersRecord(session.counters)
    }

    enum CodingKeys: String, CodingKey {
        case pseudowire, interface, cookie, role, counters
        case tunnelID = "tunnel_id"
        case sessionID = "session_id"
        case peerTunnelID = "peer_tunnel_id"
        case peerSessionID = "peer_session_id"
        case peerCookie = "peer_cookie"
        case sendsSequence = "sends_sequence"
        case requiresSequence = "requires_sequence"
        case reorderTimeout = "reorder_timeout_ms"
        case usesIPsec = "uses_ipsec"
    }
}

/// The kernel's counters of a tunnel or a session.
struct KernelCountersRecord: Encodable, Hashable {
    var rxPackets, rxBytes, rxErrors, txPackets, txBytes, txErrors: UInt64
    var sequenceDiscards, outOfSequence, cookieDiscards, invalid: UInt64

    init(_ counters: SessionCounters) {
        rxPackets = counters.receivedPackets
        rxBytes = counters.receivedOctets
        rxErrors = counters.receiveErrors
        txPackets = counters.sentPackets
        txBytes = counters.sentOctets
        txErrors = counters.sendErrors
        sequenceDiscards = counters.sequenceDiscards
        outOfSequence = counters.outOfSequence
        cookieDiscards = counters.cookieDiscards
        invalid = counters.invalid
    }

    enum CodingKeys: String, CodingKey {
        case rxPackets = "rx_packets"
        case rxBytes = "rx_bytes"
        case rxErrors = "rx_errors"
        case txPackets = "tx_packets"
        case txBytes = "tx_bytes"
        case txErrors = "tx_errors"
        case sequenceDiscards = "rx_sequence_discards"
        case outOfSequence = "rx_out_of_sequence"
        case cookieDiscards = "rx_cookie_discards"
        case invalid = "rx_invalid"
    }
}
