/// What an AVP's value looks like: which lengths and numbers are well formed, and how a trace shows them.
enum AVPForm: Equatable {
    case empty
    case uint16
    case nonZero16
    case uint32
    case nonZero32
    case mask32
    case uint64
    /// Version and revision, an octet each.
    case version
    /// At least so many octets, shown as text.
    case text(atLeast: Int)
    /// At least so many octets, shown in hexadecimal.
    case octets(atLeast: Int)
    /// At least so many octets, never shown.
    case secret(atLeast: Int)
    /// Exactly so many octets, never shown.
    case digest(Int)
    /// Exactly so many octets.
    case fixed(Int)
    /// A number of octets from a list.
    case oneOf([Int])
    /// So many octets of codes and perhaps text behind them.
    case coded(Int)
    /// Result Code: 2 octets, or 4 and perhaps text.
    case resultCode

    /// What is wrong with a value.
    enum Flaw {
        case length, range
    }

    /// Nil when the value is well formed.
    func flaw(in value: [UInt8]) -> Flaw? {
        let size = value.count
        let lengthIsRight =
            switch self {
            case .empty: size == 0
            case .uint16, .nonZero16, .version: size == 2
            case .uint32, .nonZero32, .mask32: size == 4
            case .uint64: size == 8
            case .text(let least), .octets(let least), .secret(let least), .coded(let least): size >= least
            case .fixed(let exact), .digest(let exact): size == exact
            case .oneOf(let sizes): sizes.contains(size)
            case .resultCode: size == 2 || size >= 4
            }
        guard lengthIsRight else { return .length }
        let mustNotBeZero = self == .nonZero16 || self == .nonZero32
        return mustNotBeZero && value.allSatisfy { $0 == 0 } ? .range : nil
    }

    /// A well-formed value for people.
    func shown(_ value: [UInt8]) -> String {
        switch self {
        case .empty: ""
        case .uint16, .nonZero16, .uint32, .nonZero32, .uint64: "\(value.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })"
        case .mask32: "0x" + String(value.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }, radix: 16)
        case .version: value.map(String.init).joined(separator: ".")
        case .text: "\"\(Text(octets: value))\""
        case .octets, .fixed, .oneOf: Self.hexadecimal(value)
        case .secret, .digest: "(\(value.count) octets)"
        case .coded(let codes): Self.hexadecimal(Array(value.prefix(codes))) + Self.quoted(value.dropFirst(codes))
        case .resultCode:
            stride(from: 0, to: min(4, value.count), by: 2)
                .map { String(Int(value[$0]) << 8 | Int(value[$0 + 1])) }
                .joined(separator: "/") + Self.quoted(value.dropFirst(4))
        }
    }

    private static func quoted(_ octets: ArraySlice<UInt8>) -> String {
        octets.isEmpty ? "" : " \"\(Text(octets: Array(octets)))\""
    }

    /// At most 32 octets of it: a trace is for reading.
    private static func hexadecimal(_ octets: [UInt8]) -> String {
        let digits = octets.prefix(32).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return octets.count > 32 ? digits + "… (\(octets.count) octets)" : digits
    }
}
