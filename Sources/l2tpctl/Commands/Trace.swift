import ArgumentParser
import ControlProtocol
import EventLoop

/// Whose packets are wanted.
struct PacketOptions: ParsableArguments {
    @Option(
        name: .customLong("tunnel"),
        help: ArgumentHelp("Only this tunnel's own messages and its sessions', by its local id.", valueName: "id"),
        completion: .tunnels)
    var tunnelID: UInt32?
    @Option(
        help: ArgumentHelp("Only this session's, as \"show sessions\" prints it.", valueName: "id"),
        completion: .sessions,
        transform: SessionName.parse)
    var session: SessionName?
    @Option(
        help: ArgumentHelp("Only those of this [[peer]], or of this LNS.", valueName: "name"), completion: .peers)
    var peer: String?
    @Option(
        help: ArgumentHelp(
            "Only those of this subscriber, with what came before he gave his name.", valueName: "name"),
        completion: .users)
    var user: String?

    var filter: PacketFilter { PacketFilter(tunnelID: tunnelID, session: session, peer: peer, user: user) }

    /// Hands on what the daemon streams, the oldest first, until interrupted; and how many packets were missed, where they
    /// would have been.
    func follow(
        _ daemon: DaemonOption, _ take: ([TracedPacket]) throws(Failure) -> Void,
        missed: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        var story = user.map { UserStory(of: $0) }
        let client = try daemon.connect(signals: [.interrupt, .terminate, .hangUp])
        try client.follow(.tap(filter)) { reply throws(Failure) in
            switch reply {
            case .done: Output.complain("watching, until interrupted")
            case .packet(let record):
                let packet = TracedPacket(record)
                try take(story?.take(packet) ?? [packet])
            case .missed(let count): try missed(count)
            default: throw client.unexpected()
            }
        }
    }
}

/// `l2tpctl trace`
struct Trace: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Show control messages and PPP negotiation, live and readable, until interrupted.",
        discussion: """
            What passes through the daemon: the control messages of L2TP, both ways and retransmissions too, the PPP frames of the \
            negotiation, and PPPoE's discovery. Data is not among them, for it stays in the kernel; nor is what PPP says in a call \
            that the kernel passes on.

            Each message is a line: the time, "<-" for what came in and "->" for what went out, the other end, our ids as \
            TUNNEL/SESSION, the user once he is known, the message's name, and Ns and Nr or PPP's identifier. AVPs and tags follow by \
            the names of their RFCs, one a line; PPP's options are on the line itself.

            Secrets are left out: passwords, the responses of CHAP and of the tunnel's authentication, what a LAC passes on \
            of them, and hidden AVPs, which are shown as hidden. "capture" keeps all.

            With --user a session is shown from its first message on, although the name comes later; also the messages of the \
            tunnel that carries it, but for acknowledgements and HELLOs.

            EXAMPLES
              l2tpctl trace --user alice          why can she not connect?
              l2tpctl trace --peer bras-1         a LAC's tunnel comes up
              l2tpctl trace --session 7/12        echoes, renegotiation, the end
              l2tpctl trace --json | jq 'select(.message == "CDN")'
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var packets: PacketOptions
    @Flag(name: .customLong("json"), help: "Print JSON, an object a line, for programs.") var isJSON = false

    func run() throws {
        try packets.follow(daemon) { shown throws(Failure) in
            for packet in shown { try Output.say(isJSON ? try JSONText.line(packet.line) : packet.text) }
        } missed: { count throws(Failure) in
            try Output.say(isJSON ? #"{"missed":\#(count)}"# : "-- \(count) packets missed: this reads too slowly")
        }
    }
}
