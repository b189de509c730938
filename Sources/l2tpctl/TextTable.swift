/// Rows under headings, in columns as wide as they need.
struct TextTable {
    enum Alignment { case left, right }

    struct Column {
        var heading: String
        var alignment = Alignment.left

        static func left(_ heading: String) -> Column { Column(heading: heading) }
        static func right(_ heading: String) -> Column { Column(heading: heading, alignment: .right) }
    }

    var columns: [Column]
    /// As many cells a row as there are columns; an empty one is shown as "-".
    var rows: [[String]] = []

    init(_ columns: Column...) {
        self.columns = columns
    }

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// The headings and the rows, a line each, two spaces between columns, none at the end of a line.
    var lines: [String] { [line(columns.map(\.heading), widths)] + body(widths) }

    /// What each column needs for its heading and its cells.
    var widths: [Int] {
        columns.indices.map { column in
            rows.reduce(columns[column].heading.count) { max($0, Self.shown($1[column]).count) }
        }
    }

    /// The rows without their headings, in columns of these widths.
    func body(_ widths: [Int]) -> [String] { rows.map { line($0.map(Self.shown), widths) } }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let line = zip(columns.indices, cells).map { index, cell in
            let padding = String(repeating: " ", count: max(0, widths[index] - cell.count))
            return columns[index].alignment == .left ? cell + padding : padding + cell
        }
        .joined(separator: "  ")
        return String(line.reversed().drop { $0 == " " }.reversed())
    }

    private static func shown(_ cell: String) -> String { cell.isEmpty ? "-" : printable(cell) }

    /// Peers choose names: none of them moves the cursor.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                        ? "\u{fffd}" : scalar
                }))
    }
}
