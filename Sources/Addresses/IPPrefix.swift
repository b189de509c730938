/// The addresses that share their first `length` bits: "192.0.2.0/24".
package struct IPPrefix: Hashable, Sendable, CustomStringConvertible {
    package let address: IPAddress
    package let length: Int

    /// An address, a slash and a length; a bare address is a prefix of its whole width. Nil when the length is out of
    /// range or a bit behind it is set.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        let width = address.octets.count * 8
        if parts.count == 2 {
            guard parts[1].allSatisfy(\.isWholeNumber), let length = Int(parts[1]), length <= width else { return nil }
            self.length = length
        } else {
            length = width
        }
        self.address = address
        guard Self.masked(address.octets, length) == address.octets else { return nil }
    }

    /// One address alone.
    package init(_ address: IPAddress) {
        self.address = address
        length = address.octets.count * 8
    }

    /// Every IPv4 address.
    package static let everyIPv4 = IPPrefix(.v4(.any), length: 0)

    private init(_ address: IPAddress, length: Int) {
        self.address = address
        self.length = length
    }

    package func contains(_ candidate: IPAddress) -> Bool {
        let octets = candidate.octets
        return octets.count == address.octets.count && Self.masked(octets, length) == address.octets
    }

    package var description: String { "\(address)/\(length)" }

    private static func masked(_ octets: [UInt8], _ length: Int) -> [UInt8] {
        octets.enumerated().map { index, octet in
            let kept = min(8, max(0, length - index * 8))
            return octet & UInt8(truncatingIfNeeded: 0xff00 >> kept)
        }
    }
}
