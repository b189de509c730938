package import Addresses
import CNetlink
import Glibc
package import Linux

/// A route of the main table: where packets to a prefix go.
package struct Route: Hashable, Sendable {
    package var prefix: IPPrefix
    package var interface: Int32
    /// Nil where the interface itself leads there.
    package var gateway: IPAddress?

    package init(to prefix: IPPrefix, interface: Int32, gateway: IPAddress? = nil) {
        self.prefix = prefix
        self.interface = interface
        self.gateway = gateway
    }
}

extension RouteNetlink {
    /// Adds a route. Where there is one to the same prefix it stands in front of that one, which serves again when it is
    /// gone; `exclusively`: EEXIST.
    package func add(_ route: Route, exclusively: Bool = false) throws(Errno) {
        // Of IPv6 the metric decides, and 1 is before every usual one.
        let isIPv6 = route.prefix.address.isIPv6
        try perform(
            request(
                "RTM_NEWROUTE", RTM_NEWROUTE, route, metric: isIPv6 && !exclusively ? 1 : nil,
                flags: NLM_F_CREATE | (exclusively ? NLM_F_EXCL : 0)))
    }

    /// ESRCH: there is none.
    package func remove(_ route: Route) throws(Errno) {
        try perform(request("RTM_DELROUTE", RTM_DELROUTE, route, metric: nil, flags: 0))
    }

    /// The way that packets to an address take at present, as a route to that address alone. ENETUNREACH: there is none.
    package func route(to address: IPAddress) throws(Errno) -> Route {
        let message = NetlinkMessage("RTM_GETROUTE", type: Int32(RTM_GETROUTE), flags: 0)
        var header = rtmsg()
        header.rtm_family = UInt8(address.family)
        header.rtm_dst_len = UInt8(address.octets.count * 8)
        message.append(header: header)
        message.append(Int(RTA_DST.rawValue), octets: address.octets)
        var found: Route?
        try perform(message) { reply in
            guard reply.type == UInt16(RTM_NEWROUTE) else { return }
            let attributes = reply.attributes(behind: MemoryLayout<rtmsg>.size)
            guard let interface = attributes[uint32: Int(RTA_OIF.rawValue)] else { return }
            found = Route(
                to: IPPrefix(address), interface: Int32(bitPattern: interface),
                gateway: attributes[octets: Int(RTA_GATEWAY.rawValue)].flatMap { IPAddress(octets: Array($0)) })
        }
        guard let found else { throw Errno("RTM_GETROUTE", code: ENETUNREACH) }
        return found
    }

    private func request(
        _ name: String, _ type: Int, _ route: Route, metric: UInt32?, flags: Int32
    ) -> NetlinkMessage {
        let message = NetlinkMessage(name, type: Int32(type), flags: flags)
        var header = rtmsg()
        header.rtm_family = UInt8(route.prefix.address.family)
        header.rtm_dst_len = UInt8(route.prefix.length)
        header.rtm_table = UInt8(RT_TABLE_MAIN.rawValue)
        header.rtm_protocol = UInt8(RTPROT_STATIC)
        let isDirect = route.gateway == nil && !route.prefix.address.isIPv6
        header.rtm_scope = UInt8((isDirect ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE).rawValue)
        header.rtm_type = UInt8(RTN_UNICAST)
        message.append(header: header)
        message.append(Int(RTA_DST.rawValue), octets: route.prefix.address.octets)
        message.append(Int(RTA_OIF.rawValue), UInt32(bitPattern: route.interface))
        if let gateway = route.gateway { message.append(Int(RTA_GATEWAY.rawValue), octets: gateway.octets) }
        if let metric { message.append(Int(RTA_PRIORITY.rawValue), metric) }
        return message
    }
}

extension IPAddress {
    fileprivate var isIPv6: Bool { if case .v6 = self { true } else { false } }

    /// Four or sixteen octets in network order; nil for any other count.
    init?(octets: [UInt8]) {
        if octets.count == 4 {
            self = .v4(IPv4Address(octets[0], octets[1], octets[2], octets[3]))
        } else if let address = IPv6Address(octets: octets) {
            self = .v6(address)
        } else {
            return nil
        }
    }
}
