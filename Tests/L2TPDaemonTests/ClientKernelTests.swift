import Addresses
import Configuration
import DataPlane
import EventLoop
import FoundationEssentials
import Glibc
import Instants
import L2TPControl
import L2TPWire
import Linux
import Testing

@testable import L2TPDaemon

/// What a client has of the kernel and of the host: sockets, routes, interfaces, hooks.
@Suite struct ClientKernelTests {
    @Test func `UDP-03 an LNS may answer from another port, which is the tunnel's from then on`() throws {
        let world = try World { configuration, network in
            configuration.listeners = []
            configuration.peers = []
            configuration.addClient(to: network)
        }
        let door = try DatagramSocket(bind: world.network.server)
        let desk = try DatagramSocket(bind: Endpoint(address: world.network.server.address, port: 0))
        var lns = L2TPControl.Tunnel(
            role: .responder, localTunnelID: TunnelID(77), configuration: TunnelConfiguration(hostName: "odd"))
        var random = SystemRandomNumberGenerator()
        try world.run(for: .milliseconds(10))
        for _ in 0..<6 {
            try world.settle()
            for datagram in door.drain().datagrams + desk.drain().datagrams {
                guard case .control(let header, let body)? = try? Datagram(parsing: datagram.octets) else { continue }
                for output in lns.handle(.datagram(header, body: body), at: world.now, using: &random) {
                    if case .transmit(let octets) = output { desk.send(octets, to: datagram.source) }
                }
            }
        }
        let context = try #require(world.server.table.all.first)
        #expect(context.isOpen && context.path.remote == desk.local)
        #expect(
            world.plane.calls.contains {
                if case .createTunnel(_, peer: 77, _, remote: desk.local) = $0 { true } else { false }
            })
        // From a third port, or another address, nothing is heard.
        let before = world.statistic(.unexpectedSources)
        let stranger = try DatagramSocket(bind: Endpoint(address: world.network.server.address, port: 0))
        let stop = StopCCN(assignedTunnelID: TunnelID(77), resultCode: ResultCode(.generalClear))
        let header = ControlHeader(tunnelID: context.id, ns: SequenceNumber(1), nr: SequenceNumber(2))
        stranger.send(MessageEncoder.encode(.stopCCN(stop), header: header), to: context.path.local)
        try world.settle()
        #expect(context.isOpen && world.statistic(.unexpectedSources) == before + 1)
        try world.expectNothingLeftOfClients()
    }

    @Test func `an SCCRQ to a socket by which we open a tunnel makes none`() throws {
        let world = try World { configuration, network in configuration.addClient(to: network) }
        try world.dial()
        let context = try #require(world.server.outboundTunnels.values.first)
        let host = try world.addHost(3, to: context.path.local)
        let before = world.server.table.count
        host.send(.sccrq(.plain))
        try world.settle()
        #expect(world.server.table.count == before && host.datagramCount == 0)
        try world.expectNothingLeftOfClients()
    }

    @Test func `routes lead through the interface, with the way to the LNS pinned, before the client is up`() throws {
        let office = try #require(IPPrefix("198.51.100.0/24"))
        let world = try World { configuration, network in
            configuration.addClient(to: network) {
                $0.defaultRoute = true
                $0.routes = [office]
            }
        }
        try world.dial()
        let session = try #require(world.outbound.first)
        let routes = SessionRoutes(prefixes: [.everyIPv4, office], around: world.network.server.address)
        #expect(world.plane.sessions[session.key]?.routes == routes && routes.needPin)
        #expect(!SessionRoutes(prefixes: [office], around: world.network.server.address).needPin)
        try world.expectNothingLeftOfClients()
    }

    @Test func `routes that cannot be had end the call`() throws {
        let world = try World { configuration, network in
            configuration.addClient(to: network) { $0.defaultRoute = true }
        }
        world.plane.fail(.addRoutes, nth: 1)
        try world.expectDown("routes cannot be had")
        try world.dial()
        try world.expectNothingLeftOfClients()
    }

    @Test(arguments: [InMemoryDataPlane.Kind.createSession, .createUnit, .configure])
    func `SSF-12 what the kernel refuses to a client ends its call, and leaves nothing`(
        _ kind: InMemoryDataPlane.Kind
    ) throws {
        // The LNS's session is the first of each kind but the client's address comes first.
        let world = try World { configuration, network in configuration.addClient(to: network) }
        world.plane.fail(kind, nth: kind == .createSession ? 2 : 1)
        world.plane.fail(kind, nth: kind == .createSession ? 3 : 2)
        #expect(try world.run { (world.line?.failures ?? 0) > 0 })
        #expect(
            try world.run { world.line?.state == "waiting" && world.sessions.isEmpty && world.plane.sessions.isEmpty })
        try world.dial()
        try world.expectNothingLeftOfClients()
    }

    @Test func `an interface has the name that is asked for, or the call fails`() throws {
        let world = try World { configuration, network in
            configuration.addClient(to: network) { $0.interface = .exact("l2tp-office") }
            configuration.addClient("other", to: network, user: "bob", password: "hidden") {
                $0.interface = .exact("l2tp-office")
            }
        }
        #expect(try world.run { world.service.clients.all.contains { $0.failures > 0 } })
        let failed = try #require(world.service.clients.all.first { $0.failures > 0 })
        #expect(failed.lastFailure?.contains("l2tp-office") == true)
        #expect(world.outbound.contains { $0.interfaceName == "l2tp-office" })
        try world.expectNothingLeftOfClients()
    }

    // MARK: - Hooks

    /// Programs live in real time.
    private static func wait(_ world: World, until condition: () -> Bool) throws -> Bool {
        let end = Instant.now + .seconds(30)
        while .now < end {
            world.service.serve(try world.loop.wait(until: .now + .milliseconds(20)), at: world.now)
            if condition() { return true }
        }
        return false
    }

    @Test func `a hook hears of up and down, in this order, with the values in its environment`() throws {
        let (program, output) = try Script.write("env | grep ^L2TPD_ | sort | tr '\\n' ' ' >>OUTPUT; echo >>OUTPUT")
        let world = try World { configuration, network in
            configuration.changeProfile { $0.dns = [IPv4Address(192, 0, 2, 53), IPv4Address(192, 0, 2, 54)] }
            configuration.addClient(to: network) {
                $0.hook = program
                $0.hookTimeout = .seconds(300)
                $0.requestDNS = true
                $0.interface = .exact("l2tp-office")
            }
        }
        try world.dial()
        #expect(try Self.wait(world) { world.service.clients.hooks.isIdle })
        try world.expectNothingLeftOfClients()
        #expect(try Self.wait(world) { world.service.clients.hooks.isIdle })
        let values =
            "L2TPD_INTERFACE=l2tp-office L2TPD_LOCAL_ADDRESS=100.64.0.2 L2TPD_PEER_ADDRESS=100.64.0.1 "
        let told = ["up", "down"].map { event in
            "L2TPD_CLIENT=office L2TPD_DNS=192.0.2.53 192.0.2.54 L2TPD_EVENT=\(event) \(values)\n"
        }
        #expect(Script.text(output) == told.joined())
    }

    @Test func `a hook that hangs is ended, and holds up nobody but its successor`() throws {
        let (program, output) = try Script.write("echo $L2TPD_EVENT >>OUTPUT; sleep 600")
        let world = try World { configuration, network in
            configuration.addClient(to: network) {
                $0.hook = program
                $0.hookTimeout = .seconds(5)
            }
        }
        try world.dial()
        #expect(try Self.wait(world) { Script.text(output) == "up\n" })
        try world.run(for: .seconds(3))
        #expect(!world.service.clients.hooks.isIdle && world.isUp)
        try world.run(for: .seconds(3))
        #expect(try Self.wait(world) { world.service.clients.hooks.isIdle })
        #expect(world.isUp)
    }

    @Test(arguments: ["/nowhere/at/all", "/bin/false"])
    func `a hook that fails harms nothing`(program: String) throws {
        let world = try World { configuration, network in
            configuration.addClient(to: network) { $0.hook = program }
        }
        try world.dial()
        #expect(try Self.wait(world) { world.service.clients.hooks.isIdle })
        try world.expectNothingLeftOfClients()
    }
}
