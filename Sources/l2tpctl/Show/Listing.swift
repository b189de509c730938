import ArgumentParser
import ControlProtocol

/// A command that shows a list of records, each as it comes: what the lists have in common.
protocol Listing: Showing {
    associatedtype Record: Encodable
    var list: ListOptions<Self> { get }
    var request: Request { get }

    /// Nil when the reply is not of this list.
    static func record(in reply: Reply) -> Record?
    /// Every column there is, in the order in which those that are shown usually are shown.
    static var columns: [ListColumn<Record>] { get }
    /// What is printed in place of an empty table: "no tunnels".
    static var nothing: String { get }

    /// What stands above a table; in lines, each with its end.
    func preface(from client: ControlClient) throws(Failure) -> String
}

extension Listing {
    /// The columns in words, for the help.
    static var columnHelp: String {
        let shown = columns.filter { $0.appearance != .onRequest }.map(\.name).joined(separator: ", ")
        let further = columns.filter { $0.appearance == .onRequest }.map(\.name).joined(separator: ", ")
        return "\n\nCOLUMNS\n\(shown)" + (further.isEmpty ? "" : "; on request: \(further)")
    }

    /// As it is shown usually.
    static func table(_ records: [Record]) -> TextTable {
        let shown = columns.filter { column in
            switch column.appearance {
            case .always: true
            case .whenFilled: records.contains { !column.cell($0).isEmpty }
            case .onRequest: false
            }
        }
        return TextTable(shown, records)
    }

    func preface(from client: ControlClient) throws(Failure) -> String { "" }

    func validate() throws {
        _ = try list.chosen()
        _ = try list.sorted([])
        if options.isJSON, list.columns != nil {
            throw ValidationError("--columns chooses the columns of a table; --json has every key.")
        }
    }

    func run() throws {
        guard options.watch == nil else { return try watch() }
        var output = Output.Gathering()
        try write(from: try daemon.connect()) { text throws(Failure) in try output.add(text) }
        try output.flush()
    }

    /// The whole, without its last newline.
    func text(from client: ControlClient) throws(Failure) -> String {
        var whole = ""
        try write(from: client) { whole += $0 }
        return String(whole.dropLast())
    }

    private func write(from client: ControlClient, to out: (String) throws(Failure) -> Void) throws(Failure) {
        // `validate` has seen that the names are right.
        let chosen = (try? list.chosen()) ?? nil
        if !options.isJSON { try out(try preface(from: client)) }
        var text: ListText<Record> =
            options.isJSON ? .json(isEmpty: true) : .table(TableText(all: Self.columns, chosen: chosen))
        var all: [Record] = []
        try client.list(request) { reply throws(Failure) in
            guard let record = Self.record(in: reply) else { throw client.unexpected() }
            if list.needsAll { all.append(record) } else { try out(try text.take(record)) }
        }
        for record in (try? list.sorted(all)) ?? all { try out(try text.take(record)) }
        try out(text.end(nothing: Self.nothing))
    }
}
