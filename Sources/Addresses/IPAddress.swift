/// An address of either family.
package enum IPAddress: Hashable, Sendable, CustomStringConvertible {
    case v4(IPv4Address)
    case v6(IPv6Address)

    /// The text of an IPv4 or IPv6 address, without brackets, port or zone.
    package init?(_ text: some StringProtocol) {
        if let address = IPv4Address(text) {
            self = .v4(address)
        } else if let address = IPv6Address(text) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    /// Whether it is the wildcard, which stands for every address of its family.
    package var isAny: Bool { self == .v4(.any) || self == .v6(.any) }

    package var octets: [UInt8] {
        switch self {
        case .v4(let address): address.octets
        case .v6(let address): address.octets
        }
    }

    package var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }
}

/// An address and a UDP port: one end of a tunnel.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package var address: IPAddress
    package var port: UInt16

    package init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// The text that `description` writes; nil for anything else.
    package init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]"), let address = IPv6Address(host.dropFirst().dropLast()) {
            self.init(address: .v6(address), port: port)
        } else if let address = IPv4Address(host) {
            self.init(address: .v4(address), port: port)
        } else {
            return nil
        }
    }

    /// "192.0.2.1:1701" or "[2001:db8::1]:1701".
    package var description: String {
        switch address {
        case .v4(let address): "\(address):\(port)"
        case .v6(let address): "[\(address)]:\(port)"
        }
    }
}
