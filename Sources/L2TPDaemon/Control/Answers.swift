import Configuration
import ControlProtocol
import EventLoop
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import Linux
import PPPoE

/// What each request of the control socket means.
extension Service {
    /// Serves a client's requests until one of them has to wait, or others have waited long enough.
    func serve(_ client: ControlClient, at now: Instant) {
        let end = control.allowance
        var isFirst = true
        while true {
            defer { isFirst = false }
            do throws(ControlError) {
                guard let request = try client.nextRequest(inTime: isFirst || .now < end) else { return }
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
        case .showTunnels, .showSessions, .showTunnel, .showSession: awaitCounters(request, for: client, at: now)
        case .showPeers, .showPools, .showClients, .showPPPoE, .showLeases, .showFailures,
            .showConfiguration:
            list(request, for: client, at: now)
        case .monitor(let filter):
            followers.add(client, filter)
            log.isFollowed = true
        case .clientUp(let name): client.send(changeClient(name) { clients.up($0, at: now) })
        case .clientDown(let name):
            client.send(
                changeClient(name) { line in
                    if let call = clients.down(line) { server.end(call, at: now) }
                })
        case .openCall(let order): openCall(order, for: client, at: now)
        case .openTunnels(let order): openTunnels(order, for: client, at: now)
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
        case .tap(let filter): server.tap.feed.add(client, filter)
        case .reload: client.send(reload(at: now))
        case .logLevel(let level):
            setLogLevel(level)
            client.send(.done)
        }
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
            switch server.context(id) {
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
