package import FoundationEssentials
package import Logging

/// How a log line begins.
package enum LoggingStyle: Hashable, Sendable {
    /// "<6>": systemd takes the priority away and keeps the time itself (sd-daemon(3)).
    case journal
    /// The time in UTC and the level, for people and files.
    case plain
    /// A JSON object, for programs: "time", "level", "event" and the metadata's keys.
    case json
}

/// One event as one line of text: message, then its metadata as `key=value` in the order of the keys.
package struct LoggingLine: Sendable, CustomStringConvertible {
    package let description: String

    /// What bears one of these names is never written, whatever it holds: the last fence, for values of the secret types print as
    /// redacted by themselves.
    private static let hiddenKeys: Set<String> = ["secret", "password"]

    package init(
        level: Logger.Level, message: String, metadata: Logger.Metadata, error: (any Error)?, style: LoggingStyle,
        at time: @autoclosure () -> Date
    ) {
        let values = Self.values(metadata, error)
        switch style {
        case .journal: description = "<\(Self.priority(level))>\(Self.text(message, values))"
        case .plain: description = "\(Self.timestamp(time())) \(level) \(Self.text(message, values))"
        case .json:
            let known = [("time", Self.timestamp(time())), ("level", level.rawValue), ("event", message)]
            // Numbers where every other JSON of ours has numbers.
            let members = (known + values).map { name, value in
                let isNumber = (name == "tunnel_id" || name == "session_id") && UInt32(value) != nil
                return "\(Self.jsonString(name)):\(isNumber ? value : Self.jsonString(value))"
            }
            description = "{" + members.joined(separator: ",") + "}"
        }
    }

    /// The same for the journal itself: what `journalctl` shows, and each value in a field of its own that it can be asked for.
    package static func fields(
        level: Logger.Level, message: String, metadata: Logger.Metadata, error: (any Error)?
    ) -> [(name: String, value: String)] {
        let values = values(metadata, error)
        return [
            ("MESSAGE", text(message, values)), ("PRIORITY", "\(priority(level))"), ("SYSLOG_IDENTIFIER", "l2tpd"),
            ("L2TPD_EVENT", message),
        ] + values.map { ("L2TPD_\($0.uppercased())", $1) }
    }

    /// In the order of the keys, secrets hidden.
    private static func values(_ metadata: Logger.Metadata, _ error: (any Error)?) -> [(String, String)] {
        metadata.sorted { $0.key < $1.key }.map { key, value in
            (key, hiddenKeys.contains(key) ? "<redacted>" : "\(value)")
        } + (error.map { [("error", "\($0)")] } ?? [])
    }

    private static func text(_ message: String, _ values: [(String, String)]) -> String {
        values.reduce(into: escaped(message)) { text, pair in
            text += " \(pair.0)="
            text += pair.1 == "<redacted>" ? pair.1 : quotedIfNeeded(pair.1)
        }
    }

    private static func timestamp(_ time: Date) -> String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func jsonString(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "\"") { result, scalar in
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where isControl(scalar):
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        } + "\""
    }

    /// syslog(3)'s numbers.
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func quotedIfNeeded(_ text: String) -> String {
        // Nearly every value: octets are compared much faster than characters.
        if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
        let isUnquoted =
            !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" && $0 != "\\" }
        let escaped = escaped(text)
        if isUnquoted { return escaped }
        return "\"" + escaped.replacing("\"", with: "\\\"") + "\""
    }

    /// Visible ASCII that needs neither quotes nor escapes.
    private static func isPlain(_ octet: UInt8) -> Bool {
        (0x21...0x7e).contains(octet) && octet != UInt8(ascii: "\"") && octet != UInt8(ascii: "=")
            && octet != UInt8(ascii: "\\")
    }

    /// Peers choose names and numbers: none of them begins a line of its own or moves a terminal's cursor.
    private static func escaped(_ text: String) -> String {
        if text.utf8.allSatisfy({ isPlain($0) || $0 == 0x20 }) { return text }
        guard text.unicodeScalars.contains(where: { isControl($0) || $0 == "\\" }) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if scalar == "\\" {
                result += "\\\\"
            } else if isControl(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    /// C0, DEL, C1, and the line and paragraph separators.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: true
        default: false
        }
    }
}
