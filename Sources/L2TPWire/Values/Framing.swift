/// The Framing Capabilities AVP: the framings that the sender accepts or asks for (RFC 2661 section 4.4.3).
package struct FramingCapabilities: OptionSet, Hashable, Sendable {
    package var rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let synchronous = FramingCapabilities(rawValue: 1)
    package static let asynchronous = FramingCapabilities(rawValue: 2)

    /// Whether a call may use this framing: every bit of it was advertised. If not, the call is rejected.
    package func permit(_ type: FramingType) -> Bool {
        rawValue & type.rawValue == type.rawValue
    }
}

/// The Framing Type AVP: the framing of one call (RFC 2661 section 4.4.4).
package struct FramingType: OptionSet, Hashable, Sendable {
    package var rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let synchronous = FramingType(rawValue: 1)
    package static let asynchronous = FramingType(rawValue: 2)
}
