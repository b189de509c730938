import ControlProtocol
import Linux

/// How a log line begins.
package enum LoggingStyle: Hashable, Sendable {
    /// "<6>": systemd takes the priority away and keeps the time itself (sd-daemon(3)).
    case journal
    /// The time in UTC and the level, for people and files.
    case plain
    /// A JSON object, for programs: "time", "level", "event" and the facts by their names.
    case json
}

/// One event as one line of text: its words, then what there is to say of it as `name=value`.
struct LoggingLine: CustomStringConvertible {
    private(set) var description = ""

    init(_ event: Journal.Event, _ style: LoggingStyle) {
        description.reserveCapacity(256)
        switch style {
        case .journal: description += "<\(Self.priority(event.level))>"
        case .plain:
            description += event.time.timestamp
            description += " "
            description += event.level.rawValue
            description += " "
        case .json:
            append(member: "{\"time\":", event.time.timestamp)
            append(member: ",\"level\":", event.level.rawValue)
            append(member: ",\"event\":", event.message)
            for (name, value) in event.facts.all {
                // Numbers where every other JSON of ours has numbers.
                let isNumber = (name == "tunnel_id" || name == "session_id") && UInt32(value) != nil
                if isNumber { description += ",\"\(name)\":\(value)" } else { append(member: ",\"\(name)\":", value) }
            }
            description += "}"
            return
        }
        append(words: event)
    }

    /// The same for the journal itself: what `journalctl` shows, and each value in a field of its own that it can be asked for.
    static func fields(_ event: Journal.Event) -> [(name: String, value: String)] {
        var text = LoggingLine()
        text.append(words: event)
        return [
            ("MESSAGE", text.description), ("PRIORITY", "\(priority(event.level))"), ("SYSLOG_IDENTIFIER", "l2tpd"),
            ("L2TPD_EVENT", event.message),
        ] + event.facts.all.map { ("L2TPD_\($0.uppercased())", $1) }
    }

    private init() {}

    private mutating func append(words event: Journal.Event) {
        append(escaped: event.message)
        for (name, value) in event.facts.all {
            description += " "
            description += name
            description += "="
            append(quotedIfNeeded: value)
        }
    }

    private mutating func append(quotedIfNeeded text: String) {
        // Nearly every value.
        if !text.isEmpty, Self.octets(of: text, areAll: Self.isPlain) {
            description += text
            return
        }
        let isUnquoted =
            !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" && $0 != "\\" }
        if isUnquoted {
            append(escaped: text)
        } else {
            var inner = LoggingLine()
            inner.append(escaped: text)
            description += "\"\(inner.description.replacing("\"", with: "\\\""))\""
        }
    }

    /// Peers choose names and numbers: none of them begins a line of its own or moves a terminal's cursor.
    private mutating func append(escaped text: String) {
        if Self.octets(of: text, areAll: { Self.isPlain($0) || $0 == 0x20 }) {
            description += text
            return
        }
        for scalar in text.unicodeScalars {
            if scalar == "\\" {
                description += "\\\\"
            } else if Self.isControl(scalar) {
                description += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                description.unicodeScalars.append(scalar)
            }
        }
    }

    /// `name` with all that JSON wants around it.
    private mutating func append(member name: String, _ value: String) {
        description += name
        description += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": description += "\\\(scalar)"
            case _ where Self.isControl(scalar):
                let digits = String(scalar.value, radix: 16)
                description += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: description.unicodeScalars.append(scalar)
            }
        }
        description += "\""
    }

    /// Octets are compared much faster than characters.
    private static func octets(of text: String, areAll matches: (UInt8) -> Bool) -> Bool {
        var text = text
        return text.withUTF8 { octets in unsafe octets.allSatisfy(matches) }
    }

    /// Visible ASCII that needs neither quotes nor escapes.
    private static func isPlain(_ octet: UInt8) -> Bool {
        (0x21...0x7e).contains(octet) && octet != UInt8(ascii: "\"") && octet != UInt8(ascii: "=")
            && octet != UInt8(ascii: "\\")
    }

    /// C0, DEL, C1, and the line and paragraph separators.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: true
        default: false
        }
    }

    /// syslog(3)'s numbers.
    private static func priority(_ level: LogLevel) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
