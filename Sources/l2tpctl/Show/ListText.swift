import ControlProtocol
import Instants
import Linux

/// A list as text, piece by piece as its records come.
enum ListText<Record: Encodable> {
    case table(TableText<Record>)
    case json(isEmpty: Bool)

    /// What can be printed now; perhaps nothing.
    mutating func take(_ record: Record) throws(Failure) -> String {
        switch self {
        case .table(var table):
            // Moved out and back, so that its rows are not copied.
            self = .json(isEmpty: true)
            defer { self = .table(table) }
            return table.take(record)
        case .json(let isEmpty):
            self = .json(isEmpty: false)
            return (isEmpty ? "[\n" : ",\n") + (try JSONText.line(record))
        }
    }

    /// What is left to be printed; `nothing` stands for a table without rows.
    mutating func end(nothing: String) -> String {
        switch self {
        case .table(var table):
            let rest = table.flush()
            return table.isEmpty ? nothing + "\n" : rest
        case .json(let isEmpty): return isEmpty ? "[]\n" : "\n]\n"
        }
    }
}

/// A table whose first rows decide which columns it has and how wide they are. Wider cells that come later push what
/// stands behind them.
struct TableText<Record> {
    /// Rows that are waited for before the first is printed, and for how long.
    private static var firstRows: Int { 100 }
    private static var patience: Duration { .milliseconds(50) }

    private let columns: [ListColumn<Record>]
    private let isChosen: Bool
    private let began = Instant.now
    private var waiting: [Record] = []
    private var layout: (columns: [ListColumn<Record>], widths: [Int])?

    /// `chosen` are shown whatever is in them; without them those of `all` that are shown usually.
    init(all: [ListColumn<Record>], chosen: [ListColumn<Record>]?) {
        columns = chosen ?? all.filter { $0.appearance != .onRequest }
        isChosen = chosen != nil
    }

    var isEmpty: Bool { layout == nil && waiting.isEmpty }

    mutating func take(_ record: Record) -> String {
        if let layout { return Self.text([record], layout.columns, layout.widths) }
        waiting.append(record)
        return waiting.count >= Self.firstRows || .now - began >= Self.patience ? flush() : ""
    }

    /// The rows that have waited, under the headings.
    mutating func flush() -> String {
        guard layout == nil, !waiting.isEmpty else { return "" }
        let shown = columns.filter { column in
            isChosen || column.appearance == .always || waiting.contains { !column.cell($0).isEmpty }
        }
        let table = TextTable(shown, waiting)
        layout = (shown, table.widths)
        waiting = []
        return table.lines.map { $0 + "\n" }.joined()
    }

    private static func text(_ records: [Record], _ columns: [ListColumn<Record>], _ widths: [Int]) -> String {
        let table = TextTable(columns, records)
        return table.body(widths).map { $0 + "\n" }.joined()
    }
}

extension TextTable {
    init<Record>(_ columns: [ListColumn<Record>], _ records: [Record]) {
        self.init(columns.map { Column(heading: $0.heading, alignment: $0.alignment) })
        rows = records.map { record in columns.map { $0.cell(record) } }
    }
}
