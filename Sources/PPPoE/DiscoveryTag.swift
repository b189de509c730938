/// One TAG of a discovery packet (RFC 2516 section 5): a type and up to 65,535 octets that only its type explains.
package struct DiscoveryTag: Hashable, Sendable {
    /// A TAG_TYPE (RFC 2516 appendix A, RFC 4638 section 4); one that is not named here is ignored.
    package struct Kind: RawRepresentable, Hashable, Sendable {
        package var rawValue: UInt16

        package init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        package static let endOfList = Kind(rawValue: 0x0000)
        package static let serviceName = Kind(rawValue: 0x0101)
        package static let acName = Kind(rawValue: 0x0102)
        package static let hostUniq = Kind(rawValue: 0x0103)
        package static let acCookie = Kind(rawValue: 0x0104)
        package static let vendorSpecific = Kind(rawValue: 0x0105)
        package static let relaySessionID = Kind(rawValue: 0x0110)
        package static let pppMaxPayload = Kind(rawValue: 0x0120)
        package static let serviceNameError = Kind(rawValue: 0x0201)
        package static let acSystemError = Kind(rawValue: 0x0202)
        package static let genericError = Kind(rawValue: 0x0203)
    }

    /// TAG_TYPE and TAG_LENGTH.
    static let headerSize = 4

    package var kind: Kind
    package var value: [UInt8]

    package init(_ kind: Kind, _ value: [UInt8] = []) {
        self.kind = kind
        self.value = value
    }

    package init(_ kind: Kind, text: String) {
        self.init(kind, Array(text.utf8))
    }

    /// PPP-Max-Payload, in octets of PPP's information field (RFC 4638 section 4).
    package init(maxPayload: UInt16) {
        self.init(.pppMaxPayload, [UInt8(maxPayload >> 8), UInt8(truncatingIfNeeded: maxPayload)])
    }

    /// The value as a number; nil when it is not two octets.
    package var uint16: UInt16? {
        value.count == 2 ? UInt16(value[0]) << 8 | UInt16(value[1]) : nil
    }

    /// The value as people and logs can bear it: 255 octets at most, what is not printable replaced.
    package var text: String {
        let cut = String(decoding: value.prefix(255), as: UTF8.self)
        return String(
            String.UnicodeScalarView(
                cut.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: "\u{fffd}"
                    default: scalar
                    }
                }))
    }
}
