import CNetlink
import Glibc
package import Linux

/// What the kernel's multicast group "l2tp" tells: only netlink commands make it speak, and it speaks of every network
/// namespace without saying which. So an event is a hint: ask `L2TPNetlink` whether it is so here.
package enum L2TPKernelEvent: Hashable, Sendable {
    case tunnelCreated(UInt32)
    case tunnelDeleted(UInt32)
    case tunnelModified(UInt32)
    case sessionCreated(tunnel: UInt32, session: UInt32)
    case sessionDeleted(tunnel: UInt32, session: UInt32)
    case sessionModified(tunnel: UInt32, session: UInt32)
    /// Events came faster than they were read, and some are lost.
    case lost
}

/// Hears the kernel's L2TP events. One thread's own.
package final class L2TPEvents {
    private let socket: NetlinkSocket

    /// `receiveBuffer`: octets of events that may wait to be read, as the kernel counts them; nil: as usual.
    package init(_ family: L2TPFamily, receiveBuffer: Int32? = nil) throws(Errno) {
        socket = try NetlinkSocket(family: NETLINK_GENERIC)
        if let receiveBuffer { try socket.setReceiveBuffer(octets: receiveBuffer) }
        try socket.join(family.multicastGroup)
    }

    /// Readable when there are events.
    package var descriptor: Int32 { socket.descriptor }

    /// What has come, without blocking; after at most `limit` receptions the rest waits for the next call.
    package func drain(limit: Int = 64) -> [L2TPKernelEvent] {
        socket.drain(limit: limit, lost: .lost, Self.event)
    }

    private static func event(_ reply: NetlinkReply) -> L2TPKernelEvent? {
        let attributes = reply.attributes(behind: MemoryLayout<genlmsghdr>.size)
        guard let command = reply.genericCommand,
            let tunnel = attributes[uint32: L2TP_ATTR_CONN_ID]
        else { return nil }
        let session = attributes[uint32: L2TP_ATTR_SESSION_ID]
        return switch (command, session) {
        case (L2TP_CMD_TUNNEL_CREATE, _): .tunnelCreated(tunnel)
        case (L2TP_CMD_TUNNEL_DELETE, _): .tunnelDeleted(tunnel)
        case (L2TP_CMD_TUNNEL_MODIFY, _): .tunnelModified(tunnel)
        case (L2TP_CMD_SESSION_CREATE, let session?): .sessionCreated(tunnel: tunnel, session: session)
        case (L2TP_CMD_SESSION_DELETE, let session?): .sessionDeleted(tunnel: tunnel, session: session)
        case (L2TP_CMD_SESSION_MODIFY, let session?): .sessionModified(tunnel: tunnel, session: session)
        default: nil
        }
    }
}
