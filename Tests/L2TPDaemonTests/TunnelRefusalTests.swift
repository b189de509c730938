import Addresses
import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import Testing

@testable import L2TPDaemon

/// Who may have a tunnel or a call, and what the others are told.
@Suite struct TunnelRefusalTests {
    /// The code of the only StopCCN that a request led to.
    static func refusal(
        of request: SCCRQ = .plain(id: 99), _ change: (inout Configuration, World.Network) throws -> Void,
        before: (World, Host) throws -> Void = { _, _ in }
    ) throws -> (ResultCode<StopCCNResult>?, World) {
        let world = try World(change)
        let host = try world.addHost()
        try before(world, host)
        let earlier = host.stops.count
        host.send(.sccrq(request))
        try world.settle()
        #expect(host.stops.count <= earlier + 1)
        return (host.stops.dropFirst(earlier).first?.resultCode, world)
    }

    @Test func `RES-03 AUT-05 an unknown peer is refused with StopCCN 4 and nothing is kept`() throws {
        let (code, world) = try Self.refusal { configuration, _ in configuration.peers[0].hostNames = ["somebody"] }
        #expect(code?.result == .notAuthorized)
        #expect(world.server.table.count == 0 && world.statistic(.unknownPeers) == 1)
    }

    @Test func `AUT-05 each peer behind one address has its own secret`() throws {
        let world = try World { configuration, _ in
            configuration.peers = ["bras-1", "bras-2"].map {
                Peer(
                    name: $0, addresses: configuration.peers[0].addresses, hostNames: [$0],
                    tunnel: TunnelSettings(secret: Secret("secret of \($0)")), ending: .here(configuration.profiles[0]))
            }
        }
        let host = try world.addHost()
        func open(_ id: UInt16, _ name: String, _ secret: String) throws -> ClientTunnel {
            let tunnel = host.open(id: id, at: world.now) {
                $0.hostName = Text(name)
                $0.secret = Array(secret.utf8)
                $0.requiresAuthentication = true
            }
            #expect(try world.run { tunnel.isOpen || tunnel.end != nil })
            try world.settle()
            return tunnel
        }
        let first = try open(1, "bras-1", "secret of bras-1")
        let second = try open(2, "bras-2", "secret of bras-2")
        let third = try open(3, "bras-2", "secret of bras-1")
        #expect(first.end == nil && world.context(of: first)?.counterpart.name == "bras-1")
        #expect(second.end == nil && world.context(of: second)?.counterpart.name == "bras-2")
        #expect(third.end != nil)
    }

    @Test func `RES-03 a wrong secret ends in StopCCN 4`() throws {
        let world = try World { configuration, _ in
            configuration.peers[0].tunnel.secret = Secret("right")
            configuration.peers[0].tunnel.requireAuthentication = true
        }
        let host = try world.addHost()
        let tunnel = host.open(id: 5, at: world.now) { $0.secret = Array("wrong".utf8) }
        #expect(try world.run { tunnel.end != nil })
        #expect(host.stops.first?.resultCode.result == .notAuthorized)
        #expect(world.plane.calls.allSatisfy { $0.kind == .removeLeftovers }, "the kernel has not heard of it")
        try world.expectNothingLeft()
    }

    @Test func `RES-03 SSF-10 each limit on tunnels is told with StopCCN 2 and error 4`() throws {
        let limits: [(String, (inout Configuration) -> Void)] = [
            ("max_tunnels is", { $0.daemon.maxTunnels = 1 }),
            ("max_tunnels of peer", { $0.peers[0].maxTunnels = 1 }),
        ]
        for (name, limit) in limits {
            let (code, world) = try Self.refusal { configuration, _ in
                limit(&configuration)
            } before: { world, host in
                _ = try world.openTunnel(on: host)
            }
            #expect(code?.result == .generalError && code?.error == .insufficientResources)
            #expect(code?.text?.string.contains(name) == true)
            #expect(world.server.table.liveCount == 1)
        }
    }

    @Test func `HRD-01 half-open tunnels are limited, over all and for each source, and told so`() throws {
        for (name, host) in [("max_half_open_per_source", 2), ("max_half_open is", 3)] {
            let world = try World { configuration, _ in
                configuration.daemon.maxHalfOpenPerSource = 3
                configuration.daemon.maxHalfOpen = host == 2 ? 100 : 3
            }
            let flooder = try world.addHost(2)
            for id in 1...3 { flooder.send(.sccrq(.plain(id: UInt16(id)))) }
            try world.settle()
            #expect(world.server.table.halfOpenCount == 3 && flooder.stops.isEmpty)
            let last = host == 2 ? flooder : try world.addHost(host)
            last.send(.sccrq(.plain(id: 99)))
            try world.settle()
            let code = try #require(last.stops.first?.resultCode)
            #expect(code.result == .generalError && code.error == .insufficientResources)
            #expect(code.text?.string.contains(name) == true)
            // Whoever does not go on is given up, and there is room again.
            #expect(try world.run { world.server.table.count == 0 })
            #expect(world.plane.calls.allSatisfy { $0.kind == .removeLeftovers })
        }
    }

    @Test func `HRD-01 a flood of SCCRQs neither ends nor hinders the tunnel that stands`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let flooders = try (10...29).map { try world.addHost($0) }
        for id in 1...100 {
            for flooder in flooders { flooder.send(.sccrq(.plain(id: UInt16(id)))) }
            try world.settle()
        }
        #expect(world.server.table.halfOpenCount <= Daemon().maxHalfOpen)
        #expect(world.server.table.count <= Daemon().sccrqRate + 1)
        #expect(world.statistic(.requestsOverRate) > 0)
        let call = try world.openCall(in: tunnel)
        #expect(call.isOpen)
        #expect(world.plane.tunnels.count == 1, "invariant 7: nothing of the kernel's for a bare SCCRQ")
    }

    @Test func `HRD-02 who has not proven himself is sent little and not for long`() throws {
        let world = try World()
        let host = try world.addHost()
        host.send(.sccrq(.plain))
        #expect(try world.run { world.server.table.count == 0 })
        #expect(host.received(.sccrp) <= 4 && host.stops.isEmpty)
        #expect(host.datagramCount <= 5)
    }

    @Test func `HRD-02 refusals have a rate and what is over it is dropped in silence`() throws {
        let world = try World { configuration, _ in
            configuration.daemon.refusalRate = 5
            configuration.peers[0].hostNames = ["somebody"]
        }
        let host = try world.addHost()
        for id in 1...20 { host.send(.sccrq(.plain(id: UInt16(id)))) }
        try world.settle()
        #expect(host.stops.count == 5)
        #expect(world.statistic(.tunnelsRefused) == 20 && world.statistic(.refusalsWithheld) == 15)
        #expect(host.stops.allSatisfy { $0.resultCode.result == .notAuthorized })
    }

    @Test func `HRD-02 the rate of SCCRQs of one source is bounded`() throws {
        let world = try World { configuration, _ in configuration.daemon.sccrqRatePerSource = 3 }
        let host = try world.addHost()
        for id in 1...10 { host.send(.sccrq(.plain(id: UInt16(id)))) }
        try world.settle()
        #expect(host.received(.sccrp) == 3 && world.statistic(.requestsOverRate) == 7)
    }

    @Test func `RES-03 an SCCRQ that cannot be read is answered with its code`() throws {
        let (version, _) = try Self.refusal(
            of: SCCRQ(
                protocolVersion: ProtocolVersion(version: 2, revision: 0), hostName: "x", assignedTunnelID: TunnelID(3))
        ) { _, _ in }
        #expect(version?.result == .unsupportedVersion)
        // Without a Host Name nobody can say whose secret it is.
        let world = try World()
        let host = try world.addHost()
        var body = MessageEncoder.encode(.sccrq(.plain))
        let name: [UInt8] = [0x80, 12, 0, 0, 0, 7] + Array("client".utf8)
        let place = try #require(body.indices.first { body[$0...].starts(with: name) })
        body.removeSubrange(place..<place + name.count)
        host.send(ControlHeader(tunnelID: .none, ns: .zero, nr: .zero).encoded(body: body))
        try world.settle()
        #expect(host.stops.first?.resultCode.result == .generalError)
        #expect(world.server.table.count == 0 && world.statistic(.malformedMessages) == 1)
    }

    @Test func `HRD-04 an SCCRQ that does not begin a sequence leaves nothing behind`() throws {
        let world = try World()
        let host = try world.addHost()
        host.send(.sccrq(.plain), ns: 5)
        try world.settle()
        #expect(world.server.table.count == 0 && host.datagramCount == 0)
        #expect(world.statistic(.malformedMessages) == 1)
    }

    @Test(arguments: ["max_sessions is", "max_sessions of peer"])
    func `SSF-10 RES-03 a limit on sessions refuses the call with CDN 4`(_ name: String) throws {
        let world = try World { configuration, _ in
            if name == "max_sessions is" {
                configuration.daemon.maxSessions = 1
            } else {
                configuration.peers[0].maxSessions = 1
            }
        }
        let (_, tunnel) = try world.openTunnel()
        let first = try world.openCall(in: tunnel)
        let second = tunnel.call(at: world.now)
        #expect(try world.run { second.end != nil })
        guard case .peer(let code?) = second.end else {
            Issue.record("\(String(describing: second.end))")
            return
        }
        #expect(code.result == .noFacilitiesTemporarily && code.text?.string.contains(name) == true)
        #expect(first.isOpen && world.plane.sessions.count == 1)
        // The place is free as soon as the first call is over.
        tunnel.tell(.closeCall(first.id, ResultCode(.lossOfCarrier)), at: world.now)
        _ = try world.openCall(in: tunnel)
    }

    @Test func `RES-03 a tunnel that is over does not count against max_tunnels`() throws {
        let world = try World { configuration, _ in configuration.peers[0].maxTunnels = 1 }
        let (host, first) = try world.openTunnel()
        first.tell(.close(ResultCode(.generalClear)), at: world.now)
        try world.settle()
        #expect(world.server.table.count == 1, "it is kept to answer a StopCCN that comes again")
        _ = try world.openTunnel(on: host, id: 8)
    }
}

extension SCCRQ {
    static func plain(id: UInt16) -> SCCRQ {
        SCCRQ(hostName: "client", assignedTunnelID: TunnelID(id), receiveWindowSize: 4)
    }

    static let plain = plain(id: 7)
}
