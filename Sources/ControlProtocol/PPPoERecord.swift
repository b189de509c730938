/// A `[[pppoe]]` interface: what it offers, how many are on it, and what discovery has seen there since the daemon began.
package struct PPPoERecord: Codable, Hashable, Sendable {
    package var interface: String
    /// AC-Name.
    package var acName: String
    /// The services that are offered; none is any.
    package var services: [String]
    package var sessions: Int
    package var maxSessions: Int
    package var maxSessionsPerMAC: Int
    /// Packets of each kind. PADSs are those that granted a session, `refusalsSent` those that did not.
    package var padiReceived: UInt64 = 0
    package var padoSent: UInt64 = 0
    package var padrReceived: UInt64 = 0
    package var padsSent: UInt64 = 0
    package var refusalsSent: UInt64 = 0
    package var padtReceived: UInt64 = 0
    package var padtSent: UInt64 = 0
    /// Packets that came to nothing, by cause: "session_limit", "wrong_cookie", ... A cause that never was is absent.
    package var discarded: [String: UInt64] = [:]

    package init(
        interface: String, acName: String, services: [String], sessions: Int, maxSessions: Int, maxSessionsPerMAC: Int
    ) {
        self.interface = interface
        self.acName = acName
        self.services = services
        self.sessions = sessions
        self.maxSessions = maxSessions
        self.maxSessionsPerMAC = maxSessionsPerMAC
    }

    enum CodingKeys: String, CodingKey {
        case interface, services, sessions, discarded
        case acName = "ac_name"
        case maxSessions = "max_sessions"
        case maxSessionsPerMAC = "max_sessions_per_mac"
        case padiReceived = "rx_padi"
        case padoSent = "tx_pado"
        case padrReceived = "rx_padr"
        case padsSent = "tx_pads"
        case refusalsSent = "tx_refusals"
        case padtReceived = "rx_padt"
        case padtSent = "tx_padt"
    }
}
