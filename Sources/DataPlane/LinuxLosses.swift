import Netlink

/// What somebody else does to our tunnels, sessions and interfaces.
///
/// The kernel's events are hints only: they may be about another network namespace, and our own commands cause most of
/// them. What they point to is asked for by the observer.
extension LinuxDataPlane {
    func verify(_ kernelEvents: [L2TPKernelEvent]) {
        var doubtful = Expected()
        for event in kernelEvents {
            switch event {
            case .tunnelDeleted(let id):
                if let tunnel = tunnels[id], tunnel.isExpected { doubtful.tunnels[tunnel.serial] = id }
            case .sessionDeleted(let tunnel, let id):
                let key = SessionKey(tunnel: tunnel, session: id)
                if let session = sessions[key], session.isExpected { doubtful.sessions[session.serial] = key }
            case .lost:
                reconcile()
            case .tunnelCreated, .tunnelModified, .sessionCreated, .sessionModified:
                break
            }
        }
        if !doubtful.isEmpty { observer.post(.verify(doubtful)) }
    }

    func verify(_ losses: [InterfaceLossEvent]) {
        for event in losses {
            switch event {
            case .interface(let index):
                if let session = unitKeys[index].flatMap({ sessions[$0] }) { verifyUnit(of: session) }
            case .lost: reconcile()
            }
        }
    }

    /// While a job of ours is under way the interface may be in any state: then it is verified behind it.
    func verifyUnit(of session: SessionRecord) {
        session.isUnitInDoubt = session.jobs > 0
        if let claim = session.claim { observer.post(.verify(Expected(units: [claim]))) }
    }

    /// All that should be there, but for what is being changed just now.
    func expected() -> Expected {
        Expected(
            tunnels: Dictionary(uniqueKeysWithValues: tunnels.values.filter(\.isExpected).map { ($0.serial, $0.id) }),
            sessions: Dictionary(
                uniqueKeysWithValues: sessions.values.filter(\.isExpected).map { ($0.serial, $0.key) }),
            units: sessions.values.compactMap(\.claim))
    }

    func report(_ losses: Losses) {
        for (serial, id) in losses.tunnels {
            guard let tunnel = tunnels[id], tunnel.serial == serial, tunnel.isExpected else { continue }
            tunnel.isLost = true
            events.append(.tunnelLost(id))
        }
        for (serial, key) in losses.sessions {
            // With its tunnel it goes anyway.
            guard let session = sessions[key], session.serial == serial, session.isExpected,
                tunnels[key.tunnel]?.isLost != true
            else { continue }
            session.isLost = true
            events.append(.sessionLost(key))
        }
        for lost in losses.units {
            guard let session = sessions[lost.claim.key], session.serial == lost.claim.serial,
                session.claim?.revision == lost.claim.revision
            else { continue }
            loseInterface(of: session, lost.loss)
        }
    }

    func loseInterface(of session: SessionRecord, _ loss: InterfaceLoss) {
        guard !session.isDeleting, !session.isLost, !session.isUnitLost else { return }
        session.isUnitLost = true
        events.append(.interfaceLost(session.key, loss))
    }
}

extension TunnelRecord {
    /// Whether the kernel must have it.
    fileprivate var isExpected: Bool { !isDeleting && !isBeingMade && !isLost }
}

extension SessionRecord {
    /// Whether the kernel must have it, as a session of a tunnel.
    fileprivate var isExpected: Bool { !key.isAccess && !isDeleting && !isLost && objects != nil }

    /// Nil while nothing is certain of its interface.
    fileprivate var claim: UnitClaim? {
        guard let unit, jobs == 0, !networks.isEmpty, !isDeleting, !isLost, !isUnitLost else { return nil }
        return UnitClaim(
            serial: serial, key: key, revision: revision, index: unit.interfaceIndex,
            addresses: networks.values.map(\.address))
    }
}
