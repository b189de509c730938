import ControlProtocol

/// Records as JSON for `--json`.
enum JSONText {
    /// One record on one line.
    static func line(_ record: some Encodable) throws(Failure) -> String {
        do {
            return String(decoding: try ControlLine.encode(record).dropLast(), as: UTF8.self)
        } catch {
            throw .refused(error)
        }
    }

    /// An array, each record on a line of its own.
    static func array(_ records: [some Encodable]) throws(Failure) -> String {
        var lines: [String] = []
        for record in records { lines.append(try line(record)) }
        return lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n]"
    }
}
