import Addresses
package import EventLoop
import Glibc
import Linux

/// The life of tunnels.
extension LinuxDataPlane {
    package func createTunnel(_ id: UInt32, peer: UInt32, socket: DatagramSocket) {
        guard tunnels[id] == nil else {
            events.append(.tunnelFailed(id, DataPlaneError(.createTunnel, Errno("createTunnel", code: EEXIST))))
            return
        }
        do throws(Errno) {
            let tunnel = TunnelRecord(
                id: id, serial: nextSerial(), socket: try socket.duplicate(),
                overIPv6: socket.local.address.family == AF_INET6)
            tunnels[id] = tunnel
            tunnelIDs[tunnel.serial] = id
            order(
                .tunnel(serial: tunnel.serial, tunnel.ticket, id: id, peer: peer, socket: tunnel.socket))
        } catch {
            events.append(.tunnelFailed(id, DataPlaneError(.createTunnel, error)))
        }
    }

    package func deleteTunnel(_ id: UInt32) {
        guard let tunnel = tunnels[id] else {
            events.append(.tunnelDeleted(id))
            return
        }
        guard !tunnel.isDeleting else { return }
        tunnel.isDeleting = true
        tunnel.ticket.isCancelled.set()
        // Together, so that their interfaces go together.
        deleteSessions(tunnel.sessions.compactMap { sessions[$0] })
        deleteIfEmpty(tunnel)
    }

    /// The tunnel follows its last session.
    func deleteIfEmpty(_ tunnel: TunnelRecord) {
        guard tunnel.isDeleting, !tunnel.isBeingDeleted, !tunnel.isBeingMade, tunnel.sessions.isEmpty else { return }
        tunnel.isBeingDeleted = true
        orderDeletion([
            .tunnel(
                serial: tunnel.serial, id: tunnel.id, isMade: tunnel.ticket.isMade.isSet, socket: tunnel.socket)
        ])
    }

    func takeTunnel(_ serial: UInt64, _ error: DataPlaneError?) {
        guard let id = tunnelIDs[serial], let tunnel = tunnels[id] else { return }
        tunnel.isBeingMade = false
        if tunnel.isDeleting {
            deleteIfEmpty(tunnel)
        } else if let error {
            tunnel.socket.close()
            forget(tunnel)
            // Sessions asked for meanwhile fail by themselves.
            events.append(.tunnelFailed(id, error))
        } else {
            events.append(.tunnelReady(id))
        }
    }

    func takeSkippedTunnel(_ tunnel: TunnelRecord) {
        tunnel.isBeingMade = false
        deleteIfEmpty(tunnel)
    }

    func takeTunnelDeleted(_ serial: UInt64) {
        guard let id = tunnelIDs[serial], let tunnel = tunnels[id] else { return }
        forget(tunnel)
        events.append(.tunnelDeleted(id))
    }

    private func forget(_ tunnel: TunnelRecord) {
        tunnels[tunnel.id] = nil
        tunnelIDs[tunnel.serial] = nil
    }
}
