import Addresses
import Configuration
import ControlProtocol
import DataPlane
import Glibc
import Instants
import L2TPControl
import L2TPWire
import Linux
import Netlink
import Testing

@testable import L2TPDaemon

/// `/metrics` and `/healthz`: what they say, of what happens in a world of its own.
@Suite struct MetricsTests {
    @Test func `the text says what happened, once, and in its form`() throws {
        let world = try World { configuration, network in
            configuration.metrics = Endpoint(address: network.address(1), port: 9701)
            configuration.daemon.maxSessions = 100
        }
        let (host, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let key = tunnel.key(call)
        world.plane.counters[key] = SessionCounters()
        world.plane.counters[key]?.receivedOctets = 1000
        world.plane.counters[key]?.sentPackets = 3
        _ = tunnel.call("alice", "wrong", at: world.now)
        try world.run(for: .seconds(10))
        let text = try world.get("/metrics")
        #expect(text.status == 200 && text.contentType == "text/plain; version=0.0.4; charset=utf-8")
        for line in [
            "l2tpd_build_info{version=\"\(VersionRecord.current.version)\",kernel=\"in memory\"} 1",
            "# TYPE l2tpd_sessions gauge", "l2tpd_healthy 1", "l2tpd_session_limit 100",
            "l2tpd_tunnels{peer=\"clients\",role=\"responder\",state=\"established\"} 1",
            "l2tpd_sessions{peer=\"clients\",role=\"lns\",state=\"open\"} 1",
            "l2tpd_authentications_total{method=\"ms-chap-v2\",outcome=\"accepted\"} 1",
            "l2tpd_authentications_total{method=\"ms-chap-v2\",outcome=\"wrong_password\"} 1",
            "l2tpd_call_ends_total{peer=\"clients\",stage=\"setup\",cause=\"cdn_sent\",result=\"3\",error=\"0\",reason=\"administrative reasons (3)\"} 1",
            "l2tpd_tunnel_setup_seconds_count{role=\"responder\"} 1",
            "l2tpd_session_setup_seconds_count{role=\"lns\"} 1",
            "l2tpd_session_setup_seconds_bucket{role=\"lns\",le=\"+Inf\"} 1", "l2tpd_session_teardown_seconds_count 1",
            "l2tpd_control_messages_total{direction=\"received\",type=\"SCCRQ\"} 1",
            "l2tpd_control_messages_total{direction=\"received\",type=\"ICRQ\"} 2",
            "l2tpd_control_messages_total{direction=\"sent\",type=\"CDN\"} 1",
            "l2tpd_traffic_bytes_total{peer=\"clients\",direction=\"received\"} 1000",
            "l2tpd_traffic_packets_total{peer=\"clients\",direction=\"sent\"} 3",
            "l2tpd_pool_addresses{pool=\"subscribers\"} 8", "l2tpd_pool_leased_addresses{pool=\"subscribers\"} 1",
            "l2tpd_tunnel_ends_total{peer=\"clients\",stage=\"open\",cause=\"peer_lost\",result=\"\",error=\"\",reason=\"\"} 0",
            "l2tpd_events_total{event=\"sessions_opened\"} 1", "process_start_time_seconds 1000000",
            "l2tpd_retransmissions_total{peer=\"clients\"} 0", "l2tpd_send_queue_messages{peer=\"clients\"} 0",
        ] {
            #expect(text.lines.filter { $0 == line }.count == 1, "\(line)")
        }
        text.expectForm()

        // What has gone stays counted.
        host.isDeaf = false
        tunnel.tell(.close(ResultCode(.generalClear)), at: world.now)
        #expect(try world.run { world.sessions.isEmpty })
        try world.run(for: .seconds(40))
        let after = try world.get("/metrics")
        for line in [
            "l2tpd_traffic_bytes_total{peer=\"clients\",direction=\"received\"} 1000",
            "l2tpd_retransmissions_total{peer=\"clients\"} 0", "l2tpd_tunnel_teardown_seconds_count 1",
            "l2tpd_session_teardown_seconds_count 2",
        ] {
            #expect(after.lines.contains(line), "\(line)")
        }
        #expect(!after.lines.contains { $0.hasPrefix("l2tpd_tunnels{") || $0.hasPrefix("l2tpd_sessions{") })
        let ends = after.lines.filter { $0.hasPrefix("l2tpd_tunnel_ends_total{") && !$0.hasSuffix(" 0") }
        #expect(
            ends.count == 1 && ends[0].contains("stage=\"open\",cause=\"stopccn_received\",result=\"1\""), "\(ends)")
    }

    @Test func `a refused tunnel and a message that cannot be read are told with their codes`() throws {
        let world = try World { configuration, network in
            configuration.metrics = Endpoint(address: network.address(1), port: 9701)
            configuration.peers[0].hostNames = ["somebody"]
        }
        let host = try world.addHost()
        _ = host.open(id: 7, at: world.now) { _ in }
        host.send([0xc8, 0x01, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0])
        try world.run(for: .seconds(2))
        let text = try world.get("/metrics")
        #expect(
            text.lines.contains {
                $0.hasPrefix(
                    "l2tpd_tunnel_ends_total{peer=\"\",stage=\"setup\",cause=\"stopccn_sent\",result=\"4\",error=\"0\",reason=\"not authorized (4)\"} "
                )
            })
        #expect(text.lines.contains("l2tpd_decode_errors_total{kind=\"unsupported_version\"} 1"))
        text.expectForm()
    }

    @Test func `labels are escaped, and families without a sample are named all the same`() {
        var exposition = Exposition()
        exposition.add(.tunnels, ["peer": "a\"b\\c\nd"], 1)
        exposition.add(.workerSilence, [:], 0.25)
        let text = Page(status: 200, contentType: "", body: String(decoding: exposition.octets, as: UTF8.self))
        #expect(text.lines.contains("l2tpd_tunnels{peer=\"a\\\"b\\\\c\\nd\"} 1"))
        #expect(text.lines.contains("l2tpd_worker_silence_seconds 0.25"))
        #expect(text.lines.count == 2 * Metric.allCases.count + 2)
        text.expectForm()
    }

    @Test func `codes without a meaning are counted together`() {
        let end = Occurrence.End(
            CallEnd.peer(ResultCode(CDNResult(rawValue: 999), error: GeneralError(rawValue: 77))), peer: "p",
            wasOpen: true)
        #expect(end.result == "other" && end.error == "other" && end.reason == "other, other")
        let version = Occurrence.End(
            TunnelEnd.peer(ResultCode(.unsupportedVersion, error: GeneralError(rawValue: 0x0100))), peer: "p",
            wasOpen: false)
        #expect(version.result == "5" && version.error == "0")
    }

    @Test(
        arguments: [
            ([], "ZLB"), ([0x80, 8, 0, 0, 0, 0, 0, 6], "HELLO"), ([0x80, 8, 0, 0, 0, 0, 0, 99], "other"),
            ([0xc0, 8, 0, 0, 0, 0, 0, 6], "other"), ([0x80, 8], "other"), ([0x80, 8, 0, 9, 0, 0, 0, 6], "other"),
        ] as [([UInt8], String)]) func `a control message is counted by its type`(body: [UInt8], name: String)
    {
        #expect("\(ControlMessageKind(body: body))" == name)
    }

    @Test func `a histogram counts each time at its bound and in its sum`() {
        var histogram = Histogram(bounds: [0.1, 1])
        for time in [0.05, 0.1, 0.5, 3] { histogram.observe(.seconds(time)) }
        #expect(histogram.counts == [2, 1, 1] && abs(histogram.sum - 3.65) < 1e-9 && histogram.count == 4)
        var exposition = Exposition()
        exposition.add(.loopTurns, [:], histogram)
        let text = String(decoding: exposition.octets, as: UTF8.self)
        #expect(
            text.contains(
                """
                l2tpd_event_loop_turn_seconds_bucket{le="0.1"} 2
                l2tpd_event_loop_turn_seconds_bucket{le="1"} 3
                l2tpd_event_loop_turn_seconds_bucket{le="+Inf"} 4
                l2tpd_event_loop_turn_seconds_sum 3.65
                l2tpd_event_loop_turn_seconds_count 4

                """))
    }

    @Test func `a kernel that does not tell its counters does not keep us from telling ours`() throws {
        let world = try World { configuration, network in
            configuration.metrics = Endpoint(address: network.address(1), port: 9701)
        }
        let (_, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel)
        world.plane.isStalled = true
        #expect(try world.get("/metrics").lines.contains("l2tpd_pool_leased_addresses{pool=\"subscribers\"} 1"))
        world.plane.isStalled = false
    }

    @Test func `health is good, tells what is not, and a pool that is empty is a warning`() throws {
        let world = try World { configuration, network in
            configuration.metrics = Endpoint(address: network.address(1), port: 9701)
            configuration.pools[0].ranges = [AddressRange("100.64.0.2-100.64.0.2")].compactMap(\.self)
        }
        let client = try world.addControlClient()
        #expect(try world.get("/healthz") == Page(status: 200, body: "good\n"))
        let (_, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel)
        let warning = "the pool subscribers has no free address"
        #expect(try world.get("/healthz") == Page(status: 200, body: "good\n  warning  pools: \(warning)\n"))

        world.plane.backlogs[.setup] = Backlog()
        world.plane.backlogs[.setup]?.posted(at: world.now)
        try world.run(for: .seconds(29))
        #expect(world.service.health(at: world.now).status == .good)
        try world.run(for: .seconds(2))
        let page = try world.get("/healthz")
        #expect(page.status == 503 && page.lines.first == "degraded")
        #expect(page.body.contains("  degraded  workers: the worker setup has 1 orders and has done none for 31 s\n"))
        try client.ask(.health)
        #expect(try world.run { client.replies.count == 1 })
        guard case .health(let record)? = client.replies.first else {
            Issue.record("\(client.replies)")
            return
        }
        #expect(record.status == .degraded && record.checks.first { $0.name == "pools" }?.status == .warning)
        #expect(try world.get("/metrics").lines.contains("l2tpd_healthy 0"))
        world.plane.backlogs[.setup]?.answered(at: world.now)
        #expect(try world.get("/healthz").status == 200)

        try world.removeControlSocket()
        #expect(try world.get("/healthz").body.contains("control_socket: its file is gone, or is another's\n"))
    }

    @Test func `a slow turn of the loop is remembered for a while`() {
        var watch = TurnWatch()
        let start = Instant.now
        #expect(watch.slowest(at: start) == nil)
        watch.note(.seconds(2), at: start)
        watch.note(.milliseconds(1), at: start + .seconds(10))
        #expect(watch.slowest(at: start + .seconds(50)) == .seconds(2))
        watch.note(.milliseconds(1), at: start + .seconds(61))
        #expect(watch.slowest(at: start + .seconds(100)) == .seconds(2))
        watch.note(.milliseconds(1), at: start + .seconds(122))
        #expect(watch.slowest(at: start + .seconds(122)) == .milliseconds(1))
        #expect(watch.slowest(at: start + .seconds(400)) == nil)
    }

    @Test func `other paths are told what there is, and without the table there is no listener`() throws {
        let world = try World { configuration, network in
            configuration.metrics = Endpoint(address: network.address(1), port: 9701)
        }
        #expect(try world.get("/") == Page(status: 404, body: "there are /metrics and /healthz\n"))
        #expect(try World().service.http == nil)
    }

    @Test func `systemd's watchdog hears of each half of its time, by the loop alone`() throws {
        let manager = try ServiceManager()
        let world = try World(notify: manager.path, watchdog: .seconds(10))
        #expect(manager.received() == ["READY=1"])
        try world.run(for: .seconds(21))
        #expect(manager.received() == [String](repeating: "WATCHDOG=1", count: 5), "at once and every 5 s")
        // Nothing runs while the loop does not.
        usleep(20_000)
        #expect(manager.received() == [])
        let other = try World(notify: manager.path)
        try other.run(for: .seconds(60))
        #expect(manager.received() == ["READY=1"])
    }
}
