import Addresses
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
        request.append(L2TP_ATTR_CONN_ID, id)
        request.append(L2TP_ATTR_PEER_CONN_ID, peerID)
        request.append(L2TP_ATTR_PROTO_VERSION, UInt8(2))
        request.append(L2TP_ATTR_ENCAP_TYPE, UInt16(L2TP_ENCAPTYPE_UDP.rawValue))
        request.append(L2TP_ATTR_FD, UInt32(bitPattern: descriptor))
        try socket.perform(request)
    }

    /// Deletes a tunnel and its sessions. ENODEV: there is none. May return before all is gone: ask `tunnel(id:)`.
    package func deleteTunnel(id: UInt32) throws(Errno) {
        let request = request("L2TP_CMD_TUNNEL_DELETE", L2TP_CMD_TUNNEL_DELETE)
        request.append(L2TP_ATTR_CONN_ID, id)
        try socket.perform(request)
    }

    /// Nil when the kernel has none.
    package func tunnel(id: UInt32) throws(Errno) -> KernelTunnel? {
        let request = request("L2TP_CMD_TUNNEL_GET", L2TP_CMD_TUNNEL_GET)
        request.append(L2TP_ATTR_CONN_ID, id)
        return try found(request, Self.tunnel).first
    }

    package func tunnels() throws(Errno) -> [KernelTunnel] {
        try found(request("L2TP_CMD_TUNNEL_GET", L2TP_CMD_TUNNEL_GET, NLM_F_DUMP), Self.tunnel)
    }

    /// Makes a session that carries PPP. EEXIST: the id is in use in the tunnel; ENODEV: there is no such tunnel.
    package func createSession(_ session: KernelSession) throws(Errno) {
        let request = request("L2TP_CMD_SESSION_CREATE", L2TP_CMD_SESSION_CREATE)
        request.append(L2TP_ATTR_CONN_ID, session.tunnel)
        request.append(L2TP_ATTR_SESSION_ID, session.id)
        request.append(L2TP_ATTR_PEER_SESSION_ID, session.peerID)
        request.append(L2TP_ATTR_PW_TYPE, UInt16(L2TP_PWTYPE_PPP.rawValue))
        request.append(L2TP_ATTR_LNS_MODE, UInt8(session.isLNS ? 1 : 0))
        request.append(L2TP_ATTR_SEND_SEQ, UInt8(session.sendsSequence ? 1 : 0))
        request.append(L2TP_ATTR_RECV_SEQ, UInt8(session.requiresSequence ? 1 : 0))
        if session.reorderTimeout > 0 { request.append(L2TP_ATTR_RECV_TIMEOUT, session.reorderTimeout) }
        try socket.perform(request)
    }

    /// ENODEV: there is none.
    package func deleteSession(tunnel: UInt32, id: UInt32) throws(Errno) {
        let request = request("L2TP_CMD_SESSION_DELETE", L2TP_CMD_SESSION_DELETE)
        request.append(L2TP_ATTR_CONN_ID, tunnel)
        request.append(L2TP_ATTR_SESSION_ID, id)
        try socket.perform(request)
    }

    /// Nil when the kernel has none.
    package func session(tunnel: UInt32, id: UInt32) throws(Errno) -> KernelSession? {
        let request = request("L2TP_CMD_SESSION_GET", L2TP_CMD_SESSION_GET)
        request.append(L2TP_ATTR_CONN_ID, tunnel)
        request.append(L2TP_ATTR_SESSION_ID, id)
        return try found(request, Self.session).first
    }

    /// Every session of the namespace. While others come and go the kernel may leave some out.
    package func sessions() throws(Errno) -> [KernelSession] {
        try found(request("L2TP_CMD_SESSION_GET", L2TP_CMD_SESSION_GET, NLM_F_DUMP), Self.session)
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

    private static func tunnel(_ attributes: NetlinkAttributes) -> KernelTunnel? {
        guard let id = attributes[uint32: L2TP_ATTR_CONN_ID] else { return nil }
        func endpoint(_ ipv4: Int, _ ipv6: Int, _ port: Int) -> Endpoint? {
            guard let port = attributes[uint16: port] else { return nil }
            if let octets = attributes[octets: ipv4], octets.count == 4 {
                let number = octets.reduce(0) { $0 << 8 | UInt32($1) }
                return Endpoint(address: .v4(IPv4Address(rawValue: number)), port: port)
            }
            return attributes[octets: ipv6].flatMap { IPv6Address(octets: Array($0)) }
                .map { Endpoint(address: .v6($0), port: port) }
        }
        let overIPv6 = attributes[octets: L2TP_ATTR_IP6_SADDR] != nil
        let withoutChecksum = attributes[octets: L2TP_ATTR_UDP_ZERO_CSUM6_TX] != nil
        return KernelTunnel(
            id: id, peerID: attributes[uint32: L2TP_ATTR_PEER_CONN_ID] ?? 0,
            version: attributes[uint8: L2TP_ATTR_PROTO_VERSION] ?? 0,
            local: endpoint(L2TP_ATTR_IP_SADDR, L2TP_ATTR_IP6_SADDR, L2TP_ATTR_UDP_SPORT),
            remote: endpoint(L2TP_ATTR_IP_DADDR, L2TP_ATTR_IP6_DADDR, L2TP_ATTR_UDP_DPORT),
            checksums: overIPv6 ? !withoutChecksum : attributes[uint8: L2TP_ATTR_UDP_CSUM].map { $0 != 0 })
    }

    private static func session(_ attributes: NetlinkAttributes) -> KernelSession? {
        guard let tunnel = attributes[uint32: L2TP_ATTR_CONN_ID],
            let id = attributes[uint32: L2TP_ATTR_SESSION_ID]
        else { return nil }
        return KernelSession(
            tunnel: tunnel, id: id, peerID: attributes[uint32: L2TP_ATTR_PEER_SESSION_ID] ?? 0,
            isLNS: attributes[uint8: L2TP_ATTR_LNS_MODE] == 1,
            sendsSequence: attributes[uint8: L2TP_ATTR_SEND_SEQ] == 1,
            requiresSequence: attributes[uint8: L2TP_ATTR_RECV_SEQ] == 1,
            reorderTimeout: attributes[uint64: L2TP_ATTR_RECV_TIMEOUT] ?? 0,
            counters: attributes[nested: L2TP_ATTR_STATS].map(counters) ?? SessionCounters())
    }

    private static func counters(_ attributes: NetlinkAttributes) -> SessionCounters {
        func value(_ type: Int) -> UInt64 { attributes[uint64: type] ?? 0 }
        var counters = SessionCounters()
        counters.sentPackets = value(L2TP_ATTR_TX_PACKETS)
        counters.sentOctets = value(L2TP_ATTR_TX_BYTES)
        counters.sendErrors = value(L2TP_ATTR_TX_ERRORS)
        counters.receivedPackets = value(L2TP_ATTR_RX_PACKETS)
        counters.receivedOctets = value(L2TP_ATTR_RX_BYTES)
        counters.receiveErrors = value(L2TP_ATTR_RX_ERRORS)
        counters.sequenceDiscards = value(L2TP_ATTR_RX_SEQ_DISCARDS)
        counters.outOfSequence = value(L2TP_ATTR_RX_OOS_PACKETS)
        return counters
    }
}
