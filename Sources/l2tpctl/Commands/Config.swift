import ArgumentParser
import Configuration
import ControlProtocol

/// `l2tpctl config`
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check a configuration file, or show the daemon's, or have it read its own again.",
        subcommands: [Check.self, Show.self, Reload.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a configuration file; no daemon is needed.",
            discussion: """
                Every problem is a line FILE:LINE: KEY: what is wrong and what to do, on standard error, and the exit status is 1. \
                Files with secrets that it names are read too.
                """)

        @Argument(help: "The file.", completion: .file()) var file: String

        func run() throws {
            let configuration: Configuration
            do {
                configuration = try Configuration.load(from: file)
            } catch {
                for problem in error.problems { Output.complain("\(problem)") }
                throw Failure.told
            }
            try Output.say("\(file): \(Self.description(of: configuration))")
        }

        static func description(of configuration: Configuration) -> String {
            let counts = [
                (configuration.listeners.count, "listener"), (configuration.peers.count, "peer"),
                (configuration.profiles.count, "PPP profile"), (configuration.pools.count, "pool"),
                (configuration.users.count, "user"), (configuration.groups.count, "tunnel group"),
                (configuration.clients.count, "client"),
            ]
            return "good, with " + counts.map { "\($0) \($1)\($0 == 1 ? "" : "s")" }.joined(separator: ", ")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the configuration that is in force.",
            discussion: """
                It is a configuration file that says the same: every key with its value, also those that the daemon's own file \
                leaves to their defaults, and without what a reload could not change. In place of a secret it has \
                "<redacted>".
                """)

        @OptionGroup var daemon: DaemonOption

        func run() throws {
            var output = Output.Gathering()
            try tables(from: try daemon.connect()) { table throws(Failure) in try output.add(table) }
            try output.flush()
        }

        func tables(
            from client: ControlClient, to out: (String) throws(Failure) -> Void
        ) throws(Failure) {
            var isFirst = true
            try client.list(.showConfiguration) { reply throws(Failure) in
                guard case .configuration(let record) = reply else { throw client.unexpected() }
                try out(isFirst ? record.toml : "\n" + record.toml)
                isFirst = false
            }
        }
    }

    struct Reload: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have the daemon read its configuration file again.",
            discussion: """
                Peers, PPP, pools, users, limits and the log level change at once; tunnels and sessions that stand keep what \
                they were made with. Changes that need a restart are named on standard error. A file that is wrong is refused \
                as a whole and nothing changes.
                """)

        @OptionGroup var daemon: DaemonOption

        func run() throws {
            let client = try daemon.connect()
            guard case .reloaded(let record) = try client.ask(.reload) else { throw client.unexpected() }
            for change in record.applied { try Output.say(change) }
            for change in record.notApplied { Output.complain("not in force: \(change)") }
            if record.applied.isEmpty, record.notApplied.isEmpty { try Output.say("nothing changed") }
        }
    }
}
