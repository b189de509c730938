import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP

/// Clients' calls, placed and ended.
extension L2TPServer {
    /// Dials for the clients whose time has come, and ends hooks that have had theirs.
    func dialClients(at now: Instant) {
        clients.hooks.timeout(at: now)
        for line in clients.due(at: now) {
            let client = line.client
            let call = ClientCall(line, of: clients, at: now)
            line.stage = .calling(call)
            log.info("client dials", ["client": "\(client.name)"])
            let placed = PlacedCall(
                group: client.group, tunnelOwner: client.ownTunnel ? client.name : nil,
                request: .incoming(ICRQ(assignedSessionID: .none, callSerialNumber: serials.next())), role: call,
                link: client.linkConfiguration)
            call.placed = placed
            place(placed, at: now)
        }
    }

    /// Ends a client's call, wherever it is: PPP first, then the call.
    func end(_ call: ClientCall, at now: Instant) {
        if let session = call.session {
            closeSession(session.key, at: now)
        } else if let placed = call.placed {
            cancel(placed, at: now)
        }
    }
}
