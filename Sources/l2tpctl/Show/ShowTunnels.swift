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
            kernel's octets, as seen from here.\(columnHelp)
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions
    @OptionGroup var list: ListOptions<ShowTunnels>
    @OptionGroup var filters: TunnelFilterOptions
    @Option(
        name: .customLong("tunnel"), help: ArgumentHelp("Only this tunnel.", valueName: "id"), completion: .tunnels)
    var tunnelID: UInt32?

    static let nothing = "no tunnels"
    var request: Request {
        var filter = filters.filter
        filter.tunnelID = tunnelID
        return .showTunnels(filter)
    }

    static func record(in reply: Reply) -> TunnelRecord? {
        if case .tunnel(let record) = reply { record } else { nil }
    }

    static var columns: [ListColumn<TunnelRecord>] {
        [
            .number("TUNNEL") { $0.tunnelID },
            .number("PEER ID") { $0.peerTunnelID },
            .text("PEER") { $0.peer },
            .text("ROLE") { $0.role },
            .text("HOST NAME") { $0.peerHostName },
            .text("ADDRESS") { $0.peerAddress },
            .text("STATE") { $0.state },
            .number("SESSIONS") { $0.sessions },
            .duration("UPTIME") { $0.uptimeSeconds },
            .number("RESENT") { $0.retransmissions },
            .octets("RX") { $0.rxBytes },
            .octets("TX") { $0.txBytes },
            .text("LOCAL ADDRESS", .onRequest) { $0.localAddress },
            .text("VENDOR", .onRequest) { $0.peerVendorName },
            .number("VERSION", .onRequest) { $0.version },
            .flag("AUTHENTICATED", .onRequest) { $0.authenticated },
            .number("WINDOW", .onRequest) { $0.receiveWindow },
            .number("PEER WINDOW", .onRequest) { $0.peerReceiveWindow },
            .number("CONGESTION WINDOW", .onRequest) { $0.congestionWindow },
            .number("QUEUED", .onRequest) { $0.queuedMessages },
            .number("DUPLICATES", .onRequest) { $0.duplicates },
            .number("RX PACKETS", .onRequest) { $0.rxPackets },
            .number("RX ERRORS", .onRequest) { $0.rxErrors },
            .number("TX PACKETS", .onRequest) { $0.txPackets },
            .number("TX ERRORS", .onRequest) { $0.txErrors },
        ]
    }
}
