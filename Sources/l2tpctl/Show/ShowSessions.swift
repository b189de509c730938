import ArgumentParser
import ControlProtocol

/// `l2tpctl show sessions`
struct ShowSessions: Listing {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List the sessions.",
        discussion: """
            SESSION is both local ids, as "session close" takes them. ROLE is ours; DIRECTION is "outgoing" where the LNS asked for \
            the call, and CALLED the number that was asked for. \
            STATE is the call's until it stands, then PPP's phase: \
            establish, authenticate, network, open, terminate. RX and TX are the kernel's octets, as seen from here. \
            A PPPoE subscriber whose PPP an LNS ends is "bridged" to the call that is named then, and shows its octets. \
            LINE, where there are any, is a subscriber's interface with his PPPoE session id, his MAC address and what the \
            access node calls his line.\(columnHelp)
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions
    @OptionGroup var list: ListOptions<ShowSessions>
    @OptionGroup var filters: SessionFilterOptions

    static let nothing = "no sessions"
    var request: Request { .showSessions(filters.filter) }

    static func record(in reply: Reply) -> SessionRecord? {
        if case .session(let record) = reply { record } else { nil }
    }

    static var columns: [ListColumn<SessionRecord>] {
        [
            .text("SESSION") { "\($0.name)" },
            .text("USER") { $0.user },
            .text("PEER") { $0.peer },
            .text("ROLE") { $0.role },
            .text("DIRECTION") { $0.direction },
            .text("CALLED") { $0.calledNumber },
            .text("STATE") { session in session.bridgedTo.map { "\(session.state) \($0)" } ?? session.state },
            .text("INTERFACE") { $0.interface ?? $0.accessInterface },
            .text("ADDRESS") { $0.address ?? $0.ipv6LinkLocal ?? $0.mac },
            .text("AUTHENTICATION") { $0.authentication },
            .duration("UPTIME") { $0.uptimeSeconds },
            .octets("RX") { $0.rxBytes },
            .octets("TX") { $0.txBytes },
            // Only PPPoE subscribers have a line.
            .text("LINE", .whenFilled, line),
            .number("TUNNEL ID", .onRequest) { $0.tunnelID },
            .number("SESSION ID", .onRequest) { $0.sessionID },
            .number("PEER TUNNEL ID", .onRequest) { $0.peerTunnelID },
            .number("PEER SESSION ID", .onRequest) { $0.peerSessionID },
            .text("REALM", .onRequest) { $0.realm },
            .text("BRIDGED TO", .onRequest) { $0.bridgedTo },
            .text("ACCESS INTERFACE", .onRequest) { $0.accessInterface },
            .text("MAC", .onRequest) { $0.mac },
            .text("SERVICE NAME", .onRequest) { $0.serviceName },
            .number("PPPOE SESSION ID", .onRequest) { $0.pppoeSessionID },
            .text("CIRCUIT ID", .onRequest) { $0.circuitID },
            .text("REMOTE ID", .onRequest) { $0.remoteID },
            .text("LOCAL ADDRESS", .onRequest) { $0.localAddress },
            .text("IPV6 LINK LOCAL", .onRequest) { $0.ipv6LinkLocal },
            .text("LOCAL IPV6 LINK LOCAL", .onRequest) { $0.localIPv6LinkLocal },
            .flag("PROXY LCP", .onRequest) { $0.proxyLCP },
            .flag("PROXY AUTHENTICATION", .onRequest) { $0.proxyAuthentication },
            .number("MTU", .onRequest) { $0.mtu },
            .number("MRU", .onRequest) { $0.mru },
            .text("CALLING", .onRequest) { $0.callingNumber },
            .number("CALL SERIAL NUMBER", .onRequest) { $0.callSerialNumber },
            .number("TX CONNECT SPEED", .onRequest) { $0.txConnectSpeed },
            .number("RX CONNECT SPEED", .onRequest) { $0.rxConnectSpeed },
            .flag("SEQUENCING", .onRequest) { $0.sequencing },
            .number("RX PACKETS", .onRequest) { $0.rxPackets },
            .number("RX ERRORS", .onRequest) { $0.rxErrors },
            .number("TX PACKETS", .onRequest) { $0.txPackets },
            .number("TX ERRORS", .onRequest) { $0.txErrors },
        ]
    }

    private static func line(of session: SessionRecord) -> String {
        guard let id = session.pppoeSessionID else { return "" }
        return ["\(session.accessInterface ?? "")#\(id)", session.mac, session.circuitID].compactMap(\.self)
            .joined(separator: " ")
    }
}
