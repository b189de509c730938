/// The Bearer Capabilities AVP: the devices on which the sender can place outgoing calls (RFC 2661 section 4.4.3).
package struct BearerCapabilities: OptionSet, Hashable, Sendable {
    package var rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let digital = BearerCapabilities(rawValue: 1)
    package static let analog = BearerCapabilities(rawValue: 2)
    /// A broadband bearer (RFC 3301).
    package static let broadband = BearerCapabilities(rawValue: 4)

    /// Whether an outgoing call on such a bearer may be asked for: every bit of it was advertised.
    package func permit(_ type: BearerType) -> Bool {
        rawValue & type.rawValue == type.rawValue
    }
}

/// The Bearer Type AVP: the bearer of one call; empty when it came over no physical line (RFC 2661 section 4.4.4).
package struct BearerType: OptionSet, Hashable, Sendable {
    package var rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let digital = BearerType(rawValue: 1)
    package static let analog = BearerType(rawValue: 2)
    /// A broadband bearer (RFC 3301).
    package static let broadband = BearerType(rawValue: 4)
}
