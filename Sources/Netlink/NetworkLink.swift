import CNetlink
import Glibc
package import Linux

/// An interface as the kernel tells it.
package struct NetworkLink: Hashable, Sendable {
    package var index: Int32
    package var name: String
    /// What made it, in rtnetlink's word: "ppp", "veth"; nil for a network card and for an Ethernet session's interface.
    package var kind: String?
    package var isEthernet: Bool
    /// Whether it was brought up (IFF_UP), and whether it can carry packets (IFF_RUNNING).
    package var isUp: Bool
    package var isRunning: Bool
    package var mtu: UInt32

    package init(
        index: Int32, name: String, kind: String?, isEthernet: Bool, isUp: Bool, isRunning: Bool, mtu: UInt32
    ) {
        self.index = index
        self.name = name
        self.kind = kind
        self.isEthernet = isEthernet
        self.isUp = isUp
        self.isRunning = isRunning
        self.mtu = mtu
    }
}

/// ARPHRD_ETHER: linux/if_arp.h declares again what Glibc has.
private let ethernetHardware: UInt16 = 1

extension NetworkLink {
    /// What an RTM_NEWLINK says; nil for one of another address family: those are about a bridge's ports.
    init?(_ reply: NetlinkReply) {
        let attributes = reply.attributes(behind: MemoryLayout<ifinfomsg>.size)
        guard reply.type == UInt16(RTM_NEWLINK), let header = reply.interfaceHeader,
            header.ifi_family == UInt8(AF_UNSPEC), let name = attributes[string: Int(IFLA_IFNAME)]
        else { return nil }
        self.init(
            index: header.ifi_index, name: name,
            kind: attributes[nested: Int(IFLA_LINKINFO)]?[string: Int(IFLA_INFO_KIND)],
            isEthernet: header.ifi_type == ethernetHardware, isUp: header.ifi_flags & UInt32(IFF_UP) != 0,
            isRunning: header.ifi_flags & UInt32(IFF_RUNNING) != 0, mtu: attributes[uint32: Int(IFLA_MTU)] ?? 0)
    }
}

/// What the kernel tells of this network namespace's interfaces.
package enum LinkEvent: Hashable, Sendable {
    /// It was made, or something of it changed.
    case present(NetworkLink)
    case gone(index: Int32)
    /// Events came faster than they were read, and some are lost.
    case lost
}

/// Hears of interfaces. One thread's own.
package final class LinkEvents {
    private let socket: NetlinkSocket

    package init() throws(Errno) {
        socket = try NetlinkSocket(family: NETLINK_ROUTE)
        try socket.join(Int32(RTNLGRP_LINK.rawValue))
    }

    /// Readable when there are events.
    package var descriptor: Int32 { socket.descriptor }

    /// What has come, without blocking; after at most `limit` receptions the rest waits for the next call.
    package func drain(limit: Int = 64) -> [LinkEvent] {
        socket.drain(limit: limit, lost: .lost) { reply in
            if let link = NetworkLink(reply) { return .present(link) }
            guard reply.type == UInt16(RTM_DELLINK), let header = reply.interfaceHeader,
                header.ifi_family == UInt8(AF_UNSPEC)
            else { return nil }
            return .gone(index: header.ifi_index)
        }
    }
}

extension RouteNetlink {
    /// Every interface of the namespace.
    package func links() throws(Errno) -> [NetworkLink] {
        try links(0, NLM_F_DUMP)
    }

    /// Nil when there is no interface of this index.
    package func link(_ index: Int32) throws(Errno) -> NetworkLink? {
        do throws(Errno) {
            return try links(index, 0).first
        } catch {
            guard error.code == ENODEV else { throw error }
            return nil
        }
    }

    private func links(_ index: Int32, _ flags: Int32) throws(Errno) -> [NetworkLink] {
        let request = NetlinkMessage("RTM_GETLINK", type: Int32(RTM_GETLINK), flags: flags)
        var header = ifinfomsg()
        header.ifi_index = index
        request.append(header: header)
        // Their counters are half of what there is to tell.
        request.append(Int(IFLA_EXT_MASK), UInt32(RTEXT_FILTER_SKIP_STATS))
        var links: [NetworkLink] = []
        try perform(request) { reply in
            if let link = NetworkLink(reply) { links.append(link) }
        }
        return links
    }
}

extension NetlinkReply {
    /// The header of a message about an interface; nil when it is too short to have one.
    fileprivate var interfaceHeader: ifinfomsg? {
        guard payload.count >= MemoryLayout<ifinfomsg>.size else { return nil }
        return unsafe payload.withUnsafeBytes { unsafe $0.loadUnaligned(as: ifinfomsg.self) }
    }
}
