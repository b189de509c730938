/// How a peer proves who it is, as the LCP option Authentication-Protocol names it (RFC 1661 section 6.2).
package enum AuthenticationMethod: String, CaseIterable, Hashable, Sendable {
    case msChapV2 = "ms-chap-v2"
    case chapMD5 = "chap-md5"
    case pap = "pap"

    /// The protocol that carries it.
    package var protocolNumber: ProtocolNumber {
        switch self {
        case .msChapV2, .chapMD5: .chap
        case .pap: .pap
        }
    }

    /// The option's value: protocol, and for CHAP the algorithm (RFC 1994 section 3, RFC 2759 section 3).
    package var optionValue: [UInt8] {
        switch self {
        case .msChapV2: [0xc2, 0x23, 0x81]
        case .chapMD5: [0xc2, 0x23, 0x05]
        case .pap: [0xc0, 0x23]
        }
    }

    /// Nil for a value that names none of ours.
    package init?(optionValue: [UInt8]) {
        guard let method = Self.allCases.first(where: { $0.optionValue == optionValue }) else { return nil }
        self = method
    }
}
