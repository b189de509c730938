private import FoundationEssentials

/// A packet that passed through the daemon, as it was on the wire, secrets and all: what a client who taps is streamed.
///
/// Control messages of L2TP, PPP frames of the negotiation, and PPPoE's discovery; never data, which the kernel carries.
package struct PacketRecord: Codable, Hashable, Sendable {
    package enum Direction: String, Codable, Hashable, Sendable {
        case received = "in"
        case sent = "out"
    }

    package enum Kind: String, Codable, Hashable, Sendable {
        /// `octets` are a UDP datagram's.
        case l2tp
        /// `octets` are a PPP frame, from the protocol on, or from FF 03 before it.
        case ppp
        /// `octets` are a discovery packet, behind the Ethernet header.
        case pppoe
    }

    /// Microseconds since 1970 began in UTC.
    package var time: Int64
    package var direction: Direction
    package var kind: Kind
    /// "192.0.2.1:1701" where it goes in a tunnel, "02:00:00:00:00:01" where it is a PPPoE subscriber's.
    package var local: String
    package var remote: String
    /// The interface that a PPPoE subscriber is on, and what PPPoE calls his session.
    package var accessInterface: String?
    package var pppoeSessionID: UInt16?
    /// Our ids, and the peer's; absent while they are not known, or where it is about no session.
    package var tunnelID: UInt32?
    package var sessionID: UInt32?
    package var peerTunnelID: UInt32?
    package var peerSessionID: UInt32?
    /// The `[[peer]]`, of a tunnel that we opened the LNS.
    package var peer: String?
    /// The name that the subscriber has proven or claimed, once the daemon knows it.
    package var user: String?
    package var octets: [UInt8]

    package init(
        time: Int64, _ direction: Direction, _ kind: Kind, local: String, remote: String, _ octets: [UInt8]
    ) {
        self.time = time
        self.direction = direction
        self.kind = kind
        self.local = local
        self.remote = remote
        self.octets = octets
    }

    enum CodingKeys: String, CodingKey {
        case direction, kind, local, remote, peer, user, octets
        case time = "time_us"
        case accessInterface = "access_interface"
        case pppoeSessionID = "pppoe_session_id"
        case tunnelID = "tunnel_id"
        case sessionID = "session_id"
        case peerTunnelID = "peer_tunnel_id"
        case peerSessionID = "peer_session_id"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        time = try values.decode(Int64.self, forKey: .time)
        direction = try values.decode(Direction.self, forKey: .direction)
        kind = try values.decode(Kind.self, forKey: .kind)
        local = try values.decode(String.self, forKey: .local)
        remote = try values.decode(String.self, forKey: .remote)
        accessInterface = try values.decodeIfPresent(String.self, forKey: .accessInterface)
        pppoeSessionID = try values.decodeIfPresent(UInt16.self, forKey: .pppoeSessionID)
        tunnelID = try values.decodeIfPresent(UInt32.self, forKey: .tunnelID)
        sessionID = try values.decodeIfPresent(UInt32.self, forKey: .sessionID)
        peerTunnelID = try values.decodeIfPresent(UInt32.self, forKey: .peerTunnelID)
        peerSessionID = try values.decodeIfPresent(UInt32.self, forKey: .peerSessionID)
        peer = try values.decodeIfPresent(String.self, forKey: .peer)
        user = try values.decodeIfPresent(String.self, forKey: .user)
        octets = Array(try values.decode(Data.self, forKey: .octets))
    }

    /// The octets in base64 (RFC 4648 section 4).
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(time, forKey: .time)
        try values.encode(direction, forKey: .direction)
        try values.encode(kind, forKey: .kind)
        try values.encode(local, forKey: .local)
        try values.encode(remote, forKey: .remote)
        try values.encodeIfPresent(accessInterface, forKey: .accessInterface)
        try values.encodeIfPresent(pppoeSessionID, forKey: .pppoeSessionID)
        try values.encodeIfPresent(tunnelID, forKey: .tunnelID)
        try values.encodeIfPresent(sessionID, forKey: .sessionID)
        try values.encodeIfPresent(peerTunnelID, forKey: .peerTunnelID)
        try values.encodeIfPresent(peerSessionID, forKey: .peerSessionID)
        try values.encodeIfPresent(peer, forKey: .peer)
        try values.encodeIfPresent(user, forKey: .user)
        try values.encode(Data(octets), forKey: .octets)
    }
}

/// Which packets are wanted: those that meet every filter that is set.
package struct PacketFilter: Codable, Hashable, Sendable {
    /// A tunnel's own messages and all of its sessions', by our id.
    package var tunnelID: UInt32?
    /// One session's alone.
    package var session: SessionName?
    /// The peer's name in the configuration.
    package var peer: String?
    /// A subscriber's. What comes before it is known whose it is comes too: the client sorts it out.
    package var user: String?

    package init(tunnelID: UInt32? = nil, session: SessionName? = nil, peer: String? = nil, user: String? = nil) {
        self.tunnelID = tunnelID
        self.session = session
        self.peer = peer
        self.user = user
    }

    package func matches(_ packet: PacketRecord) -> Bool {
        (tunnelID == nil || tunnelID == packet.tunnelID) && (peer == nil || peer == packet.peer)
            && (user == nil || packet.user == nil || user == packet.user) && isOfSession(packet)
    }

    private func isOfSession(_ packet: PacketRecord) -> Bool {
        guard let session else { return true }
        return session.sessionID == packet.sessionID
            && (session.tunnelID == nil || session.tunnelID == packet.tunnelID ?? 0)
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case tunnelID = "tunnel_id"
        case session, peer, user
    }
}
