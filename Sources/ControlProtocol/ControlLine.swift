import FoundationEssentials

/// How values become lines on the control socket and lines become values.
package enum ControlLine {
    /// The longest line that either side reads, in octets, its newline not counted.
    package static let limit = 1 << 20

    /// The value as one line of JSON with its newline: keys sorted, no newline within.
    package static func encode(_ value: some Encodable) throws(ControlError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(value)) + [0x0a]
        } catch {
            throw ControlError(code: .failed, message: "the value cannot be written as JSON: \(error)")
        }
    }

    /// The value that a line (without its newline) stands for; the error says which key is wrong and how.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from line: some Collection<UInt8>
    ) throws(ControlError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(line))
        } catch let error as ControlError {
            throw error
        } catch let error as DecodingError {
            throw ControlError(code: .badRequest, message: explain(error))
        } catch {
            throw ControlError(code: .badRequest, message: "the line is not a JSON object: \(error)")
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "the key \"\(path(context.codingPath + [key]))\" is missing"
        case .typeMismatch(let type, let context): wrong(context, "is not a \(type)")
        case .valueNotFound(let type, let context): wrong(context, "is null, not a \(type)")
        case .dataCorrupted(let context):
            // A number out of range comes without its key.
            context.codingPath.isEmpty
                ? "the line is not a JSON object, or a number in it is out of range"
                : wrong(context, "has no such value: \(context.debugDescription)")
        @unknown default: "the line cannot be read: \(error)"
        }
    }

    private static func wrong(_ context: DecodingError.Context, _ what: String) -> String {
        context.codingPath.isEmpty ? "the line \(what)" : "the key \"\(path(context.codingPath))\" \(what)"
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined(separator: ".")
    }
}

/// Cuts a stream of octets into lines, holding no more than one line's worth.
package struct LineBuffer: Sendable {
    private var octets: [UInt8] = []
    /// Where the first line that was not handed out yet begins.
    private var start = 0
    /// Up to here no newline was found.
    private var searched = 0
    private let limit: Int

    /// A line of more than `limit` octets is refused.
    package init(limit: Int = ControlLine.limit) {
        self.limit = limit
    }

    /// Octets that arrived. Take the lines out with `next()` before more are appended.
    package mutating func append(_ arrived: some Collection<UInt8>) {
        if start > 0 {
            octets.removeFirst(start)
            searched -= start
            start = 0
        }
        octets.append(contentsOf: arrived)
    }

    /// The next whole line without its newline; nil until more octets arrive. Throws `lineTooLong` when there is no newline
    /// within the limit: the stream is of no use any more then.
    package mutating func next() throws(ControlError) -> [UInt8]? {
        let newline = octets[searched...].firstIndex(of: 0x0a)
        searched = newline ?? octets.count
        guard searched - start <= limit else {
            octets = []
            (start, searched) = (0, 0)
            throw ControlError(code: .lineTooLong, message: "a line is longer than \(limit) octets")
        }
        guard let newline else { return nil }
        defer { (start, searched) = (newline + 1, newline + 1) }
        return [UInt8](octets[start..<newline])
    }

    /// Whether a line has begun that has no end yet.
    package var hasPartialLine: Bool { start < octets.count }
}
