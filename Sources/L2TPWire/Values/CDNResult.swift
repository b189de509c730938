/// Result codes of a CDN (RFC 2661 section 4.4.2). Numbers without a name are kept as they come.
package struct CDNResult: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let lossOfCarrier = CDNResult(rawValue: 1)
    package static let seeErrorCode = CDNResult(rawValue: 2)
    package static let administrative = CDNResult(rawValue: 3)
    package static let noFacilitiesTemporarily = CDNResult(rawValue: 4)
    package static let noFacilitiesPermanently = CDNResult(rawValue: 5)
    package static let invalidDestination = CDNResult(rawValue: 6)
    package static let noCarrier = CDNResult(rawValue: 7)
    package static let busy = CDNResult(rawValue: 8)
    package static let noDialTone = CDNResult(rawValue: 9)
    package static let timeout = CDNResult(rawValue: 10)
    package static let noFraming = CDNResult(rawValue: 11)
    /// The session's differentiated services were not agreed on (RFC 3308).
    package static let sdsMismatch = CDNResult(rawValue: 12)

    package var description: String { "\(isNamed ? Self.names[Int(rawValue)] : "result") (\(rawValue))" }

    /// Whether an RFC gives the number a meaning.
    package var isNamed: Bool { rawValue < Self.names.count }

    private static let names = [
        "reserved", "loss of carrier", "see error code", "administrative reasons", "no facilities, temporarily",
        "no facilities, permanently", "invalid destination", "no carrier", "busy", "no dial tone",
        "not established in time", "no framing detected", "SDS mismatch",
    ]
}
