import ArgumentParser
import ControlProtocol

/// `l2tpctl show clients`
struct ShowClients: Listing {
    static let configuration = CommandConfiguration(
        commandName: "clients",
        abstract: "List the clients of the configuration, and what has become of each.",
        discussion: """
            STATE is "down", "waiting" before it is dialled again, "dialling" or "wait-tunnel" until its tunnel stands, and then \
            its session's. NOTE says when it is dialled again, and why the last call failed.
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions

    static let nothing = "no clients"
    var request: Request { .showClients }

    static func record(in reply: Reply) -> ClientRecord? {
        if case .client(let record) = reply { record } else { nil }
    }

    static func table(_ records: [ClientRecord]) -> TextTable {
        var table = TextTable(
            .left("CLIENT"), .left("USER"), .left("SERVER"), .left("STATE"), .left("INTERFACE"), .left("ADDRESS"),
            .right("UPTIME"), .left("NOTE"))
        table.rows = records.map { client in
            let notes = [
                client.redialSeconds.map { "dials in \(HumanUnits.duration(seconds: $0))" }, client.lastFailure,
            ]
            return [
                client.name, client.user, client.peerAddress ?? client.servers.joined(separator: ","), client.state,
                client.interface ?? "", client.address ?? "",
                client.uptimeSeconds.map { HumanUnits.duration(seconds: $0) } ?? "",
                notes.compactMap(\.self).joined(separator: "; "),
            ]
        }
        return table
    }
}
