import ArgumentParser
import ControlProtocol
import EventLoop

/// `l2tpctl`: shows what a running l2tpd does, and steers it.
@main
struct L2TPCtl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "l2tpctl",
        abstract: "Show and steer a running l2tpd, and the kernel's L2TP.",
        usage: """
            l2tpctl [--socket PATH] [--json] [--watch SECONDS]
            l2tpctl [--socket PATH] show WHAT [--json] [--watch SECONDS]
            l2tpctl [--socket PATH] show WHAT [--sort COLUMN] [--columns A,B]
            l2tpctl [--socket PATH] tunnel open GROUP
            l2tpctl [--socket PATH] tunnel close ID ... | FILTER --yes
            l2tpctl [--socket PATH] session close ID ... | FILTER --yes
            l2tpctl [--socket PATH] pool show [NAME]
            l2tpctl [--socket PATH] client up|down NAME
            l2tpctl [--socket PATH] call open PEER NUMBER
            l2tpctl [--socket PATH] config show|reload
            l2tpctl [--socket PATH] health [--json]
            l2tpctl [--socket PATH] log level LEVEL
            l2tpctl config check FILE
            l2tpctl kernel show tunnels|sessions [ID ...] [--json] [--watch SECONDS]
            l2tpctl kernel add|modify|delete tunnel|session ID ...
            l2tpctl monitor [--kernel | --daemon] [--json]
            l2tpctl [--socket PATH] top [--tunnels] [--batch] [-n COUNT]
            l2tpctl [--socket PATH] trace [FILTER ...] [--json]
            l2tpctl [--socket PATH] capture [FILTER ...] FILE
            """,
        discussion: """
            Without a command it prints the summary: who answers, since when, and how many tunnels, sessions and addresses there \
            are. WHAT to show is one of tunnels, sessions, failures, peers, pools, clients, pppoe and stats, or one \
            "tunnel ID" or "session ID" with its whole story.

            A tunnel is named by its local id, a session by both local ids as TUNNEL/SESSION, or by its session id alone while no \
            other tunnel has the same. "show" prints these names.

            With --json a list is one array, each of its elements on a line of its own; the keys are those of the control \
            socket and stay stable. The socket itself speaks one JSON object a line, so that socat and jq are clients too:
              echo '{"request":"summary"}' | socat - UNIX-CONNECT:/run/l2tpd/control.sock

            EXAMPLES
              l2tpctl                                 the summary
              l2tpctl --watch 1                       the summary, again every second
              l2tpctl show sessions                   who is connected
              l2tpctl show sessions --user alice      one subscriber's sessions
              l2tpctl show sessions --sort -rx --columns session,user,rx
              l2tpctl show tunnels --json | jq '.[].peer_address'
              l2tpctl show session 7/12               all that is known of one, and what happened to it
              l2tpctl show failures --user alice      why alice cannot connect
              l2tpctl session close 7/12 7/13         end two calls (CDN)
              l2tpctl tunnel close 7                  end a tunnel and its calls (StopCCN)
              l2tpctl session close --peer bras-1 --yes
              l2tpctl pool show subscribers           who has which address
              l2tpctl tunnel open isp                 the tunnels of a group
              l2tpctl client up office                dial (and client down: hang up)
              l2tpctl call open bras-1 5551234        have a LAC place a call
              l2tpctl top                             what is carried, live
              l2tpctl trace --user alice              what is said, live, until it works
              l2tpctl capture - | wireshark -k -i -   the same for Wireshark
              l2tpctl kernel show sessions            what the kernel has, without a daemon
              l2tpctl monitor                         what happens, as it happens
              l2tpctl config check /etc/l2tpd/l2tpd.toml && l2tpctl config reload

            EXIT STATUS
              0   done
              1   refused or failed; standard error says what, where and what to do
              2   no daemon answers on the socket
              64  the command line cannot be understood
            """,
        version: "l2tpctl \(VersionRecord.current.version)",
        subcommands: [
            Summary.self, Show.self, Health.self, Tunnel.self, Session.self, ClientCommand.self, Call.self,
            PoolCommand.self, Config.self, Log.self, Top.self, Trace.self, Capture.self, KernelCommand.self,
            Monitor.self,
        ],
        defaultSubcommand: Summary.self)

    @OptionGroup var daemon: DaemonOption

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            Output.complain(failure.description)
            exit(withError: ExitCode(failure.status))
        } catch {
            // Help and version (0), and what ArgumentParser did not understand (64).
            exit(withError: error)
        }
    }
}

/// Where the daemon is.
struct DaemonOption: ParsableArguments {
    static let usualSocket = "/run/l2tpd/control.sock"

    @Option(
        name: .customLong("socket"),
        help: ArgumentHelp("The daemon's control socket. (default: \(usualSocket))", valueName: "path"),
        completion: .file())
    var socket: String?

    /// `patience` is how long an answer may take; `signals` end what is followed, and the program as they do otherwise.
    func connect(
        patience: Duration = ControlClient.patience, signals: Set<Signal> = []
    ) throws(Failure) -> ControlClient {
        try ControlClient(socket: path, patience: patience, signals: signals)
    }

    /// A connection alone, for who waits for more than answers.
    func open() throws(Failure) -> StreamConnection { try ControlClient.connect(to: path) }

    var path: String { socket ?? Self.usualSocket }
}
