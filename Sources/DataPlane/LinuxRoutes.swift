import Glibc
import Addresses
import Linux

/// Routes through sessions, and those that keep their tunnels out of themselves.
extension LinuxDataPlane {
    package func addRoutes(_ key: SessionKey, _ routes: SessionRoutes) {
        guard let session = sessions[key], !session.isDeleting, let unit = session.unit else {
            return events.append(.routingFailed(key, DataPlaneError(.lookUp, Errno("addRoutes", code: ENODEV))))
        }
        session.jobs += 1
        order(
            .route(serial: session.serial, session.ticket, unit, routes, isPinned: session.pinned == routes.around))
    }

    func takeRouted(_ serial: UInt64, _ pinned: IPAddress?, _ error: DataPlaneError?) {
        guard let session = answered(serial) else { return }
        if let pinned { session.pinned = pinned }
        if !session.isDeleting {
            events.append(error.map { .routingFailed(session.key, $0) } ?? .routed(session.key))
        }
        goOnDeleting(session)
    }

    /// The interface is gone, and with it what led the tunnel into itself.
    func unpin(_ session: SessionRecord) {
        guard let pinned = session.pinned else { return }
        session.pinned = nil
        pinJobs += 1
        order(.unpin(pinned))
    }
}
