/// How the log is written.
package enum LogFormat: String, CaseIterable, Hashable, Sendable {
    /// To systemd's journal where it reads standard error, as text elsewhere.
    case automatic = "auto"
    case text
    /// A JSON object a line.
    case json
    /// To systemd's journal, with fields that it can be asked for.
    case journal
}
