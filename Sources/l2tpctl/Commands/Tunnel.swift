import ArgumentParser
import ControlProtocol

/// `l2tpctl tunnel`
struct Tunnel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tunnel", abstract: "Open or close tunnels.", subcommands: [Open.self, Close.self])

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close tunnels, each with all of its sessions (StopCCN).",
            discussion: """
                It returns when the StopCCNs are sent; "show tunnels" shows a tunnel as stopping until the peer has acknowledged. \
                The exit status is 1 when any of them could not be closed; the others are closed all the same. In place of ids \
                a filter says which, together with --yes: "tunnel close --peer bras-1 --yes".
                """)

        @OptionGroup var daemon: DaemonOption
        @Argument(
            help: ArgumentHelp("Local tunnel ids, as \"show tunnels\" prints them.", valueName: "id"),
            completion: .tunnels)
        var ids: [UInt32] = []
        @OptionGroup var filters: TunnelFilterOptions
        @OptionGroup var sure: SureOption

        func validate() throws {
            try Closing.validate(hasNames: !ids.isEmpty, hasFilter: filters.filter != TunnelFilter())
        }

        func run() throws { try close(through: try daemon.connect()) }

        func close(through client: ControlClient) throws(Failure) {
            if !ids.isEmpty { return try Closing.close(.closeTunnels(ids), through: client) }
            var found: [UInt32] = []
            try client.list(.showTunnels(filters.filter)) { reply throws(Failure) in
                guard case .tunnel(let record) = reply else { throw client.unexpected() }
                if record.state != "stopping" { found.append(record.tunnelID) }
            }
            try Closing.close(found, "tunnel", isSure: sure.isSure, through: client, Request.closeTunnels)
        }
    }
}
