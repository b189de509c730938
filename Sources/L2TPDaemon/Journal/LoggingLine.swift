package import FoundationEssentials
package import Logging

/// How a log line begins.
package enum LoggingStyle: Hashable, Sendable {
    /// "<6>": systemd takes the priority away and keeps the time itself (sd-daemon(3)).
    case journal
    /// The time in UTC and the level, for people and files.
    case plain
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
        var line =
            switch style {
            case .journal: "<\(Self.priority(level))>"
            case .plain: "\(time().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))) \(level) "
            }
        line += Self.escaped(message)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(Self.hiddenKeys.contains(key) ? "<redacted>" : Self.quotedIfNeeded("\(value)"))"
        }
        if let error { line += " error=\(Self.quotedIfNeeded("\(error)"))" }
        description = line
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
