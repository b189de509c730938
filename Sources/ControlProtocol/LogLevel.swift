/// How much is logged: the level that is named and everything more severe.
package enum LogLevel: String, Codable, CaseIterable, Comparable, Hashable, Sendable {
    case trace, debug, info, notice, warning, error, critical

    /// Less is less severe.
    package static func < (one: LogLevel, other: LogLevel) -> Bool { one.severity < other.severity }

    private var severity: Int {
        switch self {
        case .trace: 0
        case .debug: 1
        case .info: 2
        case .notice: 3
        case .warning: 4
        case .error: 5
        case .critical: 6
        }
    }
}
