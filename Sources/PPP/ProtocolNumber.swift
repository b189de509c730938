/// The PPP Protocol field (RFC 1661 section 2): what the information is.
package struct ProtocolNumber: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let ipv4 = ProtocolNumber(rawValue: 0x0021)
    package static let ipv6 = ProtocolNumber(rawValue: 0x0057)
    package static let ipcp = ProtocolNumber(rawValue: 0x8021)
    package static let ipv6cp = ProtocolNumber(rawValue: 0x8057)
    package static let ccp = ProtocolNumber(rawValue: 0x80fd)
    package static let lcp = ProtocolNumber(rawValue: 0xc021)
    package static let pap = ProtocolNumber(rawValue: 0xc023)
    package static let linkQualityReport = ProtocolNumber(rawValue: 0xc025)
    package static let chap = ProtocolNumber(rawValue: 0xc223)

    /// Whether the kernel hands it to the channel's descriptor (LCP and authentication) rather than to the unit's.
    package var belongsToChannel: Bool { rawValue >= 0xc000 }

    /// Its name where this program speaks it, else four hexadecimal digits.
    package var description: String {
        switch self {
        case .ipv4: "IPv4"
        case .ipv6: "IPv6"
        case .ipcp: "IPCP"
        case .ipv6cp: "IPV6CP"
        case .ccp: "CCP"
        case .lcp: "LCP"
        case .pap: "PAP"
        case .linkQualityReport: "LQR"
        case .chap: "CHAP"
        default: String(repeating: "0", count: max(0, 4 - hexadecimal.count)) + hexadecimal
        }
    }

    private var hexadecimal: String { String(rawValue, radix: 16) }
}
