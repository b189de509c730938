import ArgumentParser
import ControlProtocol

/// `l2tpctl tunnel`
struct Tunnel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tunnel", abstract: "Close tunnels.", subcommands: [Close.self])

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close tunnels, each with all of its sessions (StopCCN).",
            discussion: """
                It returns when the StopCCNs are sent; "show tunnels" shows a tunnel as stopping until the peer has acknowledged. \
                The exit status is 1 when any of them could not be closed; the others are closed all the same.
                """)

        @OptionGroup var daemon: DaemonOption
        @Argument(help: ArgumentHelp("Local tunnel ids, as \"show tunnels\" prints them.", valueName: "id"))
        var ids: [UInt32]

        func run() throws {
            try Closing.close(.closeTunnels(ids), through: try daemon.connect())
        }
    }
}
