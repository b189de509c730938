import ArgumentParser
import ControlProtocol

/// `l2tpctl show tunnels`
struct ShowTunnels: Listing {
    static let configuration = CommandConfiguration(
        commandName: "tunnels",
        abstract: "List the tunnels.",
        discussion: """
            TUNNEL is the local id, as "tunnel close" takes it. ROLE is ours: "initiator" where we opened \
            the tunnel. STATE is RFC 2661's name of the state, or "stopping" while a \
            StopCCN waits for its acknowledgement. RESENT counts control messages that were sent again; RX and TX are the \
            kernel's octets, as seen from here.
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions
    @Option(help: "Only the tunnels of this [[peer]].") var peer: String?
    @Option(help: "Only the tunnels in this state.") var state: String?

    static let nothing = "no tunnels"
    var request: Request { .showTunnels(TunnelFilter(peer: peer, state: state)) }

    static func record(in reply: Reply) -> TunnelRecord? {
        if case .tunnel(let record) = reply { record } else { nil }
    }

    static func table(_ records: [TunnelRecord]) -> TextTable {
        var table = TextTable(
            .right("TUNNEL"), .right("PEER ID"), .left("PEER"), .left("ROLE"), .left("HOST NAME"), .left("ADDRESS"),
            .left("STATE"),
            .right("SESSIONS"), .right("UPTIME"), .right("RESENT"), .right("RX"), .right("TX"))
        table.rows = records.map { tunnel in
            [
                "\(tunnel.tunnelID)", tunnel.peerTunnelID.map { "\($0)" } ?? "", tunnel.peer, tunnel.role,
                tunnel.peerHostName ?? "",
                tunnel.peerAddress, tunnel.state, "\(tunnel.sessions)",
                HumanUnits.duration(seconds: tunnel.uptimeSeconds), "\(tunnel.retransmissions)",
                HumanUnits.octets(tunnel.rxBytes), HumanUnits.octets(tunnel.txBytes),
            ]
        }
        return table
    }
}
