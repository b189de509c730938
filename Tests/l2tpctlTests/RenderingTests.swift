import ControlProtocol
import Testing

@testable import l2tpctl

@Suite struct RenderingTests {
    static let tunnel: TunnelRecord = {
        var tunnel = TunnelRecord(
            tunnelID: 7, peer: "bras-1", peerAddress: "192.0.2.2:1701", localAddress: "192.0.2.1:1701",
            state: "established")
        tunnel.peerTunnelID = 40_001
        tunnel.peerHostName = "bras\u{1b}[2J"
        tunnel.sessions = 12
        tunnel.uptimeSeconds = 3725
        tunnel.rxBytes = 12_345_678
        return tunnel
    }()

    @Test(
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (10_239, "10 KiB"), (10_240, "10 KiB"),
            (1_022_976, "999 KiB"), (1_023_999, "1.0 MiB"), (1_048_576, "1.0 MiB"), (5_368_709_120, "5.0 GiB"),
            (UInt64.max, "16 EiB"),
        ] as [(UInt64, String)])
    func `octets are told in three digits`(count: UInt64, text: String) {
        #expect(HumanUnits.octets(count) == text)
    }

    @Test(
        arguments: [
            (0, "0s"), (59, "59s"), (60, "1m 0s"), (3599, "59m 59s"), (3600, "1h 0m"), (86_399, "23h 59m"),
            (86_400, "1d 0h"),
            (788_400, "9d 3h"),
        ] as [(UInt64, String)])
    func `durations are told in their two greatest units`(seconds: UInt64, text: String) {
        #expect(HumanUnits.duration(seconds: seconds) == text)
    }

    @Test func `columns are as wide as they need, names to the left, numbers to the right`() {
        var table = TextTable(.left("NAME"), .right("COUNT"), .left("NOTE"))
        table.rows = [["alice", "7", "zo\u{eb}"], ["b", "1234567", ""]]
        #expect(
            table.lines == [
                "NAME     COUNT  NOTE",
                "alice        7  zo\u{eb}",
                "b      1234567  -",
            ])
    }

    @Test func `tunnels`() {
        #expect(
            ShowTunnels.table([Self.tunnel]).lines == [
                "TUNNEL  PEER ID  PEER    ROLE       HOST NAME  ADDRESS         STATE        SESSIONS  UPTIME  RESENT      RX   TX",
                "     7    40001  bras-1  responder  bras\u{fffd}[2J   192.0.2.2:1701  established        12   1h 2m       0  12 MiB  0 B",
            ])
    }

    @Test func `sessions, with IPv6 alone and while nothing is known yet`() {
        var open = SessionRecord(tunnelID: 7, sessionID: 12, peer: "bras-1", state: "open")
        open.user = "alice"
        open.interface = "ppp0"
        open.address = "100.64.0.2"
        open.ipv6LinkLocal = "fe80::2"
        open.authentication = "ms-chap-v2"
        var ipv6 = open
        ipv6.address = nil
        var early = SessionRecord(tunnelID: 40_001, sessionID: 3, peer: "bras-1", state: "wait-connect")
        early.direction = "outgoing"
        early.calledNumber = "5551234"
        #expect(
            ShowSessions.table([open, ipv6, early]).lines == [
                "SESSION  USER   PEER    ROLE  DIRECTION  CALLED   STATE         INTERFACE  ADDRESS     AUTHENTICATION  "
                    + "UPTIME   RX   TX",
                "7/12     alice  bras-1  lns   incoming   -        open          ppp0       100.64.0.2  ms-chap-v2      "
                    + "    0s  0 B  0 B",
                "7/12     alice  bras-1  lns   incoming   -        open          ppp0       fe80::2     ms-chap-v2      "
                    + "    0s  0 B  0 B",
                "40001/3  -      bras-1  lns   outgoing   5551234  wait-connect  -          -           -               "
                    + "    0s  0 B  0 B",
            ])
    }

    @Test func `clients`() {
        var up = ClientRecord(
            name: "office", state: "open", persistent: true, servers: ["192.0.2.1"], user: "alice")
        up.peerAddress = "192.0.2.1:1701"
        up.interface = "ppp0"
        up.address = "100.64.0.2"
        up.uptimeSeconds = 61
        var waiting = ClientRecord(
            name: "spare", state: "waiting", persistent: true, servers: ["192.0.2.1", "lns.example.net"], user: "alice")
        waiting.redialSeconds = 8
        waiting.lastFailure = "the peer refused our pap"
        #expect(
            ShowClients.table([up, waiting]).lines == [
                "CLIENT  USER   SERVER                     STATE    INTERFACE  ADDRESS     UPTIME  NOTE",
                "office  alice  192.0.2.1:1701             open     ppp0       100.64.0.2   1m 1s  -",
                "spare   alice  192.0.2.1,lns.example.net  waiting  -          -                -  "
                    + "dials in 8s; the peer refused our pap",
            ])
    }

    @Test func `access interfaces, and the lines of their subscribers`() {
        var busy = PPPoERecord(
            interface: "access0.100", acName: "bras-1", services: ["internet", "voice"], sessions: 2, maxSessions: 100,
            maxSessionsPerMAC: 8)
        busy.padiReceived = 9
        busy.padoSent = 4
        busy.padrReceived = 3
        busy.padsSent = 2
        busy.refusalsSent = 1
        busy.padtReceived = 1
        busy.padtSent = 5
        busy.discarded = ["unknown_service": 1, "padi_rate_per_mac": 3, "wrong_cookie": 1]
        let quiet = PPPoERecord(
            interface: "access1", acName: "bras-1", services: [], sessions: 0, maxSessions: 65_534,
            maxSessionsPerMAC: 8)
        #expect(
            ShowPPPoE.table([busy, quiet]).lines == [
                "INTERFACE    AC NAME  SERVICES        SESSIONS  PADI  PADO  PADR  PADS  PADT  REFUSED  DISCARDED",
                "access0.100  bras-1   internet,voice     2/100     9     4     3     2   1/5        1  "
                    + "padi_rate_per_mac 3, unknown_service 1, wrong_cookie 1",
                "access1      bras-1   any              0/65534     0     0     0     0   0/0        0  -",
            ])
        var subscriber = SessionRecord(tunnelID: 0, sessionID: 3, peer: "access0", state: "open")
        subscriber.interface = "ppp0"
        subscriber.accessInterface = "access0"
        subscriber.pppoeSessionID = 77
        subscriber.mac = "02:00:00:00:00:01"
        subscriber.circuitID = "node-1 eth 0/7"
        let lines = ShowSessions.table([subscriber, SessionRecord(tunnelID: 7, sessionID: 1, peer: "x", state: "open")])
            .lines
        #expect(lines.map { $0.hasSuffix("LINE") } == [true, false, false])
        #expect(lines[1].hasSuffix("access0#77 02:00:00:00:00:01 node-1 eth 0/7") && lines[2].hasSuffix("0 B  -"))
    }

    @Test func `peers and pools`() {
        let peers = [
            PeerRecord(
                name: "bras-1", addresses: ["192.0.2.0/24", "2001:db8::/32"], hostNames: [], authentication: true,
                ppp: "subscribers", tunnels: 1, maxTunnels: 8, sessions: 3, maxSessions: nil),
            PeerRecord(
                name: "road", addresses: [], hostNames: ["road"], authentication: false, ppp: nil, tunnels: 0,
                maxTunnels: nil, sessions: 0, maxSessions: nil),
        ]
        #expect(
            ShowPeers.table(peers).lines == [
                "PEER    ADDRESSES                   HOST NAMES  SECRET  PPP          TUNNELS  SESSIONS",
                "bras-1  192.0.2.0/24,2001:db8::/32  any         yes     subscribers      1/8         3",
                "road    any                         road        no      -                  0         0",
            ])
        let pools = [
            PoolRecord(name: "p", ranges: ["10.0.0.2-10.0.0.9"], addresses: 8, leased: 2, reserved: 1, free: 5)
        ]
        #expect(
            ShowPools.table(pools).lines == [
                "POOL  RANGES             ADDRESSES  LEASED  KEPT  FREE",
                "p     10.0.0.2-10.0.0.9          8       2     1     5",
            ])
    }

    @Test func `counters come in the order of their names`() {
        #expect(
            ShowStatistics.table(StatisticsRecord(counters: ["rx_b": 7, "rx_a": 1234])).lines == [
                "COUNTER  VALUE", "rx_a      1234", "rx_b         7",
            ])
    }

    @Test func `the summary`() {
        var summary = SummaryRecord(
            version: "1.0.0", hostName: "lns-1", processID: 42, uptimeSeconds: 61, kernel: "6.1.0",
            listeners: ["192.0.2.1:1701", "[2001:db8::1]:1701"], tunnels: .init(opening: 1, established: 2, closing: 3),
            sessions: .init(established: 5), maxTunnels: nil, maxSessions: 50_000, peers: 1, users: 2, pools: 1,
            addresses: 65_533, leasedAddresses: 9)
        #expect(
            Summary.lines(summary) == [
                "l2tpd 1.0.0 on lns-1, process 42, up 1m 1s, Linux 6.1.0",
                "  listening  192.0.2.1:1701, [2001:db8::1]:1701",
                "  tunnels    2 established, 1 opening, 3 closing",
                "  sessions   5 established, at most 50000",
                "  addresses  9 leased of 65533 in 1 pool",
                "  knows      1 peer, 2 users",
            ])
        summary.hostName = "a\nb"
        #expect(Summary.lines(summary).first?.contains("\n") == false)
    }
}

@Suite struct StoryRenderingTests {
    static let event: EventRecord = {
        var event = EventRecord(time: "2026-01-02T03:04:05.678Z", level: .warning, event: "no address")
        (event.tunnelID, event.sessionID, event.user) = (7, 12, "alice")
        event.details = ["error": "pool \"p\" has none", "step": "x\u{1b}[2J"]
        return event
    }()

    @Test func `an event is a line with whom it is about and what is to be said of it`() {
        let line = EventText.line(Self.event)
        #expect(
            line.contains(
                ":04:05.678  warning: no address  7/12 alice  error=\"pool \"p\" has none\" step=x\u{fffd}[2J"))
        #expect(!EventText.line(Self.event, isStory: true).contains("alice"))
    }

    @Test func `a session's story names what is known and leaves out what is not`() {
        var session = SessionRecord(tunnelID: 7, sessionID: 12, peer: "bras-1", state: "open")
        (session.user, session.interface, session.address, session.localAddress) =
            ("alice", "ppp0", "10.0.0.2", "10.0.0.1")
        (session.rxPackets, session.rxBytes) = (3, 2048)
        var story = SessionStory(session: session, pppPhase: "network")
        story.peerLCP = .init(
            mru: 1500, authentication: nil, magicNumber: "0000abcd", accm: "ffffffff", protocolFieldCompression: true,
            addressAndControlFieldCompression: false)
        (story.echoIntervalSeconds, story.echoFailures, story.timerSeconds) = (30, 3, 12.5)
        story.events = [Self.event]
        let lines = ShowSession.lines(story)
        #expect(lines.first == "session 7/12  alice  open  ppp0")
        #expect(lines.contains("  LCP there  MRU 1500, magic 0000abcd, PFC"))
        #expect(lines.contains("  IPv4       10.0.0.2 from here 10.0.0.1"))
        #expect(lines.contains("  received   3 packets, 2.0 KiB, 0 errors"))
        #expect(lines.contains { $0.contains("echo every 30 s, 3 may be missed, the next in 12.5 s") })
        #expect(!lines.contains { $0.contains("LCP here") || $0.contains("IPv6") || $0.contains("line") })
        #expect(lines.suffix(2).first == "  what happened")
    }

    @Test func `a tunnel's story names no more than some of its sessions`() {
        var story = TunnelStory(tunnel: RenderingTests.tunnel, kernel: "ready")
        story.sessions = (1...12).map { "7/\($0)" }
        let lines = ShowTunnel.lines(story)
        #expect(lines.first == "tunnel 7  established")
        #expect(lines.contains("  sessions  12, 7/1, 7/2, 7/3, 7/4, 7/5, 7/6, 7/7, 7/8, and 4 more"))
        #expect(lines.contains { $0.hasPrefix("  timers    up for 1h 2m, no HELLOs") })
    }
}
