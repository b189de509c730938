import CNetlink
import Glibc
package import Linux

/// The kernel's name for the generic netlink family "l2tp", looked up once.
package struct L2TPFamily: Hashable, Sendable {
    let id: UInt16
    let multicastGroup: Int32

    /// Asks the kernel, which loads the module. ENOENT when it has none.
    package static func resolve() throws(Errno) -> L2TPFamily {
        let socket = try NetlinkSocket(family: NETLINK_GENERIC)
        return L2TPFamily(
            id: try socket.resolve(family: L2TP_GENL_NAME),
            multicastGroup: try socket.resolve(group: L2TP_GENL_MCGROUP, of: L2TP_GENL_NAME))
    }
}

/// Requests to the kernel about L2TP tunnels and sessions, in the network namespace of the thread that made it; each
/// blocks until the kernel has answered. All need CAP_NET_ADMIN. One thread's own.
package final class L2TPNetlink {
    private let socket: NetlinkSocket
    private let family: L2TPFamily

    package init(_ family: L2TPFamily) throws(Errno) {
        socket = try NetlinkSocket(family: NETLINK_GENERIC)
        self.family = family
    }

    /// Makes an L2TPv2 tunnel of a connected UDP socket. EEXIST: the id is in use; EBUSY: the socket has a tunnel.
    package func createTunnel(id: UInt32, peerID: UInt32, socket descriptor: Int32) throws(Errno) {
        let request = request("L2TP_CMD_TUNNEL_CREATE", L2TP_CMD_TUNNEL_CREATE)
        request.append(KernelTunnel(id: id, peerID: peerID, version: 2, local: nil, remote: nil))
        request.append(L2TP_ATTR_FD, UInt32(bitPattern: descriptor))
        try socket.perform(request)
    }

    /// Makes a tunnel, v2 or v3, whose socket is the kernel's own between the tunnel's `local` and `remote`: it stands
    /// until it is deleted. EEXIST: the id is in use; EADDRINUSE: the UDP port is; EADDRNOTAVAIL: `local` is not this
    /// host's; EPROTONOSUPPORT: there is no module for L2TP over IP; EINVAL: an address is missing.
    package func createTunnel(_ tunnel: KernelTunnel) throws(Errno) {
        let request = request("L2TP_CMD_TUNNEL_CREATE", L2TP_CMD_TUNNEL_CREATE)
        request.append(tunnel)
        request.append(addressesOf: tunnel)
        try socket.perform(request)
    }

    /// Has the kernel announce the tunnel to those who hear its events; it changes nothing of it. ENODEV: there is none.
    package func announceTunnel(id: UInt32) throws(Errno) {
        let request = request("L2TP_CMD_TUNNEL_MODIFY", L2TP_CMD_TUNNEL_MODIFY)
        request.append(tunnel: id)
        try socket.perform(request)
    }

    /// Deletes a tunnel and its sessions. ENODEV: there is none. May return before all is gone: ask `tunnel(id:)`.
    package func deleteTunnel(id: UInt32) throws(Errno) {
        let request = request("L2TP_CMD_TUNNEL_DELETE", L2TP_CMD_TUNNEL_DELETE)
        request.append(tunnel: id)
        try socket.perform(request)
    }

    /// Nil when the kernel has none.
    package func tunnel(id: UInt32) throws(Errno) -> KernelTunnel? {
        let request = request("L2TP_CMD_TUNNEL_GET", L2TP_CMD_TUNNEL_GET)
        request.append(tunnel: id)
        return try found(request, KernelTunnel.init).first
    }

    package func tunnels() throws(Errno) -> [KernelTunnel] {
        try found(request("L2TP_CMD_TUNNEL_GET", L2TP_CMD_TUNNEL_GET, NLM_F_DUMP), KernelTunnel.init)
    }

    /// Makes a session; `peerTunnel` is the tunnel's, and for L2TPv2 the kernel takes PPP alone and no cookies. Without a
    /// sublayer the kernel takes the default one. EEXIST: the id is in use (by L2TPv3 in any tunnel), or the interface's
    /// name is; ENODEV: there is no such tunnel; EPROTONOSUPPORT: there is no module for what it shall carry.
    package func createSession(_ session: KernelSession, sublayer: L2SpecificSublayer? = nil) throws(Errno) {
        let request = request("L2TP_CMD_SESSION_CREATE", L2TP_CMD_SESSION_CREATE)
        request.append(session, sublayer: sublayer)
        try socket.perform(request)
    }

    /// ENODEV: there is none. Linux 6.11 and later take an L2TPv3 session of another tunnel, too: ask `session(tunnel:id:)`
    /// first.
    package func modifySession(tunnel: UInt32, id: UInt32, _ changes: SessionChanges) throws(Errno) {
        let request = request("L2TP_CMD_SESSION_MODIFY", L2TP_CMD_SESSION_MODIFY)
        request.append(session: id, of: tunnel)
        request.append(changes)
        try socket.perform(request)
    }

    /// ENODEV: there is none. Linux 6.11 and later take an L2TPv3 session of another tunnel, too: ask `session(tunnel:id:)`
    /// first. May return before it is gone: ask `session(tunnel:id:)`.
    package func deleteSession(tunnel: UInt32, id: UInt32) throws(Errno) {
        let request = request("L2TP_CMD_SESSION_DELETE", L2TP_CMD_SESSION_DELETE)
        request.append(session: id, of: tunnel)
        try socket.perform(request)
    }

    /// Nil when the kernel has none.
    package func session(tunnel: UInt32, id: UInt32) throws(Errno) -> KernelSession? {
        let request = request("L2TP_CMD_SESSION_GET", L2TP_CMD_SESSION_GET)
        request.append(session: id, of: tunnel)
        // Linux 6.11 and later look one of L2TPv3 up by its own id alone, and may find it in another tunnel.
        return try found(request, KernelSession.init).first { $0.tunnel == tunnel }
    }

    /// The session whose interface was made with this name; nil when there is none.
    package func session(ofInterface name: String) throws(Errno) -> KernelSession? {
        let request = request("L2TP_CMD_SESSION_GET", L2TP_CMD_SESSION_GET)
        request.append(L2TP_ATTR_IFNAME, string: name)
        return try found(request, KernelSession.init).first
    }

    /// Every session of the namespace. While others come and go the kernel may leave some out.
    package func sessions() throws(Errno) -> [KernelSession] {
        try found(request("L2TP_CMD_SESSION_GET", L2TP_CMD_SESSION_GET, NLM_F_DUMP), KernelSession.init)
    }

    private func request(_ name: String, _ command: Int, _ flags: Int32 = 0) -> NetlinkMessage {
        let message = NetlinkMessage(name, type: Int32(family.id), flags: flags)
        message.append(header: genlmsghdr(cmd: UInt8(command), version: UInt8(L2TP_GENL_VERSION), reserved: 0))
        return message
    }

    private func found<Object>(
        _ request: NetlinkMessage, _ decode: (NetlinkAttributes) -> Object?
    ) throws(Errno) -> [Object] {
        var objects: [Object] = []
        do throws(Errno) {
            try socket.perform(request) { reply in
                let attributes = reply.attributes(behind: MemoryLayout<genlmsghdr>.size)
                if let object = decode(attributes) { objects.append(object) }
            }
        } catch {
            guard error.code == ENODEV else { throw error }
        }
        return objects
    }
}
