import Instants
import Configuration
import ControlProtocol
import DataPlane
import L2TPControl
import L2TPWire

/// The lists of the control socket. Each row is made when its turn has come, of what is there then; what has gone
/// meanwhile is left out.
extension Service {
    /// Begins to answer a request for a list.
    func list(_ request: Request, for client: ControlClient, at now: Instant) {
        func begin<Element>(_ elements: some Sequence<Element>, _ row: @escaping (Element) -> Reply?) {
            client.begin(ControlClient.Listing(elements.lazy.map(row)), until: control.allowance)
        }
        switch request {
        case .showTunnels(let filter):
            begin(tunnelIDs(filter)) { [server, sessions] id in
                guard let context = server.table[id] else { return nil }
                let calls = sessions.keys(inTunnel: context.kernelID).compactMap { sessions[$0] }
                let record = TunnelRecord(context, sessions: calls, at: now)
                return filter.matches(record) ? .tunnel(record) : nil
            }
        case .showSessions(let filter):
            begin(sessionKeys) { [sessions] key in
                guard let session = sessions[key], !session.role.isSecondSide else { return nil }
                let record = SessionRecord(session, bridgedTo: session.partner.flatMap { sessions[$0] }, at: now)
                return filter.matches(record) ? .session(record) : nil
            }
        case .showLeases(let filter):
            if let pool = filter.pool, !configuration.pools.contains(where: { $0.name == pool }) {
                return client.send(
                    .error(ControlError(code: .notFound, message: "no [[pool]] is named \"\(pool)\"")))
            }
            begin(sessionKeys) { [sessions, lns] key in
                guard let record = sessions[key].flatMap({ LeaseRecord($0, lns.pools, at: now) }) else { return nil }
                return filter.pool == nil || filter.pool == record.pool ? .lease(record) : nil
            }
        case .showFailures(let filter): begin(log.failures(filter)) { .event($0) }
        case .showPeers: begin(server.peers.all) { .peer(self.record($0)) }
        case .showPools: begin(lns.pools.records) { .pool($0) }
        case .showClients: begin(clients.all) { .client(ClientRecord($0, at: now)) }
        case .showPPPoE: begin(lac.ports) { .pppoe(PPPoERecord($0)) }
        case .showConfiguration: begin(configuration.tables) { .configuration(ConfigurationRecord(toml: $0)) }
        default: break
        }
    }

    private func tunnelIDs(_ filter: TunnelFilter) -> [TunnelID] {
        guard let only = filter.tunnelID else {
            return server.table.all.map(\.id).sorted { $0.rawValue < $1.rawValue }
        }
        return UInt16(exactly: only).map { [TunnelID($0)] } ?? []
    }

    /// By tunnel and session. The sessions of a tunnel are put in order when it is reached, not those of all tunnels at once.
    private var sessionKeys: some Sequence<SessionKey> {
        sessions.tunnels.sorted().lazy.flatMap { [sessions] tunnel in
            sessions.keys(inTunnel: tunnel).map(\.session).sorted().map {
                SessionKey(tunnel: tunnel, session: $0)
            }
        }
    }

    private func record(_ peer: Peer) -> PeerRecord {
        PeerRecord(
            peer, tunnels: server.table.liveCount(ofPeer: peer.name),
            sessions: sessions.liveCount(ofPeer: peer.name))
    }
}
