private import TOMLKit

/// A TOML document as plain values.
enum TOMLNode {
    case string(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case dateOrTime
    case array([TOMLNode])
    case table([String: TOMLNode])

    /// What it is called in messages.
    var kind: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "true or false"
        case .dateOrTime: "a date or time"
        case .array: "an array"
        case .table: "a table"
        }
    }

    /// Why a text is no TOML, and on which line.
    struct SyntaxError: Error {
        var line: Int
        var message: String
    }

    /// The document's own table.
    static func parse(_ text: String) throws(SyntaxError) -> [String: TOMLNode] {
        do {
            return Self.members(of: try TOMLTable(string: text))
        } catch let error as TOMLParseError {
            throw SyntaxError(line: error.source.begin.line, message: error.description)
        } catch {
            throw SyntaxError(line: 1, message: "\(error)")
        }
    }

    private static func members(of table: TOMLTable) -> [String: TOMLNode] {
        var members: [String: TOMLNode] = [:]
        for key in table.keys {
            if let value = table[key] { members[key] = TOMLNode(value) }
        }
        return members
    }

    private init(_ value: any TOMLValueConvertible) {
        self =
            switch value.type {
            case .string: .string(value.string ?? "")
            case .int: .integer(value.int ?? 0)
            case .double: .number(value.double ?? 0)
            case .bool: .boolean(value.bool ?? false)
            case .date, .time, .dateTime: .dateOrTime
            case .array: .array((value.array.map { Array($0) } ?? []).map { TOMLNode($0) })
            case .table: .table(value.table.map(Self.members) ?? [:])
            }
    }
}
