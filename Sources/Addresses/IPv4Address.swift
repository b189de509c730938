/// An IPv4 address as a value: ordered, so that ranges of a pool can be walked.
package struct IPv4Address: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The address as a number, most significant octet first.
    package var rawValue: UInt32

    package static let any = IPv4Address(rawValue: 0)

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        rawValue = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
    }

    /// Four decimal octets and nothing else: no leading zeros, no shorthand (RFC 6943 section 3.1.1's "strict" form).
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard part.count == 1 || part.first != "0", part.allSatisfy(\.isWholeNumber), let octet = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(octet)
        }
        rawValue = value
    }

    /// The four octets in network order.
    package var octets: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) }
    }

    package var description: String {
        octets.map(String.init).joined(separator: ".")
    }

    package static func < (left: IPv4Address, right: IPv4Address) -> Bool {
        left.rawValue < right.rawValue
    }
}
