import Addresses

extension Endpoint {
    /// L2TP's UDP port (RFC 2661 section 8.1).
    static let l2tpPort: UInt16 = 1701

    /// "192.0.2.1", "192.0.2.1:1702", "2001:db8::1" or "[2001:db8::1]:1702"; nil for anything else.
    init?(server text: String) {
        if let address = IPAddress(text) {
            self.init(address: address, port: Self.l2tpPort)
            return
        }
        if text.first == "[" {
            let parts = text.dropFirst().split(separator: "]", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let address = IPv6Address(parts[0]) else { return nil }
            guard let port = parts[1].isEmpty ? Self.l2tpPort : Self.port(parts[1]) else { return nil }
            self.init(address: .v6(address), port: port)
        } else {
            guard let colon = text.firstIndex(of: ":"), let address = IPv4Address(text[..<colon]),
                let port = Self.port(text[colon...])
            else { return nil }
            self.init(address: .v4(address), port: port)
        }
    }

    /// ":1702".
    private static func port(_ text: Substring) -> UInt16? {
        guard text.first == ":", let port = UInt16(text.dropFirst()), port > 0 else { return nil }
        return port
    }
}
