import ArgumentParser
import ControlProtocol

/// `l2tpctl show peers`
struct ShowPeers: Listing {
    static let configuration = CommandConfiguration(
        commandName: "peers",
        abstract: "List the peers of the configuration, and how many tunnels and sessions each has.",
        discussion: """
            TUNNELS and SESSIONS stand before their limits. SECRET says whether there is one. PPP shows, behind "->", the \
            tunnel group that the calls are switched into.\(columnHelp)
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions
    @OptionGroup var list: ListOptions<ShowPeers>

    static let nothing = "no peers"
    var request: Request { .showPeers }

    static func record(in reply: Reply) -> PeerRecord? {
        if case .peer(let record) = reply { record } else { nil }
    }

    static var columns: [ListColumn<PeerRecord>] {
        [
            .text("PEER") { $0.name },
            .list("ADDRESSES", none: "any") { $0.addresses },
            .list("HOST NAMES", none: "any") { $0.hostNames },
            .flag("SECRET") { $0.authentication },
            .text("PPP") { peer in peer.ppp ?? peer.tunnelGroup.map { "-> \($0)" } },
            .count("TUNNELS") {
                $0.tunnels
            } of: {
                $0.maxTunnels
            },
            .count("SESSIONS") {
                $0.sessions
            } of: {
                $0.maxSessions
            },
        ]
    }
}
