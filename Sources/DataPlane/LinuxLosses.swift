import Netlink

/// What somebody else does to our tunnels and sessions.
extension LinuxDataPlane {
    /// How often the kernel is asked about something whose deletion it announced: half a minute, since kernel 6.1 takes
    /// as long to delete a tunnel of 1,800 sessions. The announcement may also have been about another namespace.
    private static let mostAttempts = 120

    /// The kernel's events are hints only, and our own commands cause most of them.
    func verify(_ kernelEvents: [L2TPKernelEvent]) {
        var suspects = Suspects()
        func suspect(_ tunnel: TunnelRecord) {
            guard !tunnel.isDeleting, !tunnel.isBeingMade, !tunnel.isLost else { return }
            suspects.tunnels[tunnel.serial] = tunnel.id
        }
        func suspect(_ session: SessionRecord) {
            guard !session.key.isAccess, !session.isDeleting, !session.isLost, session.objects != nil else { return }
            suspects.sessions[session.serial] = session.key
        }
        for event in kernelEvents {
            switch event {
            case .tunnelDeleted(let id):
                if let tunnel = tunnels[id] { suspect(tunnel) }
            case .sessionDeleted(let tunnel, let id):
                if let session = sessions[SessionKey(tunnel: tunnel, session: id)] { suspect(session) }
            case .lost:
                // All of them, so only a few times.
                suspects.attempts = Self.mostAttempts - 4
                for tunnel in tunnels.values { suspect(tunnel) }
                for session in sessions.values { suspect(session) }
            case .tunnelCreated, .tunnelModified, .sessionCreated, .sessionModified:
                break
            }
        }
        if !suspects.isEmpty { ask(.verify(suspects)) }
    }

    func report(lost: Suspects, rest: Suspects) {
        for id in lost.tunnels.values {
            guard let tunnel = tunnels[id], lost.tunnels[tunnel.serial] == id, !tunnel.isDeleting, !tunnel.isLost
            else { continue }
            tunnel.isLost = true
            events.append(.tunnelLost(id))
        }
        for key in lost.sessions.values {
            guard let session = sessions[key], lost.sessions[session.serial] == key, !session.isDeleting,
                !session.isLost
            else { continue }
            session.isLost = true
            events.append(.sessionLost(key))
        }
        guard rest.attempts < Self.mostAttempts else { return }
        var again = rest
        again.tunnels = rest.tunnels.filter { tunnels[$0.value]?.isDeleting == false }
        again.sessions = rest.sessions.filter { sessions[$0.value]?.isDeleting == false }
        if !again.isEmpty { ask(.verify(again)) }
    }
}
