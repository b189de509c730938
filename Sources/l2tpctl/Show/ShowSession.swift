import ArgumentParser
import ControlProtocol

/// `l2tpctl show session`
struct ShowSession: Showing {
    static let configuration = CommandConfiguration(
        commandName: "session",
        abstract: "Tell a session's whole story.",
        discussion: """
            Its ids, peer, user and addresses, what LCP and the network protocols have agreed on, its timers, the kernel's counters, \
            and the first and the latest of what happened to it.
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var options: ShowOptions
    @Argument(
        help: ArgumentHelp(
            "A session as \"show sessions\" prints it, TUNNEL/SESSION, or the session id alone while it is unique.",
            valueName: "id"),
        completion: .sessions, transform: SessionName.parse)
    var name: SessionName

    func text(from client: ControlClient) throws(Failure) -> String {
        guard case .sessionStory(let story) = try client.ask(.showSession(name)) else { throw client.unexpected() }
        return options.isJSON ? try JSONText.line(story) : Self.lines(story).joined(separator: "\n")
    }

    static func lines(_ story: SessionStory) -> [String] {
        let session = story.session
        let title = ["session \(session.name)", session.user, session.state, session.interface].compactMap(\.self)
        var facts = StoryFacts()
        facts.add("peer", [session.peer, peerName(session), session.direction, "we are the \(session.role)"])
        facts.add("bridged to", [session.bridgedTo])
        facts.add(
            "call",
            [
                session.callSerialNumber.map { "serial \($0)" }, session.callingNumber.map { "from \($0)" },
                session.calledNumber.map { "to \($0)" }, session.txConnectSpeed.map { "\($0) bit/s out" },
                session.rxConnectSpeed.map { "\($0) bit/s in" }, session.sequencing ? "sequence numbers" : nil,
            ])
        facts.add(
            "line",
            [
                session.accessInterface, session.mac, session.pppoeSessionID.map { "PPPoE \($0)" }, session.serviceName,
                session.circuitID.map { "circuit \($0)" }, session.remoteID.map { "remote \($0)" },
            ])
        facts.add(
            "proof",
            [
                session.authentication, session.realm.map { "realm \($0)" },
                session.proxyAuthentication ? "by proxy" : nil,
            ])
        facts.add("LCP here", [story.localLCP.map(text)])
        facts.add("LCP there", [story.peerLCP.map(text), session.proxyLCP ? "by proxy" : nil])
        facts.add("PPP", ["phase \(story.pppPhase)"] + story.networks.map { "\($0) up" })
        facts.add("IPv4", [session.address.map { "\($0) from here \(session.localAddress ?? "unknown")" }])
        facts.add("IPv6", [session.ipv6LinkLocal.map { "\($0) from here \(session.localIPv6LinkLocal ?? "unknown")" }])
        facts.add("name servers", story.dns + story.nbns.map { "NBNS \($0)" })
        facts.add("size", [session.mtu.map { "MTU \($0)" }, session.mru.map { "the peer's MRU \($0)" }])
        facts.add(
            "timers",
            [
                "asked for \(HumanUnits.duration(seconds: story.ageSeconds)) ago",
                story.openSeconds.map { "open for \(HumanUnits.duration(seconds: $0))" },
                story.echoIntervalSeconds > 0
                    ? "echo every \(StoryFacts.seconds(story.echoIntervalSeconds)), \(story.echoFailures) may be missed"
                    : nil, story.timerSeconds.map { "the next in \(StoryFacts.seconds($0))" },
            ])
        facts.addCounters(
            received: (session.rxPackets, session.rxBytes, session.rxErrors),
            sent: (session.txPackets, session.txBytes, session.txErrors))
        return [TextTable.printable(title.joined(separator: "  "))] + facts.lines + StoryFacts.events(story.events)
    }

    private static func peerName(_ session: SessionRecord) -> String? {
        guard let tunnel = session.peerTunnelID, let id = session.peerSessionID else { return nil }
        return "its \(tunnel)/\(id)"
    }

    private static func text(_ options: SessionStory.LCPOptions) -> String {
        let parts: [String?] = [
            "MRU \(options.mru)", options.authentication.map { "asks for \($0)" }, "magic \(options.magicNumber)",
            options.accm == "ffffffff" ? nil : "ACCM \(options.accm)", options.protocolFieldCompression ? "PFC" : nil,
            options.addressAndControlFieldCompression ? "ACFC" : nil,
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }
}
