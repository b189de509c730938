import ArgumentParser
import ControlProtocol

/// `l2tpctl log`
struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Change what the daemon logs.", subcommands: [Level.self])

    struct Level: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Log this level and what is more severe, until the next reload or restart.")

        @OptionGroup var daemon: DaemonOption
        @Argument(
            help: ArgumentHelp(
                "One of \(LogLevel.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "level"),
            completion: .list(LogLevel.allCases.map(\.rawValue)),
            transform: { text in
                guard let level = LogLevel(rawValue: text) else {
                    throw ValidationError("write one of \(LogLevel.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                return level
            })
        var level: LogLevel

        func run() throws {
            let client = try daemon.connect()
            guard case .done = try client.ask(.logLevel(level)) else { throw client.unexpected() }
        }
    }
}
