import ArgumentParser
import ControlProtocol

/// `l2tpctl health`
struct Health: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Say whether the daemon does what it should; for probes.",
        discussion: """
            It looks at the event loop (no turn of more than a second within the last two minutes), the workers (none that has \
            orders and has done nothing for 30 s), the listeners (their addresses are the host's, the access interfaces up), \
            the control socket, and whether the daemon is going down. A pool without a free address is a warning: a restart \
            would not mend it, and those who are connected do not notice.

            EXIT STATUS
              0  good, perhaps with warnings
              1  degraded: the reasons are printed
              2  no daemon answers on the socket
            """)

    @OptionGroup var daemon: DaemonOption
    @Flag(name: .customLong("json"), help: "Print JSON, for programs.")
    var isJSON = false

    func run() throws {
        let record: HealthRecord
        do throws(Failure) {
            let client = try daemon.connect()
            guard case .health(let reply) = try client.ask(.health) else { throw client.unexpected() }
            record = reply
        } catch {
            Output.complain(error.description)
            // One that gives no answer is as good as none.
            if case .noAnswer = error { throw ExitCode(2) }
            throw ExitCode(error.status)
        }
        try Output.say(isJSON ? try JSONText.line(record) : String(record.text.dropLast()))
        if record.status != .good { throw ExitCode(1) }
    }
}
