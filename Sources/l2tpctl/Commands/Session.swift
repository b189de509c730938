import ArgumentParser
import ControlProtocol

/// `l2tpctl session`
struct Session: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Close sessions.", subcommands: [Close.self])

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close sessions (CDN).",
            discussion: """
                It returns when the CDNs are sent. The exit status is 1 when any of them could not be closed; the others are closed \
                all the same.
                """)

        @OptionGroup var daemon: DaemonOption
        @Argument(
            help: ArgumentHelp(
                "Sessions as \"show sessions\" prints them, TUNNEL/SESSION, or the session id alone while it is unique.",
                valueName: "id"),
            transform: { text in
                guard let name = SessionName(text) else {
                    throw ValidationError("write TUNNEL/SESSION, or the session id alone")
                }
                return name
            })
        var names: [SessionName]

        func run() throws {
            try Closing.close(.closeSessions(names), through: try daemon.connect())
        }
    }
}
