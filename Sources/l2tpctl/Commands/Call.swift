import ArgumentParser
import ControlProtocol

/// `l2tpctl call`
struct Call: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Have a LAC place a call.", subcommands: [Open.self])

    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have a LAC call a number, and wait until it answers.",
            discussion: """
                It returns when the call is connected, and prints the session's name, or when it has failed, and says why, with \
                status 1. Interrupted before, it gives the call up. "session close" ends a call that stands.
                """)

        @OptionGroup var daemon: DaemonOption
        @Argument(
            help: ArgumentHelp(
                "A [[peer]] with an open tunnel, or a [[tunnel_group]] with a ppp.", valueName: "peer"),
            completion: .callees)
        var peer: String
        @Argument(help: "The number to call.", transform: Self.number)
        var number: String
        @Option(
            name: .customLong("sub-address"),
            help: ArgumentHelp("What is called behind that number.", valueName: "text"), transform: Self.number)
        var subAddress: String?
        @Option(
            help: ArgumentHelp(
                "How long it may take. (default: \(CallOrder.usualTimeout))", valueName: "seconds"),
            transform: { text in
                guard let seconds = Int(text), CallOrder.timeouts.contains(seconds) else {
                    throw ValidationError(
                        "write whole seconds from \(CallOrder.timeouts.lowerBound) to \(CallOrder.timeouts.upperBound)")
                }
                return seconds
            })
        var timeout = CallOrder.usualTimeout
        @Flag(name: .customLong("json"), help: "Print JSON, for programs.")
        var isJSON = false

        var order: CallOrder { CallOrder(peer: peer, number: number, subAddress: subAddress, timeout: timeout) }

        func run() throws {
            try open(through: try daemon.connect(patience: .seconds(timeout) + ControlClient.patience))
        }

        /// Throws when the call is not connected.
        func open(through client: ControlClient) throws(Failure) {
            guard case .call(let record) = try client.ask(.openCall(order)) else { throw client.unexpected() }
            if isJSON {
                try Output.say(try JSONText.line(record))
            } else if let session = record.session {
                try Output.say("\(session)")
            }
            guard let failure = record.failure else { return }
            Output.complain("the call to \(record.calledNumber) failed: \(failure)")
            throw .told
        }

        @Sendable private static func number(_ text: String) throws -> String {
            guard CallOrder.isNumber(text) else { throw ValidationError("write 1 to 64 visible characters") }
            return text
        }
    }
}
