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
                all the same. In place of ids a filter says which, together with --yes: "session close --peer bras-1 --yes".
                """)

        @OptionGroup var daemon: DaemonOption
        @Argument(
            help: ArgumentHelp(
                "Sessions as \"show sessions\" prints them, TUNNEL/SESSION, or the session id alone while it is unique.",
                valueName: "id"),
            completion: .sessions, transform: SessionName.parse)
        var names: [SessionName] = []
        @OptionGroup var filters: SessionFilterOptions
        @OptionGroup var sure: SureOption

        func validate() throws {
            try Closing.validate(hasNames: !names.isEmpty, hasFilter: filters.filter != SessionFilter())
        }

        func run() throws { try close(through: try daemon.connect()) }

        func close(through client: ControlClient) throws(Failure) {
            if !names.isEmpty { return try Closing.close(.closeSessions(names), through: client) }
            var found: [SessionName] = []
            try client.list(.showSessions(filters.filter)) { reply throws(Failure) in
                guard case .session(let record) = reply else { throw client.unexpected() }
                if record.state != "closing" { found.append(record.name) }
            }
            try Closing.close(found, "session", isSure: sure.isSure, through: client, Request.closeSessions)
        }
    }
}

extension SessionName {
    /// For arguments.
    @Sendable static func parse(_ text: String) throws -> SessionName {
        guard let name = SessionName(text) else {
            throw ValidationError("write TUNNEL/SESSION, or the session id alone")
        }
        return name
    }
}
