import Addresses
import Configuration
import ControlProtocol
import Testing

@Suite struct ReloadTests {
    @Test func `a reload without changes says nothing`() throws {
        let configuration = try parse(example)
        let reload = Reload(from: configuration, to: configuration)
        #expect(reload.configuration == configuration)
        #expect(reload.record == ReloadRecord())
    }

    @Test func `peers, PPP, pools, users, limits and the log level follow the new file`() throws {
        let old = try parse(example)
        var new = old
        new.logLevel = .debug
        new.daemon.maxSessions = 7
        new.peers[0].maxTunnels = 9
        new.profiles[0].mru = 1400
        new.pools.append(Pool(name: "more", ranges: []))
        new.users = (1...11).map { User(name: "user-\($0)", password: Secret("x")) }
        let reload = Reload(from: old, to: new)
        #expect(reload.configuration == new)
        #expect(
            reload.record
                == ReloadRecord(
                    applied: [
                        "log.level is debug", "limits of [daemon] changed", "peer \"bras-1\" changed",
                        "ppp \"subscribers\" changed", "pool \"more\" added", "11 users added",
                        "user \"alice\" removed",
                    ], notApplied: []))
    }

    @Test func `listeners, the control socket and the Host Name stay and are named`() throws {
        let old = try parse(example)
        var new = old
        new.listeners.append(Endpoint(address: .v6(.any), port: 1701))
        new.daemon.controlSocket = "/run/other.sock"
        new.daemon.hostName = nil
        new.metrics = Endpoint(address: .v6(.any), port: 9701)
        let reload = Reload(from: old, to: new)
        #expect(reload.configuration == old)
        #expect(
            reload.record
                == ReloadRecord(
                    applied: [],
                    notApplied: [
                        "[[listener]] changed; restart l2tpd", "daemon.control_socket changed; restart l2tpd",
                        "daemon.host_name changed; restart l2tpd", "[metrics] changed; restart l2tpd",
                    ]))
    }
}
