import CNetlink
import Glibc
import Linux

/// A netlink socket of libnl's. It belongs to one thread: requests and their answers follow one another.
@safe final class NetlinkSocket {
    private let socket: OpaquePointer
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    /// `family` is NETLINK_GENERIC or NETLINK_ROUTE.
    init(family: Int32) throws(Errno) {
        guard let socket = unsafe nl_socket_alloc() else { throw Errno("nl_socket_alloc", code: ENOMEM) }
        unsafe self.socket = socket
        let code = unsafe nl_connect(socket, family)
        guard code == 0 else { throw Errno.last("nl_connect") }
        unsafe nl_socket_disable_auto_ack(socket)
        _ = unsafe fcntl(nl_socket_get_fd(socket), F_SETFD, FD_CLOEXEC)
    }

    deinit {
        unsafe nl_socket_free(socket)
    }

    var descriptor: Int32 { unsafe nl_socket_get_fd(socket) }

    /// The id of a generic netlink family; the kernel loads the module that has it. ENOENT when there is none.
    func resolve(family: String) throws(Errno) -> UInt16 {
        let id = unsafe genl_ctrl_resolve(socket, family)
        guard id >= 0 else { throw Errno("CTRL_CMD_GETFAMILY", code: ENOENT) }
        return UInt16(id)
    }

    func resolve(group: String, of family: String) throws(Errno) -> Int32 {
        let id = unsafe genl_ctrl_resolve_grp(socket, family, group)
        guard id >= 0 else { throw Errno("CTRL_CMD_GETFAMILY", code: ENOENT) }
        return id
    }

    /// Makes the socket one for multicast messages of a group, read by `receive` without blocking.
    func join(_ group: Int32) throws(Errno) {
        try set("NETLINK_ADD_MEMBERSHIP", SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)
        _ = unsafe nl_socket_set_nonblocking(socket)
    }

    /// Room for events that wait to be read; what the system allows other programs does not matter.
    func setReceiveBuffer(octets: Int32) throws(Errno) {
        try set("SO_RCVBUFFORCE", SOL_SOCKET, SO_RCVBUFFORCE, octets)
    }

    /// From now on the kernel runs this program (classic BPF) on each message, and queues it only where that returns
    /// anything but 0.
    func attach(filter: [sock_filter]) throws(Errno) {
        var code = filter
        _ = try systemCall("SO_ATTACH_FILTER") {
            unsafe code.withUnsafeMutableBufferPointer { code in
                var program = unsafe sock_fprog(len: UInt16(code.count), filter: code.baseAddress)
                return unsafe setsockopt(
                    descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<sock_fprog>.size))
            }
        }
    }

    /// From now on the header of a request for a list says which of it are meant (Linux 4.20).
    func filterLists() throws(Errno) {
        try set("NETLINK_GET_STRICT_CHK", SOL_NETLINK, Int32(NETLINK_GET_STRICT_CHK), 1)
    }

    private func set(_ name: String, _ level: Int32, _ option: Int32, _ value: Int32) throws(Errno) {
        var value = value
        _ = try systemCall(name) {
            unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// Sends requests in one go and waits for the kernel's word on each; every message of an answer is given to
    /// `each`. Throws the first refusal, after all of them were answered.
    func perform(_ messages: [NetlinkMessage], _ each: (NetlinkReply) -> Void = { _ in }) throws(Errno) {
        var octets: [UInt8] = []
        var waiting: [UInt32: String] = [:]
        for message in messages {
            unsafe nl_complete_msg(socket, message.message)
            guard let header = unsafe nlmsg_hdr(message.message) else { continue }
            unsafe header.pointee.nlmsg_flags |= UInt16(NLM_F_ACK)
            waiting[unsafe header.pointee.nlmsg_seq] = message.name
            unsafe octets += UnsafeRawBufferPointer(start: header, count: Int(header.pointee.nlmsg_len))
        }
        _ = try systemCall("send") { unsafe send(descriptor, octets, octets.count, 0) }
        var refusal: Errno?
        while !waiting.isEmpty {
            for reply in try receive() {
                guard let name = waiting[reply.sequence] else { continue }
                guard let code = reply.end else {
                    each(reply)
                    continue
                }
                waiting[reply.sequence] = nil
                if code != 0 { refusal = refusal ?? Errno(name, code: code) }
            }
        }
        if let refusal { throw refusal }
    }

    func perform(_ message: NetlinkMessage, _ each: (NetlinkReply) -> Void = { _ in }) throws(Errno) {
        try perform([message], each)
    }

    /// The events of a group that was joined, as many as `limit` receptions bring; `lost` stands for those that came faster
    /// than they were read.
    func drain<Event>(limit: Int, lost: Event, _ event: (NetlinkReply) -> Event?) -> [Event] {
        var events: [Event] = []
        for _ in 0..<limit {
            do throws(Errno) {
                events += try receive().compactMap(event)
            } catch {
                if error.code == EAGAIN { break }
                events.append(lost)
            }
        }
        return events
    }

    /// Receives once: one or several messages.
    func receive() throws(Errno) -> [NetlinkReply] {
        let size = buffer.count
        let count = try systemCall("recv") { unsafe recv(descriptor, &buffer, size, Int32(MSG_TRUNC)) }
        guard count <= size else { throw Errno("recv", code: EMSGSIZE) }
        return NetlinkReply.all(in: buffer[..<count])
    }
}
