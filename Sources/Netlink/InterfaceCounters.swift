import CNetlink
import Glibc
package import Linux

extension RouteNetlink {
    /// What passed through an interface since it was made, or through each of the namespace's when none is named, by their
    /// indices. ENODEV: there is no such interface.
    package func counters(ofInterface index: Int32? = nil) throws(Errno) -> [Int32: SessionCounters] {
        let message = NetlinkMessage("RTM_GETSTATS", type: Int32(RTM_GETSTATS), flags: index == nil ? NLM_F_DUMP : 0)
        var header = if_stats_msg()
        header.ifindex = UInt32(bitPattern: index ?? 0)
        // IFLA_STATS_FILTER_BIT, a macro that is not imported.
        header.filter_mask = 1 << UInt32(IFLA_STATS_LINK_64 - 1)
        message.append(header: header)
        var counters: [Int32: SessionCounters] = [:]
        try perform(message) { reply in
            guard reply.type == UInt16(RTM_NEWSTATS), let index = reply.payload.native(UInt32.self, at: 4) else {
                return
            }
            let attributes = reply.attributes(behind: MemoryLayout<if_stats_msg>.size)
            guard let statistics = attributes[octets: Int(IFLA_STATS_LINK_64)] else { return }
            counters[Int32(bitPattern: index)] = SessionCounters(statistics)
        }
        return counters
    }
}

extension SessionCounters {
    /// Of a rtnl_link_stats64, whose first six fields these are.
    fileprivate init(_ statistics: ArraySlice<UInt8>) {
        func value(_ field: Int) -> UInt64 { statistics.native(UInt64.self, at: 8 * field) ?? 0 }
        self.init()
        receivedPackets = value(0)
        sentPackets = value(1)
        receivedOctets = value(2)
        sentOctets = value(3)
        receiveErrors = value(4)
        sendErrors = value(5)
    }
}
