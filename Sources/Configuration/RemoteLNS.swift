package import Addresses

/// An LNS that we open tunnels to. Whoever names the same one in the same words shares its tunnel.
package struct RemoteLNS: Hashable, Sendable {
    /// Where it is: an address, or a name that is looked up each time a tunnel is opened.
    package enum Place: Hashable, Sendable, CustomStringConvertible {
        case address(IPAddress)
        case name(String)

        /// Nil for what is neither an address nor a name of the DNS (RFC 1123 section 2.1).
        package init?(_ text: String) {
            if let address = IPAddress(text) {
                guard !address.isAny else { return nil }
                self = .address(address)
                return
            }
            let labels = text.split(separator: ".", omittingEmptySubsequences: false)
            let areGood = labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { octet in
                        switch octet {
                        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
                        default: false
                        }
                    }
            }
            // What ends in a number is an address that is written wrong.
            guard areGood, text.utf8.count <= 253, labels.last?.allSatisfy(\.isNumber) == false else { return nil }
            self = .name(text)
        }

        package var description: String {
            switch self {
            case .address(let address): address.description
            case .name(let name): name
            }
        }
    }

    package var place: Place
    package var port: UInt16
    /// Our own end; nil lets the routing choose.
    package var localAddress: IPAddress?
    package var tunnel: TunnelSettings

    package init(
        place: Place, port: UInt16 = 1701, localAddress: IPAddress? = nil, tunnel: TunnelSettings = TunnelSettings()
    ) {
        self.place = place
        self.port = port
        self.localAddress = localAddress
        self.tunnel = tunnel
    }
}

extension RemoteLNS.Place {
    static let advice = "an IPv4 or IPv6 address or a DNS name"
}
