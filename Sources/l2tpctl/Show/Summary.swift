import ArgumentParser
import ControlProtocol

/// `l2tpctl` alone, or `l2tpctl summary`
struct Summary: Showing {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Show the daemon at a glance; this is what no command at all means.")

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions
    /// As the command that is meant without one, this gets the words that name no command.
    @Argument(help: .hidden) var words: [String] = []

    func validate() throws {
        guard let word = words.first else { return }
        let commands = L2TPCtl.configuration.subcommands.compactMap { $0.configuration.commandName }.joined(
            separator: ", ")
        throw ValidationError("There is no command '\(word)'; there are \(commands).")
    }

    func text(from client: ControlClient) throws(Failure) -> String {
        guard case .summary(let record) = try client.ask(.summary) else { throw client.unexpected() }
        return options.isJSON ? try JSONText.line(record) : Self.lines(record).joined(separator: "\n")
    }

    static func lines(_ summary: SummaryRecord) -> [String] {
        func count(_ count: SummaryRecord.Count, _ limit: Int?) -> String {
            let parts = [
                "\(count.established) established", count.opening > 0 ? "\(count.opening) opening" : nil,
                count.closing > 0 ? "\(count.closing) closing" : nil, limit.map { "at most \($0)" },
            ]
            return parts.compactMap(\.self).joined(separator: ", ")
        }
        let lines: [String?] = [
            "l2tpd \(summary.version) on \(TextTable.printable(summary.hostName)), process \(summary.processID), up "
                + "\(HumanUnits.duration(seconds: summary.uptimeSeconds)), Linux \(summary.kernel)",
            summary.listeners.isEmpty ? nil : "  listening  \(summary.listeners.joined(separator: ", "))",
            "  tunnels    \(count(summary.tunnels, summary.maxTunnels))",
            "  sessions   \(count(summary.sessions, summary.maxSessions))",
            summary.clients == 0 ? nil : "  clients    \(summary.clientsUp) up of \(summary.clients)",
            "  addresses  \(summary.leasedAddresses) leased of \(summary.addresses) in \(number(summary.pools, "pool"))",
            "  knows      \(number(summary.peers, "peer")), \(number(summary.users, "user"))",
        ]
        return lines.compactMap(\.self)
    }

    private static func number(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
