/// Writes one table of TOML key by key: what `TableReader` reads. A key whose value is nil is left out.
struct TableWriter {
    private(set) var text: String

    /// `header` is "[daemon]" or "[[peer]]".
    init(_ header: String) {
        text = header + "\n"
    }

    private mutating func write(_ key: String, _ value: String) { text += "\(key) = \(value)\n" }

    mutating func string(_ key: String, _ value: String?) {
        if let value { write(key, Self.quoted(value)) }
    }

    mutating func integer(_ key: String, _ value: (some BinaryInteger)?) {
        if let value { write(key, "\(value)") }
    }

    mutating func boolean(_ key: String, _ value: Bool) { write(key, "\(value)") }

    mutating func seconds(_ key: String, _ value: Duration) {
        let seconds = value / .seconds(1)
        write(key, Int(exactly: seconds).map { "\($0)" } ?? "\(seconds)")
    }

    /// Nil is never, which is written 0.
    mutating func interval(_ key: String, _ value: Duration?) { seconds(key, value ?? .zero) }

    mutating func list(_ key: String, _ values: [String]) {
        write(key, "[" + values.map(Self.quoted).joined(separator: ", ") + "]")
    }

    /// That there is one, and never which.
    mutating func secret(_ key: String, _ secret: Secret?) { string(key, secret.map { "\($0)" }) }

    /// A basic string (toml.io, "String").
    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\u{0}"..."\u{1f}", "\u{7f}":
                "\\u" + String(repeating: "0", count: scalar.value < 0x10 ? 3 : 2) + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
