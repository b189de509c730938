import CNetlink

/// One message from the kernel: a nlmsghdr's fields and what is behind it.
struct NetlinkReply {
    let type: UInt16
    let sequence: UInt32
    let payload: ArraySlice<UInt8>

    /// The messages that one reception brought; one that is cut off ends the list.
    static func all(in octets: ArraySlice<UInt8>) -> [NetlinkReply] {
        var replies: [NetlinkReply] = []
        var rest = octets
        while let length = rest.native(UInt32.self, at: 0), length >= 16, length <= rest.count,
            let type = rest.native(UInt16.self, at: 4), let sequence = rest.native(UInt32.self, at: 8)
        {
            let message = rest.prefix(Int(length))
            replies.append(NetlinkReply(type: type, sequence: sequence, payload: message.dropFirst(16)))
            rest = rest.dropFirst((Int(length) + 3) & ~3)
        }
        return replies
    }

    /// The attributes behind a family header of `size` octets.
    func attributes(behind size: Int) -> NetlinkAttributes {
        NetlinkAttributes(octets: payload.dropFirst(size))
    }

    /// The command of a generic netlink message; nil when it is too short to have one.
    var genericCommand: Int? { payload.first.map(Int.init) }

    /// The error number (0: success) of a message that ends an answer; nil for any other.
    var end: Int32? {
        switch Int32(type) {
        case NLMSG_ERROR, NLMSG_DONE: -(payload.native(Int32.self, at: 0) ?? 0)
        default: nil
        }
    }
}

/// Attributes of a message from the kernel, by type. One that is absent or of another size reads as nil.
struct NetlinkAttributes {
    let octets: ArraySlice<UInt8>

    subscript(uint8 type: Int) -> UInt8? { value(type) }
    subscript(uint16 type: Int) -> UInt16? { value(type) }
    subscript(uint32 type: Int) -> UInt32? { value(type) }
    subscript(uint64 type: Int) -> UInt64? { value(type) }

    /// A string, without the zero at its end.
    subscript(string type: Int) -> String? {
        self[octets: type].map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    subscript(nested type: Int) -> NetlinkAttributes? { self[octets: type].map(NetlinkAttributes.init) }

    subscript(octets type: Int) -> ArraySlice<UInt8>? {
        var rest = octets
        while let length = rest.native(UInt16.self, at: 0), length >= 4, length <= rest.count,
            let head = rest.native(UInt16.self, at: 2)
        {
            // The two highest bits are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER).
            if Int(head & 0x3fff) == type { return rest.prefix(Int(length)).dropFirst(4) }
            rest = rest.dropFirst((Int(length) + 3) & ~3)
        }
        return nil
    }

    private func value<Value: FixedWidthInteger>(_ type: Int) -> Value? {
        guard let content = self[octets: type], content.count == Value.bitWidth / 8 else { return nil }
        return content.native(Value.self, at: 0)
    }
}

extension ArraySlice<UInt8> {
    /// An integer in the machine's own order, as netlink has them; `offset` is counted from the slice's first octet.
    func native<Value: FixedWidthInteger>(_: Value.Type, at offset: Int) -> Value? {
        let size = Value.bitWidth / 8
        guard offset + size <= count else { return nil }
        var value: Value = 0
        for index in (0..<size).reversed() {
            value = value << 8 | Value(truncatingIfNeeded: self[startIndex + offset + index])
        }
        return Value(littleEndian: value)
    }
}
