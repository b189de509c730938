/// An IPv6 address as a value.
package struct IPv6Address: Hashable, Sendable, CustomStringConvertible {
    /// The network half and the interface half, each most significant octet first.
    package var high: UInt64
    package var low: UInt64

    package static let any = IPv6Address(high: 0, low: 0)

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// fe80::/64 with an interface identifier (RFC 5072 section 5).
    package init(linkLocal interfaceIdentifier: UInt64) {
        self.init(high: 0xfe80_0000_0000_0000, low: interfaceIdentifier)
    }

    /// Sixteen octets in network order; nil for any other count.
    package init?(octets: [UInt8]) {
        guard octets.count == 16 else { return nil }
        let halves = [octets[0..<8], octets[8..<16]].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        self.init(high: halves[0], low: halves[1])
    }

    /// RFC 4291 section 2.2: eight groups, one "::" at most, the last two groups also as IPv4; no zone.
    package init?(_ text: some StringProtocol) {
        let halves = Self.splitAtGap(String(text))
        guard let head = Self.groups(halves.head), let tail = Self.groups(halves.tail ?? "") else { return nil }
        var all = head
        if halves.tail == nil {
            guard head.count == 8 else { return nil }
        } else {
            guard head.count + tail.count < 8 else { return nil }
            all += [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
        }
        self.init(octets: all.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] })
    }

    /// The sixteen octets in network order.
    package var octets: [UInt8] {
        [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) } }
    }

    /// RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as "::".
    package var description: String {
        let groups = [high, low].flatMap { half in
            (0..<4).map { UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * $0)) }
        }
        func text(_ part: some Sequence<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        var longest = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(1, longest.count) { longest = start..<end }
            start = end + 1
        }
        guard !longest.isEmpty else { return text(groups) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }

    private static func splitAtGap(_ text: String) -> (head: String, tail: String?) {
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            if text[index] == ":", next < text.endIndex, text[next] == ":" {
                return (String(text[..<index]), String(text[text.index(after: next)...]))
            }
            index = next
        }
        return (text, nil)
    }

    private static func groups(_ text: String) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let mapped = IPv4Address(part) {
                groups += [UInt16(mapped.rawValue >> 16), UInt16(truncatingIfNeeded: mapped.rawValue)]
            } else {
                guard (1...4).contains(part.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }
}
