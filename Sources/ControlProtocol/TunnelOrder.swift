/// Tunnels that are to be opened: `{"request":"open_tunnel","tunnel_group":"isp"}`.
package struct TunnelOrder: Codable, Hashable, Sendable {
    /// A `[[tunnel_group]]`.
    package var group: String
    /// The one of its LNSes that is meant, as the configuration names it; nil is each of them.
    package var lns: String?
    /// Seconds until each of them must stand.
    package var timeout: Int

    package static let usualTimeout = 60
    package static let timeouts = 1...300

    package init(group: String, lns: String? = nil, timeout: Int = Self.usualTimeout) {
        self.group = group
        self.lns = lns
        self.timeout = timeout
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case lns, timeout
        case group = "tunnel_group"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        group = try values.decode(String.self, forKey: .group)
        lns = try values.decodeIfPresent(String.self, forKey: .lns)
        timeout = try values.decodeIfPresent(Int.self, forKey: .timeout) ?? Self.usualTimeout
        guard Self.timeouts.contains(timeout) else {
            let bounds = "\(Self.timeouts.lowerBound) to \(Self.timeouts.upperBound)"
            throw ControlError(code: .badRequest, message: "\"timeout\" is a number of seconds from \(bounds)")
        }
    }
}

/// What has become of the tunnels that were to be opened.
package struct OpenRecord: Codable, Hashable, Sendable {
    /// One of them: it stands, or there is a reason why not.
    package struct Tunnel: Codable, Hashable, Sendable {
        /// The LNS, as the configuration names it.
        package var lns: String
        /// The tunnel that stands, whether it is new or was there.
        package var tunnelID: UInt32?
        /// Why there is none.
        package var failure: String?

        package init(lns: String, tunnelID: UInt32? = nil, failure: String? = nil) {
            self.lns = lns
            self.tunnelID = tunnelID
            self.failure = failure
        }

        enum CodingKeys: String, CodingKey {
            case lns, failure
            case tunnelID = "tunnel_id"
        }
    }

    package var group: String
    package var tunnels: [Tunnel]

    package init(group: String, tunnels: [Tunnel]) {
        self.group = group
        self.tunnels = tunnels
    }

    enum CodingKeys: String, CodingKey {
        case tunnels
        case group = "tunnel_group"
    }
}
