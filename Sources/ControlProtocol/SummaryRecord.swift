/// Who answers.
package struct VersionRecord: Codable, Hashable, Sendable {
    /// The daemon's version.
    package var version: String
    /// The version of this protocol; it grows when a key changes its meaning or goes away.
    package var `protocol`: Int

    package init(version: String, protocol: Int = 1) {
        self.version = version
        self.protocol = `protocol`
    }

    /// This source's own: what both programs say to `--version`.
    package static let current = VersionRecord(version: "0.1.0")
}

/// The daemon at a glance.
package struct SummaryRecord: Codable, Hashable, Sendable {
    /// How many there are in each stage of their life.
    package struct Count: Codable, Hashable, Sendable {
        package var opening: Int
        package var established: Int
        package var closing: Int

        package init(opening: Int = 0, established: Int = 0, closing: Int = 0) {
            self.opening = opening
            self.established = established
            self.closing = closing
        }

        package var total: Int { opening + established + closing }
    }

    package var version: String
    package var hostName: String
    package var processID: Int32
    package var uptimeSeconds: UInt64
    /// The kernel's release: "6.1.0-40-amd64".
    package var kernel: String
    /// "192.0.2.1:1701", "[2001:db8::1]:1701".
    package var listeners: [String]
    package var tunnels: Count
    package var sessions: Count
    /// The daemon's limits on both; absent when there is none.
    package var maxTunnels: Int?
    package var maxSessions: Int?
    package var peers: Int
    package var users: Int
    package var pools: Int
    /// Over all pools.
    package var addresses: UInt64
    package var leasedAddresses: UInt64
    /// Clients of the configuration, and those of them that are up.
    package var clients = 0
    package var clientsUp = 0

    package init(
        version: String, hostName: String, processID: Int32, uptimeSeconds: UInt64, kernel: String, listeners: [String],
        tunnels: Count, sessions: Count, maxTunnels: Int?, maxSessions: Int?, peers: Int, users: Int, pools: Int,
        addresses: UInt64, leasedAddresses: UInt64
    ) {
        self.version = version
        self.hostName = hostName
        self.processID = processID
        self.uptimeSeconds = uptimeSeconds
        self.kernel = kernel
        self.listeners = listeners
        self.tunnels = tunnels
        self.sessions = sessions
        self.maxTunnels = maxTunnels
        self.maxSessions = maxSessions
        self.peers = peers
        self.users = users
        self.pools = pools
        self.addresses = addresses
        self.leasedAddresses = leasedAddresses
    }

    enum CodingKeys: String, CodingKey {
        case version, kernel, listeners, tunnels, sessions, peers, users, pools, addresses, clients
        case hostName = "host_name"
        case processID = "process_id"
        case uptimeSeconds = "uptime_seconds"
        case maxTunnels = "max_tunnels"
        case maxSessions = "max_sessions"
        case leasedAddresses = "leased_addresses"
        case clientsUp = "clients_up"
    }
}

/// Counters since the daemon's start, by their stable snake_case names: "rx_control_messages", "retransmissions".
package struct StatisticsRecord: Codable, Hashable, Sendable {
    package var counters: [String: UInt64]

    package init(counters: [String: UInt64] = [:]) {
        self.counters = counters
    }
}
