/// Where each key of a TOML document stands.
///
/// The parser tells no positions of values, so that this walks the text once more, after the parser has found it well-formed:
/// headers, keys, and the elements of arrays; the rest is stepped over.
struct LineIndex {
    /// By key path: "peer[0].addresses[1]". Keys within inline tables are left out.
    private var lines: [String: Int] = [:]
    /// Lines with a NUL written as an escape. The parser would cut the string there.
    private(set) var escapedNULs: [Int] = []

    /// The line of the value at the path, or of the nearest thing around it that is known.
    func line(of path: String) -> Int? {
        var path = Substring(path)
        while !path.isEmpty {
            if let line = lines[String(path)] { return line }
            guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { return nil }
            path = path[..<end]
        }
        return nil
    }

    init(_ text: String) {
        var walk = Walk(text: Array(text.utf8))
        /// The table that keys belong to now: "peer[0]", or "" before the first header.
        var table = ""
        var arraysOfTables: [String: Int] = [:]
        while walk.toStatement() {
            let line = walk.line
            if walk.skip("[") {
                let isElement = walk.skip("[")
                var path = ""
                let keys = walk.dottedKey()
                for (position, key) in keys.enumerated() {
                    path = extend(path, by: key, line)
                    if isElement, position == keys.count - 1 { arraysOfTables[path, default: 0] += 1 }
                    if let count = arraysOfTables[path] { path += "[\(count - 1)]" }
                    note(path, line)
                }
                table = path
                walk.toEndOfLine()
            } else {
                var path = table
                for key in walk.dottedKey() { path = extend(path, by: key, line) }
                walk.toValue()
                for (index, line) in walk.value().enumerated() { note("\(path)[\(index)]", line) }
            }
        }
        escapedNULs = walk.escapedNULs
    }

    private mutating func extend(_ path: String, by key: String, _ line: Int) -> String {
        let longer = path.isEmpty ? key : "\(path).\(key)"
        note(longer, line)
        return longer
    }

    /// A path that comes again, as the tables around others do, stands where it came first.
    private mutating func note(_ path: String, _ line: Int) {
        if lines[path] == nil { lines[path] = line }
    }
}

/// Steps over well-formed TOML. In text that is not, it still ends: every step goes forward.
private struct Walk {
    let text: [UInt8]
    var index = 0
    var line = 1
    var escapedNULs: [Int] = []

    init(text: [UInt8]) {
        self.text = text
    }

    private func at(_ offset: Int = 0) -> Unicode.Scalar? {
        index + offset < text.count ? Unicode.Scalar(text[index + offset]) : nil
    }

    private mutating func step() {
        if at() == "\n" { line += 1 }
        index += 1
    }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard at() == scalar else { return false }
        step()
        return true
    }

    mutating func toEndOfLine() {
        while let scalar = at(), scalar != "\n" { step() }
    }

    /// To the next header or key; false at the end of the text.
    mutating func toStatement() -> Bool {
        while let scalar = at() {
            switch scalar {
            case " ", "\t", "\r", "\n": step()
            case "#": toEndOfLine()
            default: return true
            }
        }
        return false
    }

    mutating func toValue() {
        while let scalar = at(), scalar != "=", scalar != "\n" { step() }
        step()
    }

    mutating func dottedKey() -> [String] {
        var keys: [String] = []
        while let scalar = at() {
            switch scalar {
            case " ", "\t", ".": step()
            case "\"", "'": keys.append(String(decoding: string(), as: UTF8.self))
            default:
                let start = index
                while let scalar = at(), Self.isBare(scalar) { step() }
                if index == start { return keys }
                keys.append(String(decoding: text[start..<index], as: UTF8.self))
            }
        }
        return keys
    }

    private static func isBare(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
        default: scalar.value > 0x7f
        }
    }

    /// A value to its end; when it is an array, the lines that its elements begin on.
    mutating func value() -> [Int] {
        var elements: [Int] = []
        var depth = 0
        var isArray = false
        var awaitsElement = false
        while let scalar = at() {
            switch scalar {
            case "\n" where depth == 0: return elements
            case " ", "\t", "\r", "\n":
                step()
                continue
            case "#":
                toEndOfLine()
                continue
            case "]", "}": depth -= 1
            case "," where depth == 1:
                awaitsElement = isArray
                step()
                continue
            default:
                if awaitsElement, depth == 1 { elements.append(line) }
                if scalar == "\"" || scalar == "'" {
                    awaitsElement = false
                    _ = string()
                    continue
                }
                if scalar == "[" || scalar == "{" {
                    depth += 1
                    if depth == 1 {
                        isArray = scalar == "["
                        awaitsElement = isArray
                        step()
                        continue
                    }
                }
            }
            awaitsElement = false
            step()
        }
        return elements
    }

    /// A string of any of the four kinds to its end: what stands between the quotes, as it is written.
    private mutating func string() -> [UInt8] {
        guard let quote = at() else { return [] }
        let isMultiline = at(1) == quote && at(2) == quote
        let width = isMultiline ? 3 : 1
        for _ in 0..<width { step() }
        let start = index
        while let scalar = at() {
            if quote == "\"", scalar == "\\" {
                noteNUL()
                step()
                step()
            } else if scalar == quote, !isMultiline || (at(1) == quote && at(2) == quote) {
                let inside = Array(text[start..<index])
                for _ in 0..<width { step() }
                // Up to two more quotes belong to the text of a multi-line string.
                while isMultiline, at() == quote { step() }
                return inside
            } else if scalar == "\n", !isMultiline {
                break
            } else {
                step()
            }
        }
        return Array(text[start..<min(index, text.count)])
    }

    /// At a backslash: whether it begins "\u0000" or "\U00000000".
    private mutating func noteNUL() {
        let digits = at(1) == "u" ? 4 : at(1) == "U" ? 8 : at(1) == "x" ? 2 : 0
        if digits > 0, (0..<digits).allSatisfy({ at(2 + $0) == "0" }) { escapedNULs.append(line) }
    }
}
