import CNetlink
import Glibc
package import Linux

/// What may be a loss to whom an interface belongs.
package enum InterfaceLossEvent: Hashable, Sendable {
    /// It went down, or lost an address.
    case interface(Int32)
    /// Events came faster than they were read, and some are lost.
    case lost
}

/// Hears of interfaces of this network namespace that go down and of addresses that are removed, and of nothing else:
/// the kernel itself drops what else there is to say of an interface, which is much where sessions come and go. One
/// thread's own.
package final class InterfaceLossEvents {
    private let socket: NetlinkSocket

    /// `receiveBuffer`: octets of events that may wait to be read, as the kernel counts them.
    package init(receiveBuffer: Int32) throws(Errno) {
        socket = try NetlinkSocket(family: NETLINK_ROUTE)
        try socket.setReceiveBuffer(octets: receiveBuffer)
        try socket.attach(filter: Self.losses)
        for group in [RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR] { try socket.join(Int32(group.rawValue)) }
    }

    /// Readable when there are events.
    package var descriptor: Int32 { socket.descriptor }

    /// What has come, without blocking; after at most `limit` receptions the rest waits for the next call.
    package func drain(limit: Int = 64) -> [InterfaceLossEvent] {
        socket.drain(limit: limit, lost: .lost) { reply in
            // Both headers, ifinfomsg and ifaddrmsg, have the index in the same place.
            reply.payload.native(UInt32.self, at: 4).map { .interface(Int32(bitPattern: $0)) }
        }
    }

    /// RTM_DELADDR; and RTM_NEWLINK where IFF_UP is what changed, and it is no more. That a new interface is made, down,
    /// counts as a change of everything.
    private static let losses: [sock_filter] = [
        load(BPF_H, from: 4),
        jump(BPF_JEQ, to: UInt32(UInt16(RTM_DELADDR).bigEndian), ifTrue: 6, ifFalse: 0),
        jump(BPF_JEQ, to: UInt32(UInt16(RTM_NEWLINK).bigEndian), ifTrue: 0, ifFalse: 6),
        load(BPF_W, from: 16 + 8),
        jump(BPF_JSET, to: UInt32(IFF_UP).bigEndian, ifTrue: 4, ifFalse: 0),
        load(BPF_W, from: 16 + 12),
        jump(BPF_JSET, to: (UInt32(1) << 31).bigEndian, ifTrue: 2, ifFalse: 0),
        jump(BPF_JSET, to: UInt32(IFF_UP).bigEndian, ifTrue: 0, ifFalse: 1),
        answer(.max),
        answer(0),
    ]

    /// What is loaded is taken as being in network order, and netlink has the machine's.
    private static func load(_ size: Int32, from offset: UInt32) -> sock_filter {
        sock_filter(code: UInt16(BPF_LD | size | BPF_ABS), jt: 0, jf: 0, k: offset)
    }

    private static func jump(_ test: Int32, to value: UInt32, ifTrue: UInt8, ifFalse: UInt8) -> sock_filter {
        sock_filter(code: UInt16(BPF_JMP | test | BPF_K), jt: ifTrue, jf: ifFalse, k: value)
    }

    private static func answer(_ value: UInt32) -> sock_filter {
        sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: value)
    }
}
