import Addresses
import ArgumentParser
import Glibc
import Linux
import Netlink
import Testing

@testable import l2tpctl

@Suite struct KernelCommandTests {
    private static let tunnel = KernelTunnel(
        id: 10, peerID: 20, version: 3,
        local: Endpoint(address: .v4(IPv4Address(192, 0, 2, 1)), port: 1701),
        remote: Endpoint(address: .v4(IPv4Address(192, 0, 2, 2)), port: 1702), checksums: false)
    private static let session = KernelSession(
        tunnel: 10, id: 1, peerTunnel: 20, peerID: 2, pseudowire: .ethernet, interface: "wire0",
        cookie: [0, 1, 0xfe, 0xff], peerCookie: [1, 2, 3, 4, 5, 6, 7, 8], isLNS: false, sendsSequence: true,
        reorderTimeout: 100)

    @Test func `a tunnel from the command line`() throws {
        let add = try #require(
            try L2TPCtl.parseAsRoot([
                "kernel", "add", "tunnel", "10", "--peer-id", "20", "--local", "192.0.2.1", "--remote", "192.0.2.2",
                "--remote-port", "1702", "--no-checksums",
            ]) as? KernelAdd.Tunnel)
        #expect(add.tunnel == Self.tunnel)
        let overIP = try #require(
            try L2TPCtl.parseAsRoot([
                "kernel", "add", "tunnel", "10", "--peer-id", "20", "--local", "2001:db8::1", "--remote",
                "2001:db8::2", "--encapsulation", "ip",
            ]) as? KernelAdd.Tunnel)
        #expect(overIP.tunnel.encapsulation == .ip && overIP.tunnel.local?.port == 0)
        #expect(overIP.tunnel.checksums == nil)
    }

    @Test func `a session from the command line`() throws {
        let add = try #require(
            try L2TPCtl.parseAsRoot([
                "kernel", "add", "session", "10/1", "--peer-id", "2", "--interface", "wire0", "--cookie", "0001feff",
                "--peer-cookie", "0102030405060708", "--sequence", "send", "--reorder-timeout", "100",
            ]) as? KernelAdd.Session)
        #expect(try add.session(in: Self.tunnel) == Self.session)
        var old = Self.tunnel
        old.version = 2
        let refusal = #expect(throws: Failure.self) { try add.session(in: old) }
        #expect(
            try #require(refusal).description.contains(
                "10/1 is not added (tunnel 10 is v2 over udp); L2TPv2 has no cookies"))
        let plain = try #require(
            try L2TPCtl.parseAsRoot(["kernel", "add", "session", "10/1", "--peer-id", "2"]) as? KernelAdd.Session)
        #expect(try plain.session(in: old).pseudowire == .ppp)
        #expect(try plain.session(in: Self.tunnel).pseudowire == .ethernet)
    }

    @Test func `changes from the command line`() throws {
        let modify = try #require(
            try L2TPCtl.parseAsRoot(["kernel", "modify", "session", "wire0", "--sequence", "receive", "--no-lns"])
                as? KernelModify.Session)
        #expect(modify.name == .interface("wire0"))
        #expect(modify.changes == SessionChanges(isLNS: false, sendsSequence: false, requiresSequence: true))
        let delete = try #require(
            try L2TPCtl.parseAsRoot(["kernel", "delete", "session", "10/1", "wire0"]) as? KernelDelete.Session)
        #expect(delete.names == [.ids(tunnel: 10, session: 1), .interface("wire0")])
    }

    private static let ends = ["--local", "192.0.2.1", "--remote", "192.0.2.2"]

    @Test(
        arguments: [
            ["kernel", "add", "tunnel", "10"],
            ["kernel", "add", "tunnel", "0", "--peer-id", "1"] + ends,
            ["kernel", "add", "tunnel", "70000", "--peer-id", "1", "--protocol-version", "2"] + ends,
            ["kernel", "add", "tunnel", "1", "--peer-id", "1", "--protocol-version", "4"] + ends,
            ["kernel", "add", "tunnel", "1", "--peer-id", "1", "--encapsulation", "ip", "--local-port", "5"] + ends,
            ["kernel", "add", "tunnel", "1", "--peer-id", "1", "--encapsulation", "ip", "--protocol-version", "2"]
                + ends,
            ["kernel", "add", "tunnel", "1", "--peer-id", "1", "--encapsulation", "gre"] + ends,
            ["kernel", "add", "tunnel", "1", "--peer-id", "1", "--take-no-checksum"] + ends,
            ["kernel", "add", "tunnel", "1", "--peer-id", "1", "--local", "192.0.2.1", "--remote", "2001:db8::1"],
            ["kernel", "add", "session", "10", "--peer-id", "1"],
            ["kernel", "add", "session", "10/1", "--peer-id", "1", "--cookie", "012345"],
            ["kernel", "add", "session", "10/1", "--peer-id", "1", "--interface", "a/b"],
            ["kernel", "modify", "session", "10/1"], ["kernel", "delete", "session"], ["kernel", "delete", "tunnel"],
            ["kernel", "show", "sessions", "12"], ["monitor", "--kernel", "--daemon"],
            ["monitor", "--kernel", "--user", "alice"],
        ]) func `what is not understood is status 64`(arguments: [String]) throws
    {
        let error = #expect(throws: (any Error).self) { try L2TPCtl.parseAsRoot(arguments) }
        #expect(error.map { L2TPCtl.exitCode(for: $0).rawValue } == 64)
    }

    @Test func `tables`() {
        #expect(
            TextTable([Self.tunnel]).lines == [
                "TUNNEL  PEER ID  PROTOCOL     LOCAL           PEER            CHECKSUMS   RX   TX  RX ERRORS",
                "    10       20  v3 over udp  192.0.2.1:1701  192.0.2.2:1702  off        0 B  0 B          0",
            ])
        #expect(
            TextTable([Self.session]).lines == [
                "SESSION  PEER IDS  CARRIES   INTERFACE  COOKIE    PEER COOKIE       SEQUENCE  REORDER  ROLE   RX   TX  RX ERRORS",
                "10/1     20/2      ethernet  wire0      0001feff  0102030405060708  send      100 ms   lac   0 B  0 B          0",
            ])
    }

    @Test func `records`() throws {
        let counters = """
            "counters":{"rx_bytes":0,"rx_cookie_discards":0,"rx_errors":0,"rx_invalid":0,"rx_out_of_sequence":0,\
            "rx_packets":0,"rx_sequence_discards":0,"tx_bytes":0,"tx_errors":0,"tx_packets":0}
            """
        #expect(
            try JSONText.line(KernelTunnelRecord(Self.tunnel))
                == "{\"checksums\":false," + counters
                + ",\"encapsulation\":\"udp\",\"local_address\":\"192.0.2.1:1701\","
                + "\"peer_address\":\"192.0.2.2:1702\",\"peer_tunnel_id\":20,\"tunnel_id\":10,\"version\":3}")
        #expect(
            try JSONText.line(KernelSessionRecord(Self.session))
                == "{\"cookie\":\"0001feff\"," + counters
                + ",\"interface\":\"wire0\",\"peer_cookie\":\"0102030405060708\","
                + "\"peer_session_id\":2,\"peer_tunnel_id\":20,\"pseudowire\":\"ethernet\",\"reorder_timeout_ms\":100,"
                + "\"requires_sequence\":false,\"role\":\"lac\",\"sends_sequence\":true,\"session_id\":1,\"tunnel_id\":10,"
                + "\"uses_ipsec\":false}")
    }

    @Test func `news for people and for programs`() throws {
        let link = NetworkLink(
            index: 7, name: "wire0", kind: "l2tpeth", isEthernet: true, isUp: true, isRunning: true, mtu: 1446)
        let news: [KernelTimeline.News] = [
            .watching(tunnels: 1, sessions: 0, links: 2), .created(.tunnel(Self.tunnel)),
            .modified(.session(Self.session)), .modified(.link(link)), .deleted(.link(link)),
        ]
        #expect(
            news.map(\.text) == [
                "watching: the kernel has 1 tunnel, 0 sessions, 2 interfaces of theirs",
                "tunnel 10 created: v3 over udp, 192.0.2.1:1701 to 192.0.2.2:1702, the peer's 20, no checksums",
                "session 10/1 modified: ethernet, interface wire0, the peer's 20/2, lac, sequence send, reorder 100 ms, cookies",
                "interface wire0 modified: l2tpeth, up, mtu 1446", "interface wire0 deleted",
            ])
        let time = WallTime(milliseconds: 1_767_323_045_678)
        #expect(
            try JSONText.line(NewsRecord(.modified(.link(link)), at: time))
                == "{\"event\":\"link_modified\",\"link\":{\"index\":7,\"kind\":\"l2tpeth\",\"mtu\":1446,\"name\":\"wire0\","
                + "\"running\":true,\"up\":true},\"source\":\"kernel\",\"time\":\"2026-01-02T03:04:05.678Z\"}")
        #expect(
            try JSONText.line(NewsRecord(.deleted(.tunnel(Self.tunnel)), at: time))
                == "{\"event\":\"tunnel_deleted\",\"source\":\"kernel\",\"time\":\"2026-01-02T03:04:05.678Z\",\"tunnel\":{\"checksums\":false,"
                + "\"encapsulation\":\"udp\",\"local_address\":\"192.0.2.1:1701\",\"peer_address\":\"192.0.2.2:1702\","
                + "\"peer_tunnel_id\":20,\"tunnel_id\":10,\"version\":3}}")
        #expect(
            try JSONText.line(NewsRecord(.lost, at: time))
                == "{\"event\":\"events_lost\",\"source\":\"kernel\",\"time\":\"2026-01-02T03:04:05.678Z\"}")
    }

    @Test(
        arguments: [
            (.show, EPERM, "CAP_NET_ADMIN"), (.find, ENOENT, "modprobe l2tp_netlink"),
            (.addTunnel, EEXIST, "choose another"), (.addTunnel, EADDRINUSE, "--local-port"),
            (.addTunnel, EPROTONOSUPPORT, "l2tp_ip6"), (.addSession, EPROTONOSUPPORT, "l2tp_eth"),
            (.delete, ENODEV, "kernel show"), (.modify, EBUSY, "try again"),
        ] as [(KernelTask, Int32, String)])
    func `a refusal says what to do`(task: KernelTask, code: Int32, advice: String) {
        let failure = Failure.kernel("it is not done", task, Errno("L2TP_CMD", code: code))
        #expect(failure.status == 1)
        #expect(failure.description.hasPrefix("it is not done (L2TP_CMD: "))
        #expect(failure.description.contains(advice), "\(failure)")
    }
}
