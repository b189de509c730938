import ArgumentParser
import ControlProtocol

/// `l2tpctl show clients`
struct ShowClients: Listing {
    static let configuration = CommandConfiguration(
        commandName: "clients",
        abstract: "List the clients of the configuration, and what has become of each.",
        discussion: """
            STATE is "down", "waiting" before it is dialled again, "dialling" or "wait-tunnel" until its tunnel stands, and then \
            its session's. NOTE says when it is dialled again, and why the last call failed.\(columnHelp)
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions
    @OptionGroup var list: ListOptions<ShowClients>

    static let nothing = "no clients"
    var request: Request { .showClients }

    static func record(in reply: Reply) -> ClientRecord? {
        if case .client(let record) = reply { record } else { nil }
    }

    static var columns: [ListColumn<ClientRecord>] {
        [
            .text("CLIENT") { $0.name },
            .text("USER") { $0.user },
            .text("SERVER") { $0.peerAddress ?? $0.servers.joined(separator: ",") },
            .text("STATE") { $0.state },
            .text("INTERFACE") { $0.interface },
            .text("ADDRESS") { $0.address },
            .duration("UPTIME") { $0.uptimeSeconds },
            .text("NOTE") { note(of: $0) },
            .flag("PERSISTENT", .onRequest) { $0.persistent },
            .list("SERVERS", .onRequest) { $0.servers },
            .number("TUNNEL ID", .onRequest) { $0.tunnelID },
            .number("SESSION ID", .onRequest) { $0.sessionID },
            .text("PEER PPP ADDRESS", .onRequest) { $0.peerPPPAddress },
            .list("DNS", .onRequest) { $0.dns },
            .number("FAILURES", .onRequest) { $0.failures },
        ]
    }

    private static func note(of client: ClientRecord) -> String {
        let notes = [
            client.redialSeconds.map { "dials in \(HumanUnits.duration(seconds: $0))" }, client.lastFailure,
        ]
        return notes.compactMap(\.self).joined(separator: "; ")
    }
}
