import ArgumentParser
import ControlProtocol
import Instants

/// `l2tpctl client`
struct ClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Dial for a client, or hang up.", subcommands: [Up.self, Down.self])

    struct Up: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Dial now, without waiting for the next attempt.",
            discussion: """
                It returns when the call is on its way; "show clients" shows what becomes of it. A client that is persistent is \
                dialled again whenever its call fails or is lost, one that is not is dialled this once.
                """)

        @OptionGroup var daemon: DaemonOption
        @Argument(
            help: ArgumentHelp("The client's name in the configuration.", valueName: "name"), completion: .clients)
        var name: String

        func run() throws { try ClientCommand.ask(.clientUp(name), through: try daemon.connect()) }
    }

    struct Down: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hang up, and dial no more until told to.",
            discussion:
                "It returns when the end of the call is on its way. The tunnel closes a little later, without calls.")

        @OptionGroup var daemon: DaemonOption
        @Argument(
            help: ArgumentHelp("The client's name in the configuration.", valueName: "name"), completion: .clients)
        var name: String

        func run() throws { try ClientCommand.ask(.clientDown(name), through: try daemon.connect()) }
    }

    private static func ask(_ request: Request, through client: ControlClient) throws(Failure) {
        guard case .done = try client.ask(request) else { throw client.unexpected() }
    }
}
