/// Reads one table key by key, each with its type and its bounds.
///
/// What is wrong goes to the list of problems, and a stand-in comes back, so that one reading finds all that is wrong. Keys that
/// nobody asked for are unknown.
struct TableReader {
    /// "peer[0]", or "" for the document itself.
    let path: String
    private let members: [String: TOMLNode]
    private let problems: ProblemList
    private let readFile: (String) throws -> [UInt8]
    private var known: [String] = []

    init(
        _ members: [String: TOMLNode], path: String, problems: ProblemList,
        readFile: @escaping (String) throws -> [UInt8]
    ) {
        self.members = members
        self.path = path
        self.problems = problems
        self.readFile = readFile
    }

    func pathOf(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func refuse(_ key: String, _ message: String) { problems.refuse(pathOf(key), message) }

    /// Whether the key is there, whatever it holds.
    func has(_ key: String) -> Bool { members[key] != nil }

    /// Whether the key holds an array without elements.
    func isEmptyList(_ key: String) -> Bool {
        if case .array(let elements) = members[key] { elements.isEmpty } else { false }
    }

    private mutating func member(_ key: String) -> TOMLNode? {
        known.append(key)
        return members[key]
    }

    /// Refuses the keys that nobody asked for.
    func refuseUnknownKeys() {
        for key in members.keys.sorted() where !known.contains(key) {
            let near = known.min { Self.distance($0, key) < Self.distance($1, key) }
            if let near, Self.distance(near, key) <= 2 {
                refuse(key, "is no key that is known here; did you mean \(near)?")
            } else {
                refuse(key, "is no key that is known here; there are \(known.sorted().joined(separator: ", "))")
            }
        }
    }

    /// Refuses keys that another one says already.
    mutating func refuse(_ keys: [String], beside other: String) {
        for key in keys where has(key) {
            known.append(key)
            refuse(key, "is there beside \(other), which says it; leave one of them out")
        }
    }

    /// How many letters must be changed, added or left out to make one word the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        var row = Array(0...right.utf8.count)
        for (position, letter) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = position + 1
            for (column, other) in right.utf8.enumerated() {
                let substitution = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substitution, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.utf8.count]
    }

    // MARK: Tables

    /// The one table of this name; empty when it is not there.
    mutating func table(_ key: String) -> TableReader {
        switch member(key) {
        case nil: return reader([:], key)
        case .table(let members): return reader(members, key)
        case .array: refuse(key, "is written as [[\(key)]]; there is only one, write [\(key)]")
        case .some(let other): refuse(key, "is \(other.kind); write a table, [\(key)]")
        }
        return reader([:], key)
    }

    /// The tables of this name, in their order.
    mutating func tables(_ key: String) -> [TableReader] {
        switch member(key) {
        case nil: return []
        case .array(let elements):
            return elements.enumerated().compactMap { index, element in
                guard case .table(let members) = element else {
                    refuse("\(key)[\(index)]", "is \(element.kind); write tables, [[\(key)]]")
                    return nil
                }
                return reader(members, "\(key)[\(index)]")
            }
        case .table: refuse(key, "is written as [\(key)]; there may be several, write [[\(key)]]")
        case .some(let other): refuse(key, "is \(other.kind); write tables, [[\(key)]]")
        }
        return []
    }

    /// The names that the tables of this kind bear, whatever else is right or wrong in them; `name` is what holds them.
    func names(of key: String, key name: String = "name") -> Set<String> {
        guard case .array(let elements) = members[key] else { return [] }
        return Set(
            elements.compactMap { element in
                guard case .table(let members) = element, case .string(let text) = members[name] else { return nil }
                return text
            })
    }

    private func reader(_ members: [String: TOMLNode], _ key: String) -> TableReader {
        TableReader(members, path: pathOf(key), problems: problems, readFile: readFile)
    }

    // MARK: Values

    mutating func boolean(_ key: String) -> Bool? {
        switch member(key) {
        case nil: return nil
        case .boolean(let value): return value
        case .some(let other):
            refuse(key, "is \(other.kind); write true or false")
            return nil
        }
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = member(key) else { return nil }
        guard case .integer(let value) = node else {
            refuse(key, "is \(node.kind); write a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        guard range.contains(value) else {
            refuse(key, "is \(value); write a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>, default usual: Int) -> Int {
        integer(key, in: range) ?? usual
    }

    /// Seconds, whole or with a fraction.
    mutating func seconds(_ key: String, in range: ClosedRange<Double>, default usual: Duration) -> Duration {
        let bounds = "\(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
        guard let node = member(key) else { return usual }
        let value: Double
        switch node {
        case .integer(let whole): value = Double(whole)
        case .number(let fraction): value = fraction
        default:
            refuse(key, "is \(node.kind); write seconds, a number from \(bounds)")
            return usual
        }
        guard range.contains(value) else {
            refuse(key, "is \(Self.text(value)); write seconds, a number from \(bounds)")
            return usual
        }
        return .seconds(value)
    }

    /// Seconds between one and the next; 0 means never, which is nil.
    mutating func interval(_ key: String, upTo longest: Double, default usual: Duration?) -> Duration? {
        guard has(key) else {
            known.append(key)
            return usual
        }
        let duration = seconds(key, in: 0...longest, default: .zero)
        return duration == .zero ? nil : duration
    }

    private static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }

    private mutating func text(_ key: String, _ what: String) -> String? {
        guard let node = member(key) else { return nil }
        guard case .string(let text) = node else {
            refuse(key, "is \(node.kind); write \(what) in quotes")
            return nil
        }
        return text
    }

    /// A string that `parse` accepts; `advice` says what to write instead of another.
    mutating func string<Value>(
        _ key: String, default usual: Value, parse: (String) -> Value?, else advice: () -> String
    ) -> Value {
        guard let text = text(key, "a string") else { return usual }
        guard let value = parse(text) else {
            refuse(key, "is \(Self.quoted(text)); \(advice())")
            return usual
        }
        return value
    }

    /// A value that is written as a string; nil when it is absent or refused.
    mutating func optional<Value>(_ key: String, _ what: String, parse: (String) -> Value?) -> Value? {
        guard let text = text(key, what) else { return nil }
        guard let value = parse(text) else {
            refuse(key, "is \(Self.quoted(text)), not \(what)")
            return nil
        }
        return value
    }

    mutating func required<Value>(_ key: String, _ what: String, parse: (String) -> Value?) -> Value? {
        guard has(key) else {
            known.append(key)
            refuse(key, "is missing; write \(what)")
            return nil
        }
        return optional(key, what, parse: parse)
    }

    /// A name that can be shown on one line.
    mutating func name(_ key: String) -> String? {
        guard let name = text(key, "a name") else { return nil }
        guard !name.isEmpty, name.utf8.count <= 253,
            name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
        else {
            refuse(key, "is empty, longer than 253 octets, or has control characters; write a name")
            return nil
        }
        return name
    }

    mutating func requiredName(_ key: String) -> String? {
        guard !has(key) else { return name(key) }
        known.append(key)
        refuse(key, "is missing; write a name")
        return nil
    }

    /// One of the words that the type has.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, default usual: Choice) -> Choice
    where Choice.RawValue == String {
        let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        return string(key, default: usual, parse: { Choice(rawValue: $0) }, else: { "write one of \(words)" })
    }

    /// The table whose name the key holds.
    mutating func reference<Value>(_ key: String, to declared: Declared<Value>, declaredBy table: String) -> Value? {
        guard has(key) else {
            known.append(key)
            refuse(key, "is missing; write the name of a \(table)")
            return nil
        }
        guard let name = text(key, "the name of a \(table)") else { return nil }
        guard let value = declared.values[name] else {
            guard !declared.names.contains(name) else { return nil }
            let there = declared.names.sorted().map(Self.quoted).joined(separator: ", ")
            refuse(
                key,
                "is \(Self.quoted(name)), and no \(table) has this name; there are \(there.isEmpty ? "none" : there)")
            return nil
        }
        return value
    }

    /// An array of strings, each parsed.
    mutating func list<Value>(_ key: String, of what: String, parse: (String) -> Value?) -> [Value] {
        guard let node = member(key) else { return [] }
        guard case .array(let elements) = node else {
            refuse(key, "is \(node.kind); write an array of \(what)")
            return []
        }
        return elements.enumerated().compactMap { index, element in
            guard case .string(let text) = element else {
                refuse("\(key)[\(index)]", "is \(element.kind); the array holds \(what), in quotes")
                return nil
            }
            guard let value = parse(text) else {
                refuse("\(key)[\(index)]", "is \(Self.quoted(text)); the array holds \(what)")
                return nil
            }
            return value
        }
    }

    /// A string, or an array of strings: one at least, each parsed.
    mutating func oneOrSeveral<Value>(_ key: String, of what: String, parse: (String) -> Value?) -> [Value] {
        guard case .array = members[key] else { return required(key, what, parse: parse).map { [$0] } ?? [] }
        if isEmptyList(key) { refuse(key, "is empty; write \(what), or several") }
        return list(key, of: what, parse: parse)
    }

    // MARK: Secrets

    /// The octets of `key`, or of the file that `key_file` names, without the newline at its end. Messages never quote them.
    mutating func secret(_ key: String) -> Secret? {
        let fileKey = key + "_file"
        let inline = text(key, "the secret itself")
        let file = text(fileKey, "the path of a file")
        if has(key), has(fileKey) {
            refuse(fileKey, "is there beside \(key); leave one of them out")
            return nil
        }
        if let inline {
            if inline.isEmpty { refuse(key, "is empty; write a secret, or leave the key out") }
            return inline.isEmpty ? nil : Secret(inline)
        }
        guard let file else { return nil }
        do {
            var octets = try readFile(file)
            if octets.last == 0x0a { octets.removeLast() }
            if octets.last == 0x0d { octets.removeLast() }
            guard !octets.isEmpty else {
                refuse(fileKey, "names \(Self.quoted(file)), which is empty; write the secret into it")
                return nil
            }
            return Secret(octets)
        } catch {
            refuse(fileKey, "names \(Self.quoted(file)), which cannot be read: \(error)")
            return nil
        }
    }

    /// The text in quotes on one line, cut when it is long.
    static func quoted(_ text: String) -> String {
        let shown = text.count > 60 ? text.prefix(60) + "..." : text[...]
        return "\"" + shown.unicodeScalars.map { $0.value < 0x20 ? "?" : String($0) }.joined() + "\""
    }
}
