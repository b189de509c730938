import ArgumentParser
import ControlProtocol

/// `l2tpctl show peers`
struct ShowPeers: Listing {
    static let configuration = CommandConfiguration(
        commandName: "peers",
        abstract: "List the peers of the configuration, and how many tunnels and sessions each has.",
        discussion:
            "TUNNELS and SESSIONS stand before their limits. SECRET says whether there is one. PPP shows, behind \"->\", the tunnel group that the calls are switched into."
    )

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions

    static let nothing = "no peers"
    var request: Request { .showPeers }

    static func record(in reply: Reply) -> PeerRecord? {
        if case .peer(let record) = reply { record } else { nil }
    }

    static func table(_ records: [PeerRecord]) -> TextTable {
        var table = TextTable(
            .left("PEER"), .left("ADDRESSES"), .left("HOST NAMES"), .left("SECRET"), .left("PPP"), .right("TUNNELS"),
            .right("SESSIONS"))
        table.rows = records.map { peer in
            [
                peer.name, peer.addresses.isEmpty ? "any" : peer.addresses.joined(separator: ","),
                peer.hostNames.isEmpty ? "any" : peer.hostNames.joined(separator: ","),
                peer.authentication ? "yes" : "no", peer.ppp ?? peer.tunnelGroup.map { "-> \($0)" } ?? "",
                HumanUnits.count(peer.tunnels, of: peer.maxTunnels),
                HumanUnits.count(peer.sessions, of: peer.maxSessions),
            ]
        }
        return table
    }
}
