import ArgumentParser

/// `l2tpctl show`
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show tunnels, sessions, what failed, peers, pools, clients, access interfaces or counters.",
        subcommands: [
            ShowTunnels.self, ShowTunnel.self, ShowSessions.self, ShowSession.self, ShowFailures.self, ShowPeers.self,
            ShowPools.self, ShowClients.self, ShowPPPoE.self,
            ShowStatistics.self,
        ])
}
