import ArgumentParser
import ControlProtocol

/// `l2tpctl show stats`
struct ShowStatistics: Showing {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show the daemon's counters since its start.")

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions

    func text(from client: ControlClient) throws(Failure) -> String {
        guard case .statistics(let record) = try client.ask(.showStatistics) else { throw client.unexpected() }
        return options.isJSON ? try JSONText.line(record.counters) : Self.table(record).lines.joined(separator: "\n")
    }

    static func table(_ record: StatisticsRecord) -> TextTable {
        var table = TextTable(.left("COUNTER"), .right("VALUE"))
        table.rows = record.counters.sorted { $0.key < $1.key }.map { [$0.key, "\($0.value)"] }
        return table
    }
}
