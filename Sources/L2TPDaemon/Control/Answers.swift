import Configuration
import ControlProtocol
import EventLoop
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPPoE

/// What each request of the control socket means.
extension Service {
    /// Serves a client's requests until one of them has to wait.
    func serve(_ client: ControlClient, at now: Instant) {
        while true {
            do throws(ControlError) {
                guard let request = try client.nextRequest() else { return }
                server.statistics.count(.controlRequests)
                answer(request, to: client, at: now)
            } catch {
                server.statistics.count(.controlRequestsRefused)
                client.refuse(error)
            }
        }
    }

    private func answer(_ request: Request, to client: ControlClient, at now: Instant) {
        switch request {
        case .version: client.send(.version(.current))
        case .summary: client.send(.summary(summary(at: now)))
        case .showTunnels, .showSessions, .showTunnel, .showSession:
            client.awaitingCounters = request
            plane.readCounters()
        case .showFailures(let filter): client.begin(list(log.failures(filter)) { .event($0) })
        case .monitor(let filter):
            followers.add(client, filter)
            log.isFollowed = true
        case .showPeers: client.begin(list(server.peers.all) { .peer(self.record($0)) })
        case .showPools: client.begin(list(lns.pools.records) { .pool($0) })
        case .showClients: client.begin(list(clients.all) { .client(ClientRecord($0, at: now)) })
        case .showPPPoE: client.begin(list(lac.ports) { .pppoe(PPPoERecord($0)) })
        case .clientUp(let name): client.send(changeClient(name) { clients.up($0, at: now) })
        case .clientDown(let name):
            client.send(
                changeClient(name) { line in
                    if let call = clients.down(line) { server.end(call, at: now) }
                })
        case .openCall(let order): openCall(order, for: client, at: now)
        case .showStatistics:
            let discovery = server.lac.ports.flatMap(\.concentrator.counters.all)
            let counters =
                server.statistics.all + sessions.statistics.all + lns.statistics.all
                + discovery.map { ("pppoe_\($0.name)", $0.value) }
            client.send(
                .statistics(
                    StatisticsRecord(
                        counters: Dictionary(counters.map { ($0.name, $0.value) }, uniquingKeysWith: +))))
        case .health: client.send(.health(health(at: now)))
        case .closeTunnels(let ids): client.send(.closed(closeTunnels(ids, at: now)))
        case .closeSessions(let names): client.send(.closed(closeSessions(names, at: now)))
        case .reload: client.send(reload(at: now))
        case .logLevel(let level):
            setLogLevel(level)
            client.send(.done)
        }
    }

    /// The kernel's counters are fresh: answers who waited for them, and the requests behind.
    func answerWithCounters(at now: Instant) {
        for client in control.awaitingCounters {
            let request = client.awaitingCounters
            client.awaitingCounters = nil
            switch request {
            case .showTunnels(let filter): client.begin(listTunnels(filter, at: now))
            case .showSessions(let filter): client.begin(listSessions(filter, at: now))
            case .showTunnel(let id): client.send(tunnelStory(id, at: now))
            case .showSession(let name): client.send(sessionStory(name, at: now))
            default: break
            }
            serve(client, at: now)
            control.settle(client)
        }
    }

    /// Those that are there now; one that has gone when its row's turn comes is left out.
    private func listTunnels(_ filter: TunnelFilter, at now: Instant) -> ControlClient.Listing {
        let sessions = Dictionary(grouping: sessions.all, by: \.key.tunnel)
        let ids = server.table.all.map(\.id).sorted { $0.rawValue < $1.rawValue }
        return list(ids) { [server] id in
            guard let context = server.table[id] else { return nil }
            let record = TunnelRecord(context, sessions: sessions[context.kernelID] ?? [], at: now)
            return filter.matches(record) ? .tunnel(record) : nil
        }
    }

    private func listSessions(_ filter: SessionFilter, at now: Instant) -> ControlClient.Listing {
        let keys = sessions.allKeys.sorted { ($0.tunnel, $0.session) < ($1.tunnel, $1.session) }
        return list(keys) { [sessions] key in
            guard let session = sessions[key], !session.role.isSecondSide else { return nil }
            let record = SessionRecord(session, bridgedTo: session.partner.flatMap { sessions[$0] }, at: now)
            return filter.matches(record) ? .session(record) : nil
        }
    }

    private func list<Element>(
        _ elements: some Sequence<Element>, _ row: @escaping (Element) -> Reply?
    ) -> ControlClient.Listing {
        ControlClient.Listing(elements.map { element in { row(element) } })
    }

    private func record(_ peer: Peer) -> PeerRecord {
        PeerRecord(
            peer, tunnels: server.table.liveCount(ofPeer: peer.name),
            sessions: sessions.liveCount(ofPeer: peer.name))
    }

    private func summary(at now: Instant) -> SummaryRecord {
        var tunnels = SummaryRecord.Count()
        for context in server.table.all { tunnels.count(isClosing: context.isClosed, isEstablished: context.isOpen) }
        var sessions = SummaryRecord.Count()
        for session in self.sessions.all where !session.role.isSecondSide {
            sessions.count(isClosing: session.isEnding, isEstablished: session.isOpen)
        }
        let pools = lns.pools.records
        var summary = SummaryRecord(
            version: VersionRecord.current.version, hostName: server.hostName, processID: processID,
            uptimeSeconds: began.seconds(until: now), kernel: kernel, listeners: server.listeners.map { "\($0.local)" },
            tunnels: tunnels, sessions: sessions, maxTunnels: server.limits.maxTunnels,
            maxSessions: server.limits.maxSessions, peers: server.peers.all.count, users: lns.users.count,
            pools: pools.count, addresses: pools.reduce(0) { $0 + $1.addresses },
            leasedAddresses: pools.reduce(0) { $0 + $1.leased })
        summary.clients = clients.all.count
        summary.clientsUp = clients.all.count { $0.call?.session?.isOpen == true }
        return summary
    }

    private func changeClient(_ name: String, _ change: (ClientLine) -> Void) -> Reply {
        guard let line = clients[name] else {
            return .error(ControlError(code: .notFound, message: "no [[client]] is named \"\(name)\""))
        }
        if isStopping { return .error(ControlError(code: .busy, message: "l2tpd is going down")) }
        change(line)
        return .done
    }

    private func closeTunnels(_ ids: [UInt32], at now: Instant) -> CloseRecord {
        var record = CloseRecord()
        for id in ids {
            let name = "\(id)"
            let context = UInt16(exactly: id).flatMap { server.table[TunnelID($0)] }
            switch context {
            case nil: record.refuse(name, .notFound, "no tunnel has the local id \(id)")
            case let context? where context.isClosed: record.refuse(name, .closing, "tunnel \(id) is closing already")
            case let context?:
                server.closeTunnel(context, ResultCode(.generalClear, text: "closed by administration"), at: now)
                record.closed.append(name)
            }
        }
        return record
    }

    private func closeSessions(_ names: [SessionName], at now: Instant) -> CloseRecord {
        var record = CloseRecord()
        for name in names {
            do throws(ControlError) {
                let session = try session(named: name)
                if session.isEnding {
                    throw ControlError(code: .closing, message: "session \(name) is closing already")
                }
                server.closeSession(session.key, at: now)
                record.closed.append("\(name)")
            } catch {
                record.refuse("\(name)", error.code, error.message)
            }
        }
        return record
    }

    /// The session that a client means.
    func session(named name: SessionName) throws(ControlError) -> PPPSession {
        let keys =
            if let tunnel = name.tunnelID {
                [SessionKey(tunnel: tunnel, session: name.sessionID)].filter { sessions[$0] != nil }
            } else {
                sessions.allKeys.filter { $0.session == name.sessionID }
            }
        guard let key = keys.first, let session = sessions[key] else {
            throw ControlError(code: .notFound, message: "no session has the local id \(name)")
        }
        if keys.count > 1 {
            let all = keys.map(\.description).sorted().joined(separator: ", ")
            throw ControlError(
                code: .ambiguous, message: "\(keys.count) tunnels have such a session: name one of \(all)")
        }
        return session
    }
}

extension CloseRecord {
    fileprivate mutating func refuse(_ name: String, _ code: ControlError.Code, _ message: String) {
        refused.append(Refusal(name: name, code: code, message: message))
    }
}

extension SummaryRecord.Count {
    fileprivate mutating func count(isClosing: Bool, isEstablished: Bool) {
        if isClosing {
            closing += 1
        } else if isEstablished {
            established += 1
        } else {
            opening += 1
        }
    }
}
