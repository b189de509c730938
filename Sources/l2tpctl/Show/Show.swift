import ArgumentParser

/// `l2tpctl show`
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show tunnels, sessions, peers, pools, clients, access interfaces or counters.",
        subcommands: [
            ShowTunnels.self, ShowSessions.self, ShowPeers.self, ShowPools.self, ShowClients.self, ShowPPPoE.self,
            ShowStatistics.self,
        ])
}
