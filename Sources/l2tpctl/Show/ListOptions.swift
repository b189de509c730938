import ArgumentParser

/// What of a list is shown, and in which order.
struct ListOptions<List: Listing>: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Sort by this column, with \"-\" before it from the greatest down. The list is complete before it is shown then.",
            valueName: "column"),
        completion: .order(by: List.columns))
    var sort: String?
    @Flag(help: "Turn the order round.") var reverse = false
    @Option(
        help: ArgumentHelp("Show these columns, in this order, with commas between them.", valueName: "columns"),
        completion: .columns(of: List.columns))
    var columns: String?

    /// Whether the first row is known only when all have come.
    var needsAll: Bool { sort != nil || reverse }

    /// The columns that are asked for by name; nil where none are.
    func chosen() throws(ValidationError) -> [ListColumn<List.Record>]? {
        guard let names = columns else { return nil }
        var chosen: [ListColumn<List.Record>] = []
        for name in names.split(separator: ",", omittingEmptySubsequences: false) {
            chosen.append(try Self.column(name))
        }
        return chosen
    }

    func sorted(_ records: [List.Record]) throws(ValidationError) -> [List.Record] {
        var sorted = records
        var isDescending = reverse
        if var name = sort.map({ $0[...] }) {
            if name.first == "-" {
                name.removeFirst()
                isDescending.toggle()
            }
            let column = try Self.column(name)
            // Stable, so that those of one rank stay in the daemon's order.
            sorted = records.map { (column.rank($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return isDescending ? sorted.reversed() : sorted
    }

    /// Throws for what names no column, with the names of those there are.
    private static func column(_ name: some StringProtocol) throws(ValidationError) -> ListColumn<List.Record> {
        let columns = List.columns
        let name = ListColumn<List.Record>.name(name)
        guard let column = columns.first(where: { $0.name == name }) else {
            throw ValidationError(
                "There is no column '\(name)'; there are \(columns.map(\.name).joined(separator: ", ")).")
        }
        return column
    }
}
