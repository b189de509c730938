import Addresses
import CNetlink
import Glibc
package import Linux

/// Requests to the kernel about interfaces and their addresses (rtnetlink), in the network namespace of the thread
/// that made it; each blocks until the kernel has answered. All need CAP_NET_ADMIN. One thread's own.
package final class RouteNetlink {
    private let socket: NetlinkSocket

    package init() throws(Errno) {
        socket = try NetlinkSocket(family: NETLINK_ROUTE)
        try socket.filterLists()
    }

    /// Makes a PPP interface, down, of an open /dev/ppp that is attached to nothing; closing that descriptor deletes
    /// the interface. EEXIST: the name is in use. EBUSY: the kernel would have to wait for its own lock; try again.
    package func createPPP(name: String, mtu: Int, group: InterfaceGroup, unit descriptor: Int32) throws(Errno) {
        let request = link("RTM_NEWLINK", RTM_NEWLINK, ifinfomsg(), NLM_F_CREATE | NLM_F_EXCL)
        request.append(Int(IFLA_IFNAME), string: name)
        request.append(Int(IFLA_MTU), UInt32(clamping: mtu))
        request.append(Int(IFLA_GROUP), group.rawValue)
        request.appendNested(Int(IFLA_LINKINFO)) {
            request.append(Int(IFLA_INFO_KIND), string: "ppp")
            request.appendNested(Int(IFLA_INFO_DATA)) {
                request.append(Int(IFLA_PPP_DEV_FD), UInt32(bitPattern: descriptor))
            }
        }
        try socket.perform(request)
    }

    /// Sets an interface's MTU, brings it up and adds an address, which may be there already.
    package func bringUp(_ index: Int32, mtu: Int, with address: InterfaceAddress) throws(Errno) {
        let up = flags(index, up: true)
        up.append(Int(IFLA_MTU), UInt32(clamping: mtu))
        try socket.perform([up, self.address("RTM_NEWADDR", RTM_NEWADDR, index, address)])
    }

    package func bringDown(_ index: Int32) throws(Errno) {
        try socket.perform(flags(index, up: false))
    }

    /// EADDRNOTAVAIL: the interface has no such address. ENODEV: there is no such interface.
    package func remove(_ address: InterfaceAddress, from index: Int32) throws(Errno) {
        try socket.perform(self.address("RTM_DELADDR", RTM_DELADDR, index, address))
    }

    /// Puts interfaces in a group, as many as still exist.
    package func setGroup(_ group: InterfaceGroup, of indices: [Int32]) throws(Errno) {
        // The kernel answers every request of a batch: few enough for the answers to fit the socket's buffer.
        for start in stride(from: 0, to: indices.count, by: 64) {
            let requests = indices[start..<min(start + 64, indices.count)].map { index in
                var header = ifinfomsg()
                header.ifi_index = index
                let request = link("RTM_NEWLINK", RTM_NEWLINK, header, 0)
                request.append(Int(IFLA_GROUP), group.rawValue)
                return request
            }
            do throws(Errno) {
                try socket.perform(requests)
            } catch {
                guard error.code == ENODEV else { throw error }
            }
        }
    }

    /// Deletes every interface of a group at once, much quicker than one by one. ENODEV: it has none.
    package func deleteLinks(of group: InterfaceGroup) throws(Errno) {
        let request = link("RTM_DELLINK", RTM_DELLINK, ifinfomsg(), 0)
        request.append(Int(IFLA_GROUP), group.rawValue)
        try socket.perform(request)
    }

    func perform(_ request: NetlinkMessage, _ each: (NetlinkReply) -> Void = { _ in }) throws(Errno) {
        try socket.perform(request, each)
    }

    /// The index of an interface by its name. ENODEV: there is none.
    package func index(ofInterface name: String) throws(Errno) -> Int32 {
        var request = unsafe ifreq()
        let octets = Array(name.utf8)
        guard octets.count < IF_NAMESIZE else { throw Errno("SIOCGIFINDEX", code: ENODEV) }
        unsafe withUnsafeMutableBytes(of: &request.ifr_ifrn) { unsafe $0.copyBytes(from: octets) }
        // Any socket will do, so no other needs to be opened.
        let descriptor = socket.descriptor
        _ = try systemCall("SIOCGIFINDEX") { unsafe ioctl(descriptor, UInt(SIOCGIFINDEX), &request) }
        return unsafe request.ifr_ifru.ifru_ivalue
    }

    private func flags(_ index: Int32, up: Bool) -> NetlinkMessage {
        var header = ifinfomsg()
        header.ifi_index = index
        header.ifi_change = UInt32(IFF_UP)
        header.ifi_flags = up ? UInt32(IFF_UP) : 0
        return link("RTM_NEWLINK", RTM_NEWLINK, header, 0)
    }

    private func link(_ name: String, _ type: Int, _ header: ifinfomsg, _ flags: Int32) -> NetlinkMessage {
        let message = NetlinkMessage(name, type: Int32(type), flags: flags)
        message.append(header: header)
        return message
    }

    private func address(
        _ name: String, _ type: Int, _ index: Int32, _ address: InterfaceAddress
    ) -> NetlinkMessage {
        let flags = type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_REPLACE : 0
        let message = NetlinkMessage(name, type: Int32(type), flags: flags)
        var header = ifaddrmsg()
        header.ifa_family = UInt8(address.local.family)
        header.ifa_prefixlen = UInt8(address.prefixLength)
        header.ifa_scope = UInt8(address.isLinkLocal ? RT_SCOPE_LINK.rawValue : RT_SCOPE_UNIVERSE.rawValue)
        header.ifa_index = UInt32(bitPattern: index)
        message.append(header: header)
        message.append(Int(IFA_LOCAL), octets: address.local.octets)
        message.append(Int(IFA_ADDRESS), octets: (address.peer ?? address.local).octets)
        return message
    }
}
