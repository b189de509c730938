/// Something that happened in the daemon, as `monitor`, `show session`, `show tunnel` and `show failures` tell it.
/// Optional keys are absent where they mean nothing.
package struct EventRecord: Codable, Hashable, Sendable {
    /// RFC 3339 in UTC, to the millisecond.
    package var time: String
    package var level: LogLevel
    /// What happened, in words that stay the same: "network up", "authentication refused".
    package var event: String
    /// Our ids of what it happened to; 0 is the tunnel of PPPoE subscribers.
    package var tunnelID: UInt32?
    package var sessionID: UInt32?
    package var peer: String?
    package var user: String?
    package var interface: String?
    /// Whatever else is to be said, by the names that the log uses: "reason", "method", "peer_address".
    package var details: [String: String]?

    package init(time: String, level: LogLevel, event: String) {
        self.time = time
        self.level = level
        self.event = event
    }

    enum CodingKeys: String, CodingKey {
        case time, level, event, peer, user, interface, details
        case tunnelID = "tunnel_id"
        case sessionID = "session_id"
    }
}

/// Which events to tell: those that meet every filter that is set.
package struct EventFilter: Codable, Hashable, Sendable {
    /// The local tunnel id; its sessions' events too.
    package var tunnelID: UInt32?
    package var sessionID: UInt32?
    package var peer: String?
    package var user: String?

    package init(tunnelID: UInt32? = nil, sessionID: UInt32? = nil, peer: String? = nil, user: String? = nil) {
        self.tunnelID = tunnelID
        self.sessionID = sessionID
        self.peer = peer
        self.user = user
    }

    package func matches(_ event: EventRecord) -> Bool {
        (tunnelID == nil || tunnelID == event.tunnelID) && (sessionID == nil || sessionID == event.sessionID)
            && (peer == nil || peer == event.peer) && (user == nil || user == event.user)
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case peer, user
        case tunnelID = "tunnel_id"
        case sessionID = "session_id"
    }
}
