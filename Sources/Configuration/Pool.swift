package import Addresses

/// `[[pool]]`: addresses for subscribers.
package struct Pool: Hashable, Sendable {
    package var name: String
    /// No two overlap, in all pools together.
    package var ranges: [AddressRange]

    package init(name: String, ranges: [AddressRange]) {
        self.name = name
        self.ranges = ranges
    }
}

/// IPv4 addresses from the first to the last, both included.
package struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    package let first: IPv4Address
    package let last: IPv4Address

    /// Nil when the last is before the first.
    package init?(from first: IPv4Address, through last: IPv4Address) {
        guard first <= last else { return nil }
        self.first = first
        self.last = last
    }

    /// "100.64.0.2-100.64.255.254", one address, or a prefix, of which the network's own address and the broadcast address are
    /// left out (they stay in a /31 and a /32).
    package init?(_ text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { IPv4Address($0) }
        if ends.count == 2 {
            guard let first = ends[0], let last = ends[1] else { return nil }
            self.init(from: first, through: last)
        } else {
            guard let prefix = IPPrefix(text), case .v4(let network) = prefix.address else { return nil }
            let broadcast = network.rawValue | (UInt32.max >> UInt32(prefix.length))
            let inner: UInt32 = prefix.length < 31 ? 1 : 0
            self.init(
                from: IPv4Address(rawValue: network.rawValue + inner),
                through: IPv4Address(rawValue: broadcast - inner))
        }
    }

    package var count: UInt64 { UInt64(last.rawValue) - UInt64(first.rawValue) + 1 }

    package func contains(_ address: IPv4Address) -> Bool { first <= address && address <= last }

    package func overlaps(_ other: AddressRange) -> Bool { first <= other.last && other.first <= last }

    package var description: String { first == last ? "\(first)" : "\(first)-\(last)" }
}

extension Pool {
    init?(reading table: inout TableReader) {
        let name = table.requiredName("name")
        let ranges = table.list("ranges", of: "ranges (\"100.64.0.2-100.64.255.254\") or prefixes") { AddressRange($0) }
        if !table.has("ranges") || table.isEmptyList("ranges") {
            table.refuse("ranges", "is missing or empty; list ranges such as \"100.64.0.2-100.64.255.254\"")
        }
        guard let name else { return nil }
        self.init(name: name, ranges: ranges)
    }
}
