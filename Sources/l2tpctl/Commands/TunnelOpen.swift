import ArgumentParser
import ControlProtocol

extension Tunnel {
    /// `l2tpctl tunnel open`
    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open the tunnels of a group, and wait until they stand.",
            discussion: """
                Each LNS of the [[tunnel_group]] is asked, whatever it has answered lately. It returns when each tunnel stands, \
                and prints its id, or has failed, and says why; then the exit status is 1. A tunnel that stands already is \
                done. One of a group without persistent = true closes after "linger" without calls. The tunnel of a \
                [[client]] is opened with its call: "client up".
                """)

        @OptionGroup var daemon: DaemonOption
        @Argument(help: ArgumentHelp("The [[tunnel_group]].", valueName: "group"), completion: .tunnelGroups)
        var group: String
        @Option(
            help: ArgumentHelp(
                "Only the tunnel to this one of its LNSes, named as in the configuration.", valueName: "address"))
        var lns: String?
        @Option(
            help: ArgumentHelp(
                "How long it may take. (default: \(TunnelOrder.usualTimeout))", valueName: "seconds"),
            transform: { text in
                guard let seconds = Int(text), TunnelOrder.timeouts.contains(seconds) else {
                    throw ValidationError(
                        "write whole seconds from \(TunnelOrder.timeouts.lowerBound) to "
                            + "\(TunnelOrder.timeouts.upperBound)")
                }
                return seconds
            })
        var timeout = TunnelOrder.usualTimeout
        @Flag(name: .customLong("json"), help: "Print JSON, for programs.")
        var isJSON = false

        var order: TunnelOrder { TunnelOrder(group: group, lns: lns, timeout: timeout) }

        func run() throws {
            try open(through: try daemon.connect(patience: .seconds(timeout) + ControlClient.patience))
        }

        /// Throws when one of them does not stand.
        func open(through client: ControlClient) throws(Failure) {
            guard case .opened(let record) = try client.ask(.openTunnels(order)) else { throw client.unexpected() }
            if isJSON { try Output.say(try JSONText.line(record)) }
            var haveFailed = false
            for tunnel in record.tunnels {
                if let id = tunnel.tunnelID, !isJSON { try Output.say("tunnel \(id) to \(tunnel.lns)") }
                guard let failure = tunnel.failure else { continue }
                Output.complain("no tunnel to \(tunnel.lns): \(failure)")
                haveFailed = true
            }
            if haveFailed { throw .told }
        }
    }
}
