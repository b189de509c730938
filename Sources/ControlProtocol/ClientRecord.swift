/// A `[[client]]` of the configuration and what has become of it. Optional keys are absent while they mean nothing.
package struct ClientRecord: Codable, Hashable, Sendable {
    package var name: String
    /// "down", "waiting" before it is dialled again, "dialling" and "wait-tunnel" until its tunnel stands, and then as its
    /// session: "wait-reply", PPP's phase, "open", "closing".
    package var state: String
    /// Whether it dials by itself.
    package var persistent: Bool
    /// The LNSes that will do: addresses or names.
    package var servers: [String]
    /// The end that the present call goes to: "192.0.2.1:1701".
    package var peerAddress: String?
    package var tunnelID: UInt32?
    package var sessionID: UInt32?
    package var user: String
    package var interface: String?
    package var address: String?
    package var peerPPPAddress: String?
    package var dns: [String] = []
    /// Since a network protocol first passed.
    package var uptimeSeconds: UInt64?
    /// Until it is dialled again.
    package var redialSeconds: UInt64?
    /// Calls that failed or were lost since it was last up, and why the last one was.
    package var failures = 0
    package var lastFailure: String?

    package init(name: String, state: String, persistent: Bool, servers: [String], user: String) {
        self.name = name
        self.state = state
        self.persistent = persistent
        self.servers = servers
        self.user = user
    }

    enum CodingKeys: String, CodingKey {
        case name, state, persistent, servers, user, interface, address, dns, failures
        case peerAddress = "peer_address"
        case tunnelID = "tunnel_id"
        case sessionID = "session_id"
        case peerPPPAddress = "peer_ppp_address"
        case uptimeSeconds = "uptime_seconds"
        case redialSeconds = "redial_seconds"
        case lastFailure = "last_failure"
    }
}
