/// The address of an Ethernet station as a value.
package struct MACAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address as a number, most significant octet first; the upper 16 bits are zero.
    private let rawValue: UInt64

    /// Every station of the network.
    package static let broadcast = MACAddress(0xff, 0xff, 0xff, 0xff, 0xff, 0xff)

    package init(
        _ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8, _ fifth: UInt8, _ sixth: UInt8
    ) {
        rawValue = [first, second, third, fourth, fifth, sixth].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Six octets in the order of the wire; nil for any other count.
    package init?(octets: some Collection<UInt8>) {
        guard octets.count == 6 else { return nil }
        rawValue = octets.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Six groups of two hexadecimal digits, in either case, with colons between them: "02:00:00:00:00:01".
    package init?(_ text: some StringProtocol) {
        var octets: [UInt8] = []
        for group in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard group.utf8.count == 2, group.allSatisfy(\.isHexDigit), let octet = UInt8(group, radix: 16)
            else { return nil }
            octets.append(octet)
        }
        self.init(octets: octets)
    }

    /// The six octets in the order of the wire.
    package var octets: [UInt8] {
        [40, 32, 24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) }
    }

    /// Whether it names a group of stations or all of them: no frame comes from such an address (IEEE 802, the I/G
    /// bit).
    package var isGroup: Bool { rawValue >> 40 & 1 == 1 }

    /// "02:00:00:00:00:01"; lower case.
    package var description: String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
