import CNetlink

/// A netlink request under construction: the family's header first, then attributes.
@safe final class NetlinkMessage {
    /// What the kernel's refusal is called in errors: "RTM_NEWLINK".
    let name: String
    let message: OpaquePointer

    /// `flags` are NLM_F_REQUEST's companions. Allocation failing means that memory has run out, which Swift
    /// programs do not outlive.
    init(_ name: String, type: Int32, flags: Int32) {
        self.name = name
        guard let message = unsafe nlmsg_alloc() else { preconditionFailure("out of memory") }
        unsafe self.message = message
        let header = unsafe nlmsg_put(message, 0, 0, type, 0, NLM_F_REQUEST | flags)
        precondition(unsafe header != nil)
    }

    deinit {
        unsafe nlmsg_free(message)
    }

    /// The header of the request's family: genlmsghdr, ifinfomsg, ifaddrmsg.
    func append<Header: BitwiseCopyable>(header: Header) {
        var header = header
        let code = unsafe nlmsg_append(message, &header, MemoryLayout<Header>.size, Int32(NLMSG_ALIGNTO))
        precondition(code == 0)
    }

    func append(_ type: Int, _ value: UInt8) {
        append(type, octets: [value])
    }

    func append(_ type: Int, _ value: UInt16) {
        precondition(unsafe nla_put_u16(message, Int32(type), value) == 0)
    }

    func append(_ type: Int, _ value: UInt32) {
        precondition(unsafe nla_put_u32(message, Int32(type), value) == 0)
    }

    func append(_ type: Int, _ value: UInt64) {
        precondition(unsafe nla_put_u64(message, Int32(type), value) == 0)
    }

    func append(_ type: Int, string: String) {
        precondition(unsafe nla_put_string(message, Int32(type), string) == 0)
    }

    func append(_ type: Int, octets: [UInt8]) {
        precondition(unsafe nla_put(message, Int32(type), Int32(octets.count), octets) == 0)
    }

    func appendNested(_ type: Int, _ body: () -> Void) {
        guard let nest = unsafe nla_nest_start(message, Int32(type)) else { preconditionFailure("out of memory") }
        body()
        unsafe nla_nest_end(message, nest)
    }
}
