import Octets

/// Blocks of a pcapng file (draft-ietf-opsawg-pcapng), big-endian.
enum PCAPNG {
    /// What an interface's packets begin with.
    enum LinkType: UInt16 {
        case ethernet = 1
        /// An IP header, of version 4 or 6.
        case raw = 101
    }

    /// `comment` tells people what the file is.
    static func sectionHeader(application: String, comment: String) -> [UInt8] {
        var body = ByteWriter()
        body.append(UInt32(0x1a2b_3c4d))
        body.append(UInt16(1))
        body.append(UInt16(0))
        body.append(UInt64.max)  // The section's length is not known.
        return block(0x0a0d_0d0a, body.bytes, [(1, Array(comment.utf8)), (4, Array(application.utf8))])
    }

    /// Interfaces are counted from 0, in the order of their descriptions.
    static func interface(_ name: String, _ linkType: LinkType, description: String) -> [UInt8] {
        var body = ByteWriter()
        body.append(linkType.rawValue)
        body.append(UInt16(0))
        body.append(UInt32(0))  // Packets are whole.
        return block(1, body.bytes, [(2, Array(name.utf8)), (3, Array(description.utf8))])
    }

    /// `time` is in microseconds since 1970.
    static func packet(
        _ octets: [UInt8], interface: UInt32, time: Int64, isInbound: Bool, comment: String? = nil
    ) -> [UInt8] {
        var body = ByteWriter(capacity: 20 + octets.count)
        body.append(interface)
        body.append(UInt64(bitPattern: time))
        body.append(UInt32(octets.count))
        body.append(UInt32(octets.count))
        body.append(contentsOf: octets)
        body.append(contentsOf: padding(octets.count))
        let flags: [UInt8] = [0, 0, 0, isInbound ? 1 : 2]
        let comments: [(UInt16, [UInt8])] = comment.map { [(UInt16(1), Array($0.utf8))] } ?? []
        return block(6, body.bytes, [(2, flags)] + comments)
    }

    /// How many packets came and how many of them were missed, as of `time`.
    static func statistics(interface: UInt32, time: Int64, received: UInt64, dropped: UInt64) -> [UInt8] {
        var body = ByteWriter()
        body.append(interface)
        body.append(UInt64(bitPattern: time))
        func octets(_ value: UInt64) -> [UInt8] {
            var writer = ByteWriter()
            writer.append(value)
            return writer.bytes
        }
        return block(5, body.bytes, [(4, octets(received)), (5, octets(dropped))])
    }

    private static func block(_ type: UInt32, _ body: [UInt8], _ options: [(code: UInt16, value: [UInt8])]) -> [UInt8] {
        var list = ByteWriter()
        for option in options + [(0, [])] {
            list.append(option.code)
            list.append(UInt16(option.value.count))
            list.append(contentsOf: option.value)
            list.append(contentsOf: padding(option.value.count))
        }
        let length = UInt32(12 + body.count + list.count)
        var writer = ByteWriter(capacity: Int(length))
        writer.append(type)
        writer.append(length)
        writer.append(contentsOf: body)
        writer.append(contentsOf: list.bytes)
        writer.append(length)
        return writer.bytes
    }

    /// To a multiple of four.
    private static func padding(_ count: Int) -> some Sequence<UInt8> {
        repeatElement(0, count: (4 - count % 4) % 4)
    }
}
