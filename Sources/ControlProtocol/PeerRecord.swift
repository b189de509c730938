/// A `[[peer]]` of the configuration and what it holds just now.
package struct PeerRecord: Codable, Hashable, Sendable {
    package var name: String
    /// Source prefixes: "192.0.2.0/24".
    package var addresses: [String]
    package var hostNames: [String]
    /// Whether a tunnel secret is set; the secret itself is never shown.
    package var authentication: Bool
    /// The `[[ppp]]` that ends its calls, or the `[[tunnel_group]]` that they are switched into.
    package var ppp: String?
    package var tunnelGroup: String?
    package var tunnels: Int
    package var maxTunnels: Int?
    package var sessions: Int
    package var maxSessions: Int?

    package init(
        name: String, addresses: [String], hostNames: [String], authentication: Bool, ppp: String?,
        tunnelGroup: String? = nil, tunnels: Int, maxTunnels: Int?, sessions: Int, maxSessions: Int?
    ) {
        self.name = name
        self.addresses = addresses
        self.hostNames = hostNames
        self.authentication = authentication
        self.ppp = ppp
        self.tunnelGroup = tunnelGroup
        self.tunnels = tunnels
        self.maxTunnels = maxTunnels
        self.sessions = sessions
        self.maxSessions = maxSessions
    }

    enum CodingKeys: String, CodingKey {
        case name, addresses, authentication, ppp, tunnels, sessions
        case hostNames = "host_names"
        case tunnelGroup = "tunnel_group"
        case maxTunnels = "max_tunnels"
        case maxSessions = "max_sessions"
    }
}

/// A `[[pool]]` and how much of it is given out.
package struct PoolRecord: Codable, Hashable, Sendable {
    package var name: String
    /// "100.64.0.2-100.64.255.254".
    package var ranges: [String]
    /// Addresses in the ranges, and of these: with subscribers, kept for users with a fixed address who are not
    /// connected, and free.
    package var addresses: UInt64
    package var leased: UInt64
    package var reserved: UInt64
    package var free: UInt64

    package init(name: String, ranges: [String], addresses: UInt64, leased: UInt64, reserved: UInt64, free: UInt64) {
        self.name = name
        self.ranges = ranges
        self.addresses = addresses
        self.leased = leased
        self.reserved = reserved
        self.free = free
    }
}

/// An address that a subscriber was given.
package struct LeaseRecord: Codable, Hashable, Sendable {
    /// The `[[pool]]` that it comes from; absent where it is the user's own (`address` in `[[user]]`).
    package var pool: String?
    package var address: String
    package var user: String?
    /// "TUNNEL/SESSION".
    package var session: SessionName
    /// Since the session opened; 0 while it has not.
    package var uptimeSeconds: UInt64

    package init(pool: String?, address: String, user: String?, session: SessionName, uptimeSeconds: UInt64) {
        self.pool = pool
        self.address = address
        self.user = user
        self.session = session
        self.uptimeSeconds = uptimeSeconds
    }

    enum CodingKeys: String, CodingKey {
        case pool, address, user, session
        case uptimeSeconds = "uptime_seconds"
    }
}
