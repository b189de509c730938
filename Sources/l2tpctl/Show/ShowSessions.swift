import ArgumentParser
import ControlProtocol

/// `l2tpctl show sessions`
struct ShowSessions: Listing {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List the sessions.",
        discussion: """
            SESSION is both local ids, as "session close" takes them. ROLE is ours; DIRECTION is "outgoing" where the LNS asked for \
            the call, and CALLED the number that was asked for. \
            STATE is the call's until it stands, then PPP's phase: \
            establish, authenticate, network, open, terminate. RX and TX are the kernel's octets, as seen from here. \
            A PPPoE subscriber whose PPP an LNS ends is "bridged" to the call that is named then, and shows its octets.
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions
    @Option(name: .customLong("tunnel"), help: ArgumentHelp("Only the sessions of this tunnel.", valueName: "id"))
    var tunnelID: UInt32?
    @Option(help: "Only the sessions of this [[peer]].") var peer: String?
    @Option(help: "Only the sessions of this subscriber.") var user: String?
    @Option(help: "Only the sessions in this state.") var state: String?

    static let nothing = "no sessions"
    var request: Request {
        .showSessions(SessionFilter(tunnelID: tunnelID, peer: peer, user: user, state: state))
    }

    static func record(in reply: Reply) -> SessionRecord? {
        if case .session(let record) = reply { record } else { nil }
    }

    static func table(_ records: [SessionRecord]) -> TextTable {
        var table = TextTable(
            .left("SESSION"), .left("USER"), .left("PEER"), .left("ROLE"), .left("DIRECTION"), .left("CALLED"),
            .left("STATE"), .left("INTERFACE"),
            .left("ADDRESS"),
            .left("AUTHENTICATION"), .right("UPTIME"), .right("RX"), .right("TX"))
        table.rows = records.map { session in
            [
                "\(session.name)", session.user ?? "", session.peer, session.role, session.direction,
                session.calledNumber ?? "",
                session.bridgedTo.map { "\(session.state) \($0)" } ?? session.state,
                session.interface ?? session.accessInterface ?? "",
                session.address ?? session.ipv6LinkLocal ?? session.mac ?? "", session.authentication ?? "",
                HumanUnits.duration(seconds: session.uptimeSeconds), HumanUnits.octets(session.rxBytes),
                HumanUnits.octets(session.txBytes),
            ]
        }
        return table
    }
}
