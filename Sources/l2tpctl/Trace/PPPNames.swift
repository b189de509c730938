import L2TPWire
import PPP

/// What the RFCs call PPP's protocols, codes and options.
enum PPPNames {
    /// RFC 1661 section 2 and IANA's ppp-numbers.
    static func name(ofProtocol number: UInt16) -> String {
        let others: [UInt16: String] = [
            0xc227: "EAP", 0x8053: "ECP", 0x8281: "MPLSCP", 0x803d: "MPCP", 0x0281: "MPLS", 0x00fd: "compressed data",
            0x002d: "VJ compressed TCP", 0x002f: "VJ uncompressed TCP",
        ]
        let name = others[number] ?? "\(ProtocolNumber(rawValue: number))"
        return name.allSatisfy(\.isHexDigit) ? "protocol 0x\(name)" : name
    }

    /// The codes of LCP and of the network control protocols (RFC 1661 section 5, RFC 1570 section 2, RFC 1962 section 3).
    static let negotiation: [UInt8: String] = [
        1: "Configure-Request", 2: "Configure-Ack", 3: "Configure-Nak", 4: "Configure-Reject",
        5: "Terminate-Request", 6: "Terminate-Ack", 7: "Code-Reject", 8: "Protocol-Reject", 9: "Echo-Request",
        10: "Echo-Reply", 11: "Discard-Request", 12: "Identification", 13: "Time-Remaining", 14: "Reset-Request",
        15: "Reset-Ack",
    ]
    /// RFC 1334 section 2.2, RFC 1994 section 4, RFC 3748 section 4.
    static let pap: [UInt8: String] = [1: "Authenticate-Request", 2: "Authenticate-Ack", 3: "Authenticate-Nak"]
    static let chap: [UInt8: String] = [1: "Challenge", 2: "Response", 3: "Success", 4: "Failure"]
    static let eap: [UInt8: String] = [1: "Request", 2: "Response", 3: "Success", 4: "Failure"]
    /// RFC 3748 section 5 and IANA's eap-numbers.
    static let eapTypes: [UInt8: String] = [
        1: "Identity", 2: "Notification", 3: "Nak", 4: "MD5-Challenge", 5: "OTP", 6: "GTC", 13: "TLS", 21: "TTLS",
        25: "PEAP", 26: "MS-CHAPv2",
    ]

    /// An option's name and how its value is shown.
    struct Option {
        enum Form {
            case number, mask, address, identifier, flag, authentication, octets
        }

        var name: String
        var form: Form

        init(_ name: String, _ form: Form) {
            self.name = name
            self.form = form
        }
    }

    /// RFC 1661 section 6, RFC 1662 section 7.1, RFC 1990 section 5.1, RFC 1989, RFC 1570.
    static let lcp: [UInt8: Option] = [
        1: Option("MRU", .number), 2: Option("Async-Control-Character-Map", .mask),
        3: Option("Authentication-Protocol", .authentication), 4: Option("Quality-Protocol", .octets),
        5: Option("Magic-Number", .mask), 7: Option("Protocol-Field-Compression", .flag),
        8: Option("Address-and-Control-Field-Compression", .flag), 13: Option("Callback", .octets),
        17: Option("Multilink-MRRU", .number), 18: Option("Short-Sequence-Number-Header", .flag),
        19: Option("Endpoint-Discriminator", .octets),
    ]
    /// RFC 1332 section 3, RFC 1877 section 1.
    static let ipcp: [UInt8: Option] = [
        1: Option("IP-Addresses", .octets), 2: Option("IP-Compression-Protocol", .octets),
        3: Option("IP-Address", .address), 129: Option("Primary-DNS-Server-Address", .address),
        130: Option("Primary-NBNS-Server-Address", .address), 131: Option("Secondary-DNS-Server-Address", .address),
        132: Option("Secondary-NBNS-Server-Address", .address),
    ]
    /// RFC 5072 section 4.
    static let ipv6cp: [UInt8: Option] = [
        1: Option("Interface-Identifier", .identifier), 2: Option("IPv6-Compression-Protocol", .octets),
    ]
    /// RFC 1962 section 4, RFC 3078, RFC 1979, RFC 1977.
    static let ccp: [UInt8: Option] = [
        17: Option("Stac-LZS", .octets), 18: Option("MPPE", .mask), 21: Option("BSD-Compress", .octets),
        24: Option("Predictor", .octets), 26: Option("Deflate", .octets),
    ]

    static func options(of number: UInt16) -> [UInt8: Option] {
        switch ProtocolNumber(rawValue: number) {
        case .lcp: lcp
        case .ipcp: ipcp
        case .ipv6cp: ipv6cp
        case .ccp: ccp
        default: [:]
        }
    }
}
