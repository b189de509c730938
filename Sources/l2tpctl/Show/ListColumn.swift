/// A column of a list: one table of these makes the headings, the cells, the order and the help.
struct ListColumn<Record> {
    /// When the column is shown to who names no columns.
    enum Appearance {
        case always
        /// Where one of the first records has something in it.
        case whenFilled
        case onRequest
    }

    var heading: String
    var alignment: TextTable.Alignment
    var appearance: Appearance
    /// Empty where there is nothing.
    var cell: (Record) -> String
    var rank: (Record) -> Rank

    /// As `--columns` and `--sort` take it: the heading in lower case, with "-" for a space.
    var name: String { Self.name(heading) }

    static func name(_ text: some StringProtocol) -> String {
        text.lowercased().replacing(" ", with: "-").replacing("_", with: "-")
    }
}

extension ListColumn {
    static func text(
        _ heading: String, _ appearance: Appearance = .always, _ cell: @escaping (Record) -> String?
    ) -> ListColumn {
        ListColumn(
            heading: heading, alignment: .left, appearance: appearance, cell: { cell($0) ?? "" },
            rank: { Rank(cell($0) ?? "") })
    }

    /// "a,b"; `none` where the list is empty.
    static func list(
        _ heading: String, _ appearance: Appearance = .always, none: String = "", _ cell: @escaping (Record) -> [String]
    ) -> ListColumn {
        .text(heading, appearance) { cell($0).isEmpty ? none : cell($0).joined(separator: ",") }
    }

    static func flag(
        _ heading: String, _ appearance: Appearance = .always, _ cell: @escaping (Record) -> Bool
    ) -> ListColumn {
        .text(heading, appearance) { cell($0) ? "yes" : "no" }
    }

    static func number<Number: BinaryInteger>(
        _ heading: String, _ appearance: Appearance = .always, _ cell: @escaping (Record) -> Number?
    ) -> ListColumn {
        quantity(heading, appearance, cell) { "\($0)" }
    }

    static func octets(
        _ heading: String, _ appearance: Appearance = .always, _ cell: @escaping (Record) -> UInt64?
    ) -> ListColumn {
        quantity(heading, appearance, cell, HumanUnits.octets)
    }

    static func duration(
        _ heading: String, _ appearance: Appearance = .always, _ cell: @escaping (Record) -> UInt64?
    ) -> ListColumn {
        quantity(heading, appearance, cell) { HumanUnits.duration(seconds: $0) }
    }

    /// "3/8" where there is a limit.
    static func count(
        _ heading: String, _ cell: @escaping (Record) -> Int, of limit: @escaping (Record) -> Int?
    ) -> ListColumn {
        ListColumn(
            heading: heading, alignment: .right, appearance: .always,
            cell: { HumanUnits.count(cell($0), of: limit($0)) }, rank: { Rank(UInt64(clamping: cell($0))) })
    }

    private static func quantity<Number: BinaryInteger>(
        _ heading: String, _ appearance: Appearance, _ number: @escaping (Record) -> Number?,
        _ text: @escaping (Number) -> String
    ) -> ListColumn {
        ListColumn(
            heading: heading, alignment: .right, appearance: appearance, cell: { number($0).map(text) ?? "" },
            rank: { number($0).map { Rank(UInt64(clamping: $0)) } ?? Rank("") })
    }
}

/// Where a cell stands in the order of its column: numbers by their value, also those within a text, so that "ppp9" is before
/// "ppp10" and 100.64.0.9 before 100.64.0.10. Nothing is before everything.
struct Rank: Comparable {
    private enum Part: Comparable {
        case number(UInt64)
        case text(String)
    }

    private var parts: [Part]

    init(_ number: UInt64) {
        parts = [.number(number)]
    }

    init(_ text: String) {
        parts = []
        var rest = text[...]
        while let first = rest.first {
            let isDigit = first.isASCII && first.isNumber
            let run = rest.prefix { ($0.isASCII && $0.isNumber) == isDigit }
            parts.append(isDigit ? UInt64(run).map(Part.number) ?? .text(String(run)) : .text(String(run)))
            rest = rest[run.endIndex...]
        }
    }

    static func < (one: Rank, other: Rank) -> Bool { one.parts.lexicographicallyPrecedes(other.parts) }
}
