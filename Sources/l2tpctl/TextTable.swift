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

    /// The headings and the rows, a line each, two spaces between columns, none at the end of a line.
    var lines: [String] {
        let cells = [columns.map(\.heading)] + rows.map { $0.map { $0.isEmpty ? "-" : Self.printable($0) } }
        let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            let line = zip(columns.indices, row).map { index, cell in
                let padding = String(repeating: " ", count: widths[index] - cell.count)
                return columns[index].alignment == .left ? cell + padding : padding + cell
            }
            .joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

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
