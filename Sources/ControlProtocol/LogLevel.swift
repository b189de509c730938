/// How much is logged: the level that is named and everything more severe.
package enum LogLevel: String, Codable, CaseIterable, Hashable, Sendable {
    case trace, debug, info, notice, warning, error, critical
}
