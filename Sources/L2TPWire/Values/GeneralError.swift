/// General error codes of a Result Code AVP (RFC 2661 section 4.4.2). Numbers without a name are kept as they come.
package struct GeneralError: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let noError = GeneralError(rawValue: 0)
    package static let noControlConnection = GeneralError(rawValue: 1)
    package static let wrongLength = GeneralError(rawValue: 2)
    package static let valueOutOfRange = GeneralError(rawValue: 3)
    package static let insufficientResources = GeneralError(rawValue: 4)
    package static let invalidSessionID = GeneralError(rawValue: 5)
    /// Generic, with the reason in the text.
    package static let vendorSpecific = GeneralError(rawValue: 6)
    package static let tryAnother = GeneralError(rawValue: 7)
    package static let unknownMandatoryAVP = GeneralError(rawValue: 8)
    /// Try one of the addresses in the text (RFC 3931 section 5.4.2).
    package static let tryAnotherDirected = GeneralError(rawValue: 9)

    package var description: String { "\(isNamed ? Self.names[Int(rawValue)] : "error") (\(rawValue))" }

    /// Whether an RFC gives the number a meaning.
    package var isNamed: Bool { rawValue < Self.names.count }

    private static let names = [
        "no error", "no control connection", "wrong length", "value out of range", "insufficient resources",
        "invalid session id", "vendor-specific error", "try another", "unknown mandatory AVP",
        "try another directed",
    ]
}
