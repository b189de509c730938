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
