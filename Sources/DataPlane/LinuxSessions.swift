import Glibc
import Linux
import Netlink

/// The life of sessions and their interfaces.
extension LinuxDataPlane {
    package func createSession(_ key: SessionKey, peer: SessionKey, parameters: SessionParameters) {
        guard sessions[key] == nil else { return failSession(key, EEXIST) }
        guard let tunnel = tunnels[key.tunnel], !tunnel.isDeleting else { return failSession(key, ENODEV) }
        tunnel.sessions.insert(key)
        let setup = TunnelSetup(ticket: tunnel.ticket, socket: tunnel.socket, overIPv6: tunnel.overIPv6)
        begin(.l2tp(key, peer: peer, parameters, setup))
    }

    package func createAccessSession(_ key: SessionKey, _ circuit: PPPoECircuit) {
        guard key.isAccess else { return failSession(key, EINVAL) }
        guard sessions[key] == nil else { return failSession(key, EEXIST) }
        guard circuits.insert(circuit).inserted else { return failSession(key, EALREADY) }
        begin(.pppoe(key, circuit))
    }

    private func begin(_ setup: SessionSetup) {
        let session = SessionRecord(key: setup.key, serial: nextSerial(), circuit: setup.circuit)
        sessions[session.key] = session
        sessionKeys[session.serial] = session.key
        session.jobs += 1
        order(.session(serial: session.serial, session.ticket, setup))
    }

    package func requireSequence(_ key: SessionKey) -> Bool {
        guard let socket = ready(key)?.objects?.socket else { return false }
        do throws(Errno) {
            try socket.requireSequence()
            return true
        } catch {
            return false
        }
    }

    package func createUnit(_ key: SessionKey, _ specification: UnitSpecification) {
        guard let session = ready(key), let channel = session.objects?.channel else {
            return events.append(.unitFailed(key, DataPlaneError(.lookUp, Errno("createUnit", code: ENODEV))))
        }
        guard !session.hasUnit, !session.isBridged else {
            return events.append(.unitFailed(key, DataPlaneError(.lookUp, Errno("createUnit", code: EEXIST))))
        }
        session.hasUnit = true
        session.jobs += 1
        order(.unit(serial: session.serial, session.ticket, specification, channel))
    }

    package func configure(_ key: SessionKey, _ network: UnitNetwork, mtu: Int) {
        guard let session = ready(key), let unit = session.unit else {
            let error = DataPlaneError(.lookUp, Errno("configure", code: ENODEV))
            return events.append(.configurationFailed(key, network.networkProtocol, error))
        }
        let previous = session.networks.updateValue(network, forKey: network.networkProtocol)
        session.revision += 1
        session.jobs += 1
        order(
            .configure(serial: session.serial, session.ticket, unit, network, previous: previous, mtu: mtu))
    }

    package func withdraw(_ key: SessionKey, _ networkProtocol: NetworkProtocol) {
        guard let session = ready(key), let unit = session.unit,
            let network = session.networks.removeValue(forKey: networkProtocol)
        else { return events.append(.withdrawn(key, networkProtocol)) }
        session.revision += 1
        session.jobs += 1
        order(
            .withdraw(serial: session.serial, session.ticket, unit, network, isLast: session.networks.isEmpty))
    }

    package func deleteSession(_ key: SessionKey) {
        guard let session = sessions[key] else { return events.append(.sessionDeleted(key, nil)) }
        deleteSessions([session])
    }

    func deleteSessions(_ several: [SessionRecord]) {
        var jobs: [TeardownWorkers.Job] = []
        for session in several where !session.isDeleting {
            session.isDeleting = true
            bridges.removeAll { $0.one == session.key || $0.other == session.key }
            session.ticket.isCancelled.set()
            unwatch(session, .channel)
            unwatch(session, .unit)
            if session.jobs == 0 { jobs.append(deletion(of: session)) }
        }
        orderDeletion(jobs)
    }

    func takeSession(_ serial: UInt64, _ outcome: Result<SessionObjects, DataPlaneError>) {
        guard let session = answered(serial) else { return }
        switch outcome {
        case .success(let objects):
            session.objects = objects
            guard !session.isDeleting else { break }
            events.append(.sessionReady(session.key))
            watch(session, .channel)
        case .failure(let error):
            guard !session.isDeleting else { break }
            forget(session)
            events.append(.sessionFailed(session.key, error))
        }
        goOnDeleting(session)
    }

    func takeUnit(_ serial: UInt64, _ outcome: Result<PPPUnit, DataPlaneError>) {
        guard let session = answered(serial) else { return }
        switch outcome {
        case .success(let unit):
            session.unit = unit
            unitKeys[unit.interfaceIndex] = session.key
            guard !session.isDeleting else { break }
            events.append(.unitReady(session.key, interfaceIndex: unit.interfaceIndex, name: unit.name))
            watch(session, .unit)
        case .failure(let error):
            session.hasUnit = false
            guard !session.isDeleting else { break }
            events.append(.unitFailed(session.key, error))
        }
        goOnDeleting(session)
    }

    func takeConfigured(_ serial: UInt64, _ networkProtocol: NetworkProtocol, _ error: DataPlaneError?) {
        guard let session = answered(serial) else { return }
        if !session.isDeleting {
            if let error {
                events.append(.configurationFailed(session.key, networkProtocol, error))
            } else {
                events.append(.configured(session.key, networkProtocol))
            }
        }
        goOnDeleting(session)
    }

    func takeWithdrawn(_ serial: UInt64, _ networkProtocol: NetworkProtocol) {
        guard let session = answered(serial) else { return }
        if !session.isDeleting { events.append(.withdrawn(session.key, networkProtocol)) }
        goOnDeleting(session)
    }

    func takeSkipped(_ serial: UInt64) {
        if let id = tunnelIDs[serial], let tunnel = tunnels[id] {
            takeSkippedTunnel(tunnel)
        } else if let session = answered(serial) {
            goOnDeleting(session)
        }
    }

    func takeSessionDeleted(_ serial: UInt64, _ counters: SessionCounters?) {
        guard let key = sessionKeys[serial], let session = sessions[key] else { return }
        events.append(.sessionDeleted(key, counters))
        forget(session)
    }

    func ready(_ key: SessionKey) -> SessionRecord? {
        guard let session = sessions[key], !session.isDeleting, session.objects != nil else { return nil }
        return session
    }

    func answered(_ serial: UInt64) -> SessionRecord? {
        guard let key = sessionKeys[serial], let session = sessions[key] else { return nil }
        session.jobs -= 1
        if session.isUnitInDoubt { verifyUnit(of: session) }
        return session
    }

    /// A deletion waits for the setup worker's last answer, which may bring something to delete.
    func goOnDeleting(_ session: SessionRecord) {
        guard session.isDeleting, session.jobs == 0 else { return }
        orderDeletion([deletion(of: session)])
    }

    private func deletion(of session: SessionRecord) -> TeardownWorkers.Job {
        .session(serial: session.serial, session.key, session.objects, session.unit)
    }

    private func forget(_ session: SessionRecord) {
        sessions[session.key] = nil
        sessionKeys[session.serial] = nil
        if let unit = session.unit { unitKeys[unit.interfaceIndex] = nil }
        unpin(session)
        if let circuit = session.circuit { circuits.remove(circuit) }
        guard let tunnel = tunnels[session.key.tunnel] else { return }
        tunnel.sessions.remove(session.key)
        deleteIfEmpty(tunnel)
    }

    private func failSession(_ key: SessionKey, _ code: Int32) {
        events.append(.sessionFailed(key, DataPlaneError(.createSession, Errno("createSession", code: code))))
    }
}
