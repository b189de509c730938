import ControlProtocol
import Testing

@Suite struct ReplyTests {
    static let session: SessionRecord = {
        var session = SessionRecord(tunnelID: 7, sessionID: 12, peer: "bras-1", state: "open")
        session.peerTunnelID = 1
        session.user = "alice"
        session.address = "100.64.0.2"
        session.rxBytes = 18_446_744_073_709_551_615
        return session
    }()

    static let tunnel: TunnelRecord = {
        var tunnel = TunnelRecord(
            tunnelID: 7, peer: "bras-1", peerAddress: "[2001:db8::2]:1701", localAddress: "[2001:db8::1]:1701",
            state: "established")
        tunnel.peerHostName = "bras \"one\"\nmore"
        tunnel.retransmissions = 3
        return tunnel
    }()

    static let summary = SummaryRecord(
        version: "1.0.0", hostName: "lns-1", processID: 42, uptimeSeconds: 61, kernel: "6.1.0",
        listeners: ["192.0.2.1:1701"], tunnels: .init(opening: 1, established: 2, closing: 3), sessions: .init(),
        maxTunnels: nil, maxSessions: 50_000, peers: 1, users: 2, pools: 1, addresses: 65_533, leasedAddresses: 9)

    static let call: CallRecord = {
        var call = CallRecord(peer: "bras-1", calledNumber: "5551234", callSerialNumber: 9)
        call.failure = "closed by the peer: busy (8)"
        call.resultCode = 8
        return call
    }()

    static let event: EventRecord = {
        var event = EventRecord(time: "2026-01-02T03:04:05.678Z", level: .notice, event: "authentication refused")
        (event.tunnelID, event.sessionID) = (7, 12)
        (event.peer, event.user, event.interface) = ("bras-1", "alice", "ppp0")
        event.details = ["reason": "wrong password"]
        return event
    }()
    static let sessionStory: SessionStory = {
        var story = SessionStory(session: session, pppPhase: "network")
        story.localLCP = .init(
            mru: 1460, authentication: "pap", magicNumber: "0000abcd", accm: "ffffffff",
            protocolFieldCompression: false,
            addressAndControlFieldCompression: true)
        story.networks = ["ipv4"]
        story.timerSeconds = 1.5
        story.events = [event]
        return story
    }()
    static let tunnelStory: TunnelStory = {
        var story = TunnelStory(tunnel: tunnel, kernel: "ready")
        story.sessions = ["7/12"]
        story.events = [event]
        return story
    }()
    static let packet: PacketRecord = {
        var packet = PacketRecord(
            time: 1_700_000_000_000_000, .received, .l2tp, local: "192.0.2.1:1701", remote: "192.0.2.2:1701",
            Array(0...255))
        packet.tunnelID = 7
        packet.peerSessionID = 9
        packet.user = "alice"
        return packet
    }()

    static let replies: [Reply] = [
        .version(VersionRecord(version: "1.0.0")), .summary(summary), .tunnel(tunnel), .session(session),
        .peer(
            PeerRecord(
                name: "bras-1", addresses: ["192.0.2.0/24"], hostNames: [], authentication: true, ppp: "subscribers",
                tunnels: 1, maxTunnels: 8, sessions: 3, maxSessions: nil)),
        .pool(PoolRecord(name: "p", ranges: ["10.0.0.2-10.0.0.9"], addresses: 8, leased: 2, reserved: 1, free: 5)),
        .client(
            ClientRecord(
                name: "office", state: "waiting", persistent: true, servers: ["lns.example.net"], user: "alice")),
        .pppoe(
            PPPoERecord(
                interface: "access0", acName: "bras-1", services: ["internet"], sessions: 1, maxSessions: 100,
                maxSessionsPerMAC: 8)),
        .lease(
            LeaseRecord(
                pool: "p", address: "10.0.0.2", user: "alice", session: SessionName(tunnelID: 7, sessionID: 12),
                uptimeSeconds: 61)),
        .opened(
            OpenRecord(
                group: "isp",
                tunnels: [
                    .init(lns: "192.0.2.1", tunnelID: 7), .init(lns: "lns.example.net", failure: "no address"),
                ])),
        .call(call), .call(CallRecord(peer: "bras-1", calledNumber: "5551234", callSerialNumber: 9)),
        .statistics(StatisticsRecord(counters: ["rx_control_messages": 12])),
        .health(
            HealthRecord(checks: [
                .init("event_loop", reasons: []), .init("pools", .warning, reasons: ["the pool p has no free address"]),
            ])),
        .event(event), .sessionStory(sessionStory), .tunnelStory(tunnelStory),
        .end(count: 10_000),
        .closed(CloseRecord(closed: ["7/12"], refused: [.init(name: "9", code: .notFound, message: "no session 9")])),
        .configuration(ConfigurationRecord(toml: "[log]\nlevel = \"info\"\n")),
        .reloaded(ReloadRecord(applied: ["peer bras-1 added"], notApplied: ["listeners"])),
        .done, .missed(count: 12), .packet(packet),
        .error(ControlError(code: .busy, message: "going down")),
    ]

    @Test(arguments: replies) func `a reply is written as one line and read back`(reply: Reply) throws {
        let line = try ControlLine.encode(reply)
        #expect(line.filter { $0 == 0x0a }.count == 1 && line.last == 0x0a)
        #expect(try ControlLine.decode(Reply.self, from: line.dropLast()) == reply)
    }

    @Test func `the keys of a session are those that scripts rely on`() throws {
        let text = String(decoding: try ControlLine.encode(Reply.session(Self.session)), as: UTF8.self)
        #expect(
            text == """
                {"address":"100.64.0.2","direction":"incoming","peer":"bras-1","peer_tunnel_id":1,"proxy_authentication":false,"proxy_lcp":false,\
                "reply":"session","role":"lns","rx_bytes":18446744073709551615,"rx_errors":0,"rx_packets":0,"sequencing":false,\
                "session_id":12,"state":"open","tunnel_id":7,"tx_bytes":0,"tx_errors":0,"tx_packets":0,\
                "uptime_seconds":0,"user":"alice"}

                """)
    }

    @Test func `the keys of a tunnel are those that scripts rely on`() throws {
        let text = String(decoding: try ControlLine.encode(Reply.tunnel(Self.tunnel)), as: UTF8.self)
        #expect(
            text == #"""
                {"authenticated":false,"congestion_window":0,"duplicates":0,"local_address":"[2001:db8::1]:1701",\#
                "peer":"bras-1","peer_address":"[2001:db8::2]:1701",\#
                "peer_host_name":"bras \"one\"\nmore","peer_receive_window":0,"queued_messages":0,"receive_window":0,\#
                "reply":"tunnel","retransmissions":3,"role":"responder","rx_bytes":0,"rx_errors":0,"rx_packets":0,\#
                "sessions":0,"state":"established","tunnel_id":7,"tx_bytes":0,"tx_errors":0,\#
                "tx_packets":0,"uptime_seconds":0,"version":2}

                """#)
    }

    @Test func `the keys of the summary are those that scripts rely on`() throws {
        let text = String(decoding: try ControlLine.encode(Reply.summary(Self.summary)), as: UTF8.self)
        #expect(
            text == """
                {"addresses":65533,"clients":0,"clients_up":0,"host_name":"lns-1","kernel":"6.1.0","leased_addresses":9,\
                "listeners":["192.0.2.1:1701"],"max_sessions":50000,"peers":1,"pools":1,"process_id":42,\
                "reply":"summary","sessions":{"closing":0,"established":0,"opening":0},\
                "tunnels":{"closing":3,"established":2,"opening":1},"uptime_seconds":61,"users":2,"version":"1.0.0"}

                """)
    }
}
