/// Result codes of a StopCCN (RFC 2661 section 4.4.2). Numbers without a name are kept as they come.
package struct StopCCNResult: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let generalClear = StopCCNResult(rawValue: 1)
    package static let generalError = StopCCNResult(rawValue: 2)
    package static let alreadyExists = StopCCNResult(rawValue: 3)
    package static let notAuthorized = StopCCNResult(rawValue: 4)
    package static let unsupportedVersion = StopCCNResult(rawValue: 5)
    package static let shuttingDown = StopCCNResult(rawValue: 6)
    package static let stateMachineError = StopCCNResult(rawValue: 7)
    /// The control connection's differentiated services were not agreed on (RFC 3308).
    package static let ccdsMismatch = StopCCNResult(rawValue: 8)

    package var description: String { "\(isNamed ? Self.names[Int(rawValue)] : "result") (\(rawValue))" }

    /// Whether an RFC gives the number a meaning.
    package var isNamed: Bool { rawValue < Self.names.count }

    private static let names = [
        "reserved", "general request to clear", "general error", "control channel already exists", "not authorized",
        "protocol version not supported", "shutting down", "state machine error", "CCDS mismatch",
    ]
}
