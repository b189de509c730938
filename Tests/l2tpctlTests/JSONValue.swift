import ControlProtocol
import FoundationEssentials

/// JSON as it is, whatever it stands for.
enum JSONValue: Codable, Hashable {
    case null
    case boolean(Bool)
    case integer(UInt64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(_ value: some Encodable) throws {
        self = try ControlLine.decode(JSONValue.self, from: try ControlLine.encode(value))
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let boolean = try? value.decode(Bool.self) {
            self = .boolean(boolean)
        } else if let integer = try? value.decode(UInt64.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSONValue].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .boolean(let boolean): try value.encode(boolean)
        case .integer(let integer): try value.encode(integer)
        case .number(let number): try value.encode(number)
        case .string(let string): try value.encode(string)
        case .array(let array): try value.encode(array)
        case .object(let object): try value.encode(object)
        }
    }

    func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
        try ControlLine.decode(type, from: try ControlLine.encode(self))
    }

    var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var text: String? { if case .string(let text) = self { text } else { nil } }

    subscript(key: String) -> JSONValue? { members[key] }

    /// Another value of the same kind.
    var changed: JSONValue {
        switch self {
        case .null: .null
        case .boolean(let boolean): .boolean(!boolean)
        case .integer(let integer): .integer(integer + 7)
        case .number(let number): .number(number + 7)
        case .string(let string): .string(SessionName(string) == nil ? string + "x" : "99/99")
        case .array(let array): .array(array + [.string("x")])
        case .object(let object): .object(object.merging(["x": .integer(7)]) { $1 })
        }
    }
}
