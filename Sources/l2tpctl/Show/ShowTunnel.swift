import ArgumentParser
import ControlProtocol

/// `l2tpctl show tunnel`
struct ShowTunnel: Showing {
    static let configuration = CommandConfiguration(
        commandName: "tunnel",
        abstract: "Tell a tunnel's whole story.",
        discussion: """
            Its ids, peer and addresses, the state of its reliable delivery (RFC 2661 section 5.8), its timers, the kernel's \
            counters, its sessions, and the first and the latest of what happened to it.
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions
    @Argument(
        help: ArgumentHelp("The local tunnel id, as \"show tunnels\" prints it.", valueName: "id"), completion: .tunnels
    )
    var id: UInt32

    func text(from client: ControlClient) throws(Failure) -> String {
        guard case .tunnelStory(let story) = try client.ask(.showTunnel(id)) else { throw client.unexpected() }
        return options.isJSON ? try JSONText.line(story) : Self.lines(story).joined(separator: "\n")
    }

    /// Sessions that are named; there may be thousands.
    private static let mostSessions = 8

    static func lines(_ story: TunnelStory) -> [String] {
        let tunnel = story.tunnel
        var facts = StoryFacts()
        facts.add(
            "peer",
            [
                tunnel.peer, tunnel.peerTunnelID.map { "its \($0)" }, tunnel.peerHostName, tunnel.peerVendorName,
                "we are the \(tunnel.role)", tunnel.authenticated ? "authenticated" : "not authenticated",
            ])
        facts.add("path", ["\(tunnel.localAddress) to \(tunnel.peerAddress)", "L2TPv\(tunnel.version)"])
        facts.add("kernel", [story.kernel])
        facts.add(
            "window",
            [
                "ours \(tunnel.receiveWindow)", "the peer's \(tunnel.peerReceiveWindow)",
                "congestion \(tunnel.congestionWindow)", "slow start below \(story.slowStartThreshold)",
            ])
        facts.add(
            "messages",
            [
                "\(story.waitingMessages) waiting", "\(story.unacknowledgedMessages) not acknowledged",
                "\(tunnel.retransmissions) sent again", "\(tunnel.duplicates) received again",
            ])
        facts.add(
            "timers",
            [
                "up for \(HumanUnits.duration(seconds: tunnel.uptimeSeconds))",
                story.helloIntervalSeconds > 0
                    ? "HELLO after \(StoryFacts.seconds(story.helloIntervalSeconds)) of silence" : "no HELLOs",
                story.timerSeconds.map { "the next in \(StoryFacts.seconds($0))" },
            ])
        let more = story.sessions.count - mostSessions
        facts.add(
            "sessions",
            ["\(tunnel.sessions)"] + story.sessions.prefix(mostSessions) + [more > 0 ? "and \(more) more" : nil])
        facts.addCounters(
            received: (tunnel.rxPackets, tunnel.rxBytes, tunnel.rxErrors),
            sent: (tunnel.txPackets, tunnel.txBytes, tunnel.txErrors))
        return ["tunnel \(tunnel.tunnelID)  \(tunnel.state)"] + facts.lines + StoryFacts.events(story.events)
    }
}
