/// What a client asks on the control socket: one JSON object a line, `{"request": NAME, ...}`.
///
/// A daemon answers requests in their order. See `Reply` for what comes back.
package enum Request: Hashable, Sendable {
    /// `{"request":"version"}`: answered by `Reply.version`.
    case version
    /// `{"request":"summary"}`: answered by `Reply.summary`.
    case summary
    /// `{"request":"show_tunnels","peer":"bras-1"}`: each as `Reply.tunnel`, then `Reply.end`.
    case showTunnels(TunnelFilter)
    /// `{"request":"show_sessions","tunnel_id":7}`: each as `Reply.session`, then `Reply.end`.
    case showSessions(SessionFilter)
    /// `{"request":"show_tunnel","tunnel_id":7}`: its whole story, as `Reply.tunnelStory`.
    case showTunnel(UInt32)
    /// `{"request":"show_session","session":"7/12"}`: its whole story, as `Reply.sessionStory`.
    case showSession(SessionName)
    /// `{"request":"show_failures","user":"alice"}`: what failed lately and why, oldest first, each as `Reply.event`, then
    /// `Reply.end`.
    case showFailures(EventFilter)
    /// `{"request":"monitor"}`: what happens from now on, each as `Reply.event`, until the client hangs up; `Reply.done` comes
    /// first.
    case monitor(EventFilter)
    /// `{"request":"show_peers"}`: each as `Reply.peer`, then `Reply.end`.
    case showPeers
    /// `{"request":"show_pools"}`: each as `Reply.pool`, then `Reply.end`.
    case showPools
    /// `{"request":"show_clients"}`: each as `Reply.client`, then `Reply.end`.
    case showClients
    /// `{"request":"show_pppoe"}`: each as `Reply.pppoe`, then `Reply.end`.
    case showPPPoE
    /// `{"request":"show_leases","pool":"subscribers"}`: the addresses that subscribers have, each as `Reply.lease`, then
    /// `Reply.end`; without a pool those of every pool and of none.
    case showLeases(LeaseFilter)
    /// `{"request":"show_stats"}`: answered by `Reply.statistics`.
    case showStatistics
    /// `{"request":"health"}`: answered by `Reply.health`.
    case health
    /// `{"request":"close_tunnel","tunnel_ids":[7]}`: StopCCN, by local tunnel id; answered by `Reply.closed`.
    case closeTunnels([UInt32])
    /// `{"request":"close_session","sessions":["7/12","13"]}`: CDN; answered by `Reply.closed`.
    case closeSessions([SessionName])
    /// `{"request":"client_up","client":"office"}`: dial now; answered by `Reply.done`.
    case clientUp(String)
    /// `{"request":"client_down","client":"office"}`: hang up and dial no more; answered by `Reply.done`.
    case clientDown(String)
    /// `{"request":"open_call","peer":"bras-1","number":"5551234","timeout":60}`, perhaps with a `sub_address`: have a LAC
    /// place a call; answered by `Reply.call` when it is connected or has failed.
    case openCall(CallOrder)
    /// `{"request":"open_tunnel","tunnel_group":"isp","timeout":60}`, perhaps with an `lns`: open the tunnels of a group;
    /// answered by `Reply.opened` when each of them stands or has failed.
    case openTunnels(TunnelOrder)
    /// `{"request":"show_config"}`: the configuration in force, each table as `Reply.configuration`, then `Reply.end`.
    case showConfiguration
    /// `{"request":"tap","peer":"bras-1"}`, with the keys of `PacketFilter`: from `Reply.done` on each packet that passes through
    /// the daemon as `Reply.packet`, and `Reply.missed` in place of those that the client was too slow for, until it hangs up.
    case tap(PacketFilter)
    /// `{"request":"reload"}`: read the configuration file again; answered by `Reply.reloaded`.
    case reload
    /// `{"request":"log_level","level":"debug"}`, until the next reload; answered by `Reply.done`.
    case logLevel(LogLevel)
}

/// Which tunnels to show: those that meet every filter that is set.
package struct TunnelFilter: Codable, Hashable, Sendable {
    /// The local tunnel id.
    package var tunnelID: UInt32?
    /// The peer's name in the configuration.
    package var peer: String?
    /// A state as `TunnelRecord.state` spells it.
    package var state: String?

    package init(tunnelID: UInt32? = nil, peer: String? = nil, state: String? = nil) {
        self.tunnelID = tunnelID
        self.peer = peer
        self.state = state
    }

    package func matches(_ tunnel: TunnelRecord) -> Bool {
        (tunnelID == nil || tunnelID == tunnel.tunnelID) && (peer == nil || peer == tunnel.peer)
            && (state == nil || state == tunnel.state)
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case tunnelID = "tunnel_id"
        case peer, state
    }
}

/// Which leases to show.
package struct LeaseFilter: Codable, Hashable, Sendable {
    /// The `[[pool]]`'s name.
    package var pool: String?

    package init(pool: String? = nil) {
        self.pool = pool
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case pool
    }
}

/// Which sessions to show: those that meet every filter that is set.
package struct SessionFilter: Codable, Hashable, Sendable {
    /// The local tunnel id.
    package var tunnelID: UInt32?
    /// The peer's name in the configuration.
    package var peer: String?
    /// The name that the subscriber authenticated with.
    package var user: String?
    /// A state as `SessionRecord.state` spells it.
    package var state: String?
    /// Its own interface ("ppp0"), or the access interface that a PPPoE subscriber is on.
    package var interface: String?

    package init(
        tunnelID: UInt32? = nil, peer: String? = nil, user: String? = nil, state: String? = nil,
        interface: String? = nil
    ) {
        self.tunnelID = tunnelID
        self.peer = peer
        self.user = user
        self.state = state
        self.interface = interface
    }

    package func matches(_ session: SessionRecord) -> Bool {
        (tunnelID == nil || tunnelID == session.tunnelID || isBridged(session)) && (peer == nil || peer == session.peer)
            && (user == nil || user == session.user) && (state == nil || state == session.state)
            && (interface == nil || interface == session.interface || interface == session.accessInterface)
    }

    /// Whether a subscriber's frames go by the tunnel.
    private func isBridged(_ session: SessionRecord) -> Bool {
        session.bridgedTo.flatMap(SessionName.init)?.tunnelID == tunnelID
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case tunnelID = "tunnel_id"
        case peer, user, state, interface
    }
}

extension Request: Codable {
    /// What requests are called.
    package static var names: [String] { Name.allCases.map(\.rawValue) }

    private enum Name: String, Codable, CaseIterable {
        case version, summary, health
        case showTunnels = "show_tunnels"
        case showSessions = "show_sessions"
        case showTunnel = "show_tunnel"
        case showSession = "show_session"
        case showFailures = "show_failures"
        case monitor
        case showPeers = "show_peers"
        case showPools = "show_pools"
        case showClients = "show_clients"
        case showPPPoE = "show_pppoe"
        case showLeases = "show_leases"
        case showStatistics = "show_stats"
        case closeTunnels = "close_tunnel"
        case closeSessions = "close_session"
        case clientUp = "client_up"
        case clientDown = "client_down"
        case openCall = "open_call"
        case openTunnels = "open_tunnel"
        case showConfiguration = "show_config"
        case tap, reload
        case logLevel = "log_level"
    }

    private enum CodingKeys: String, CodingKey {
        case request, session, sessions, level, client
        case tunnelID = "tunnel_id"
        case tunnelIDs = "tunnel_ids"
    }

    /// Any key at all, to see which were sent.
    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let text = try values.decode(String.self, forKey: .request)
        guard let name = Name(rawValue: text) else {
            let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
            throw ControlError(code: .unknownRequest, message: "there is no request \"\(text)\"; there are \(known)")
        }
        var arguments: [String] = []
        switch name {
        case .version: self = .version
        case .summary: self = .summary
        case .showTunnels:
            self = .showTunnels(try TunnelFilter(from: decoder))
            arguments = TunnelFilter.CodingKeys.allCases.map(\.stringValue)
        case .showSessions:
            self = .showSessions(try SessionFilter(from: decoder))
            arguments = SessionFilter.CodingKeys.allCases.map(\.stringValue)
        case .showTunnel:
            self = .showTunnel(try values.decode(UInt32.self, forKey: .tunnelID))
            arguments = [CodingKeys.tunnelID.stringValue]
        case .showSession:
            self = .showSession(try values.decode(SessionName.self, forKey: .session))
            arguments = [CodingKeys.session.stringValue]
        case .showFailures:
            self = .showFailures(try EventFilter(from: decoder))
            arguments = EventFilter.CodingKeys.allCases.map(\.stringValue)
        case .monitor:
            self = .monitor(try EventFilter(from: decoder))
            arguments = EventFilter.CodingKeys.allCases.map(\.stringValue)
        case .showPeers: self = .showPeers
        case .showPools: self = .showPools
        case .showClients: self = .showClients
        case .showPPPoE: self = .showPPPoE
        case .showLeases:
            self = .showLeases(try LeaseFilter(from: decoder))
            arguments = LeaseFilter.CodingKeys.allCases.map(\.stringValue)
        case .showStatistics: self = .showStatistics
        case .health: self = .health
        case .closeTunnels:
            self = .closeTunnels(try values.decode([UInt32].self, forKey: .tunnelIDs))
            arguments = [CodingKeys.tunnelIDs.stringValue]
        case .closeSessions:
            self = .closeSessions(try values.decode([SessionName].self, forKey: .sessions))
            arguments = [CodingKeys.sessions.stringValue]
        case .clientUp:
            self = .clientUp(try values.decode(String.self, forKey: .client))
            arguments = [CodingKeys.client.stringValue]
        case .clientDown:
            self = .clientDown(try values.decode(String.self, forKey: .client))
            arguments = [CodingKeys.client.stringValue]
        case .openCall:
            self = .openCall(try CallOrder(from: decoder))
            arguments = CallOrder.CodingKeys.allCases.map(\.stringValue)
        case .openTunnels:
            self = .openTunnels(try TunnelOrder(from: decoder))
            arguments = TunnelOrder.CodingKeys.allCases.map(\.stringValue)
        case .showConfiguration: self = .showConfiguration
        case .tap:
            self = .tap(try PacketFilter(from: decoder))
            arguments = PacketFilter.CodingKeys.allCases.map(\.stringValue)
        case .reload: self = .reload
        case .logLevel:
            self = .logLevel(try values.decode(LogLevel.self, forKey: .level))
            arguments = [CodingKeys.level.stringValue]
        }
        // A misspelt filter that is passed over would show, or close, more than was meant.
        let sent = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        if let unknown = sent.filter({ $0 != "request" && !arguments.contains($0) }).min() {
            let takes = arguments.isEmpty ? "no further key" : arguments.joined(separator: ", ")
            throw ControlError(
                code: .badRequest, message: "\"\(text)\" does not know the key \"\(unknown)\"; it takes \(takes)")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        func name(_ name: Name) throws { try values.encode(name, forKey: .request) }
        switch self {
        case .version: try name(.version)
        case .summary: try name(.summary)
        case .showTunnels(let filter):
            try name(.showTunnels)
            try filter.encode(to: encoder)
        case .showSessions(let filter):
            try name(.showSessions)
            try filter.encode(to: encoder)
        case .showTunnel(let id):
            try name(.showTunnel)
            try values.encode(id, forKey: .tunnelID)
        case .showSession(let session):
            try name(.showSession)
            try values.encode(session, forKey: .session)
        case .showFailures(let filter):
            try name(.showFailures)
            try filter.encode(to: encoder)
        case .monitor(let filter):
            try name(.monitor)
            try filter.encode(to: encoder)
        case .showPeers: try name(.showPeers)
        case .showPools: try name(.showPools)
        case .showClients: try name(.showClients)
        case .showPPPoE: try name(.showPPPoE)
        case .showLeases(let filter):
            try name(.showLeases)
            try filter.encode(to: encoder)
        case .showStatistics: try name(.showStatistics)
        case .health: try name(.health)
        case .closeTunnels(let ids):
            try name(.closeTunnels)
            try values.encode(ids, forKey: .tunnelIDs)
        case .closeSessions(let sessions):
            try name(.closeSessions)
            try values.encode(sessions, forKey: .sessions)
        case .clientUp(let client):
            try name(.clientUp)
            try values.encode(client, forKey: .client)
        case .clientDown(let client):
            try name(.clientDown)
            try values.encode(client, forKey: .client)
        case .openCall(let order):
            try name(.openCall)
            try order.encode(to: encoder)
        case .openTunnels(let order):
            try name(.openTunnels)
            try order.encode(to: encoder)
        case .showConfiguration: try name(.showConfiguration)
        case .tap(let filter):
            try name(.tap)
            try filter.encode(to: encoder)
        case .reload: try name(.reload)
        case .logLevel(let level):
            try name(.logLevel)
            try values.encode(level, forKey: .level)
        }
    }
}
