import ArgumentParser
import ControlProtocol

/// `l2tpctl show failures`
struct ShowFailures: Showing {
    static let configuration = CommandConfiguration(
        commandName: "failures",
        abstract: "Tell what failed lately and why, the latest last.",
        discussion: """
            Who was refused, which calls and tunnels did not come up or were lost, and what the kernel did not do, each with its \
            reason: the daemon remembers the latest thousand. This is where to look when somebody cannot connect:
              l2tpctl show failures --user alice
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions
    @OptionGroup var filter: EventFilterOptions

    func text(from client: ControlClient) throws(Failure) -> String {
        var events: [EventRecord] = []
        try client.list(.showFailures(filter.filter)) { reply throws(Failure) in
            guard case .event(let event) = reply else { throw client.unexpected() }
            events.append(event)
        }
        if options.isJSON { return try JSONText.array(events) }
        return events.isEmpty ? "no failures" : events.map { EventText.line($0) }.joined(separator: "\n")
    }
}

/// Which events are meant.
struct EventFilterOptions: ParsableArguments {
    @Option(
        name: .customLong("tunnel"),
        help: ArgumentHelp("Only what happens to this tunnel and its sessions.", valueName: "id"), completion: .tunnels)
    var tunnelID: UInt32?
    @Option(
        help: ArgumentHelp("Only what happens to this session.", valueName: "tunnel/session"),
        completion: .sessions,
        transform: { text in
            guard let name = SessionName(text), name.tunnelID != nil else {
                throw ValidationError("write TUNNEL/SESSION, as \"show sessions\" prints it")
            }
            return name
        })
    var session: SessionName?
    @Option(help: "Only what concerns this [[peer]].", completion: .peers) var peer: String?
    @Option(help: "Only what concerns this user.", completion: .users) var user: String?

    var filter: EventFilter {
        EventFilter(
            tunnelID: session?.tunnelID ?? tunnelID, sessionID: session?.sessionID, peer: peer, user: user)
    }

    var isEmpty: Bool { filter == EventFilter() }
}
