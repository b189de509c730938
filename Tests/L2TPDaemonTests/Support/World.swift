import Addresses
import Configuration
import ControlProtocol
import DataPlane
import EventLoop
import FoundationEssentials
import Glibc
import Instants
import L2TPControl
import L2TPWire
import Linux
import Netlink
import PPP
import Synchronization
import Testing

@testable import L2TPDaemon

/// A service on loopback sockets with a data plane in memory, and its clients, in a time of their own: whenever nothing
/// more happens the clock jumps to the next deadline of anybody.
final class World {
    let loop: EventLoop
    let plane = InMemoryDataPlane()
    let service: Service<InMemoryDataPlane>
    let configuration: Configuration
    let network: Network
    private let folder: String
    private(set) var now: Instant
    private(set) var hosts: [Host] = []
    var controlClients: [ControlPeer] = []
    /// In the order of the configuration.
    let segments: [AccessSegment]

    /// Loopback addresses and a port that nobody else uses at the same time, in this process or in another.
    struct Network {
        private static let count = Atomic(0)
        private let number: Int

        init() {
            number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
        }

        func address(_ host: Int) -> IPAddress {
            .v4(IPv4Address(127, UInt8(1 + getpid() % 250), UInt8(truncatingIfNeeded: number), UInt8(host)))
        }

        /// The server's.
        var port: UInt16 { UInt16(20_000 + (Int(getpid()) / 250 * 97 + number) % 10_000) }
        var server: Endpoint { Endpoint(address: address(1), port: port) }
    }

    /// `change` is given a configuration with one peer, one profile, one pool and the users alice and bob.
    init(
        notify: String? = nil, watchdog: Duration? = nil,
        _ change: (inout Configuration, Network) throws -> Void = { _, _ in }
    ) throws {
        network = Network()
        folder = FileManager.default.temporaryDirectory.path + "/l2tpd-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        var configuration = Configuration.usual(at: network.server, socket: folder + "/control.sock")
        try change(&configuration, network)
        self.configuration = configuration
        let segments = configuration.accessInterfaces.enumerated().map {
            AccessSegment($0.element.interface, index: Int32(7 + $0.offset))
        }
        self.segments = segments
        loop = try EventLoop()
        service = try Service(
            configuration: configuration, loop: loop, plane: plane,
            surroundings: .init(
                kernel: "in memory", processID: 1, hostName: "lns", secondsSince1970: 1_000_000,
                configurationPath: folder + "/l2tpd.toml",
                notifier: try notify.map { try ServiceNotifier(address: $0) }, watchdog: watchdog,
                openAccess: { (name) throws(PacketSocketError) in
                    guard let segment = segments.first(where: { $0.interface == name }) else {
                        throw .noInterface(name)
                    }
                    return segment
                }),
            log: Journal(.critical, .lines(.plain) { _ in }))
        now = .now
        service.start()
        plane.carrier = { [unowned self] sent in carry(sent) }
    }

    deinit {
        // What is left of a test in the folder for temporary files harms nobody.
        try? FileManager.default.removeItem(atPath: folder)
    }

    var server: L2TPServer<InMemoryDataPlane> { service.server }
    var sessions: Sessions<InMemoryDataPlane> { service.sessions }
    var lns: LNS { service.lns }

    func statistic(_ counter: Statistics.Counter) -> UInt64 {
        server.statistics[counter] + sessions.statistics[counter] + lns.statistics[counter]
    }

    /// The configuration file that a reload reads.
    func writeConfiguration(_ text: String) throws {
        try text.write(toFile: folder + "/l2tpd.toml", atomically: false, encoding: .utf8)
    }

    /// A client's end: `host` is the last octet of its address.
    func addHost(_ host: Int = 2, port: UInt16 = 1701, to server: Endpoint? = nil) throws -> Host {
        let host = try Host(
            bind: Endpoint(address: network.address(host), port: port), server: server ?? network.server)
        hosts.append(host)
        return host
    }

    func adopt(_ host: Host) -> Host {
        hosts.append(host)
        return host
    }

    func removeControlSocket() throws {
        try FileManager.default.removeItem(atPath: folder + "/control.sock")
    }

    func addControlClient() throws -> ControlPeer {
        let client = ControlPeer(try StreamConnection(connectingTo: folder + "/control.sock"))
        controlClients.append(client)
        return client
    }

    // MARK: - Time

    /// Lets happen what happens at this instant.
    func settle() throws {
        var quietTurns = 0
        while quietTurns < 2 {
            // The second look waits a moment: under load the kernel may deliver a datagram late.
            let events = try loop.wait(until: quietTurns == 0 ? .now : .now + .milliseconds(1)).filter {
                $0 != .deadline
            }
            for (index, segment) in segments.enumerated() where segment.hasPackets {
                service.server.drain(access: index, at: now)
            }
            service.serve(events, at: now)
            var isQuiet = events.isEmpty && !plane.hasEvents
            for host in hosts where host.turn(self) { isQuiet = false }
            for segment in segments {
                for station in segment.stations where station.turn(self) { isQuiet = false }
                if segment.hasPackets { isQuiet = false }
            }
            for client in controlClients where client.turn() { isQuiet = false }
            quietTurns = isQuiet ? quietTurns + 1 : 0
        }
    }

    /// Lets time pass until the condition holds; false when it does not within `limit`.
    @discardableResult
    func run(atMost limit: Duration = .seconds(30), until condition: () -> Bool) throws -> Bool {
        let end = now + limit
        var idleTurns = 0
        while true {
            try settle()
            if condition() { return true }
            let deadlines =
                [service.nextDeadline(at: now)] + hosts.map(\.deadline)
                + segments.flatMap { $0.stations.map(\.deadline) }
            guard let next = deadlines.compactMap(\.self).min(), next <= end else {
                now = end
                try settle()
                return condition()
            }
            idleTurns = next > now ? 0 : idleTurns + 1
            guard idleTurns < 1000 else {
                Issue.record("something is due for ever")
                return false
            }
            now = max(now, next)
        }
    }

    /// Lets time pass.
    func run(for duration: Duration) throws {
        try run(atMost: duration) { false }
    }

    // MARK: - Frames

    private func carry(_ sent: InMemoryDataPlane.SentFrame) {
        if case .ethernet(let circuit) = plane.sessions[sent.key]?.way {
            for segment in segments where segment.interface == circuit.interface {
                for station in segment.stations where station.circuit == circuit { station.receive(frame: sent.frame) }
            }
            return
        }
        // Both ends may be ours.
        if let peer = plane.sessions[sent.key]?.peer, plane.sessions[peer]?.peer == sent.key {
            plane.inject(sent.frame, on: peer)
        }
        for host in hosts {
            for tunnel in host.tunnels where UInt32(tunnel.machine.peerTunnelID.rawValue) == sent.key.tunnel {
                tunnel.receive(sent.frame, fromSession: sent.key.session)
            }
        }
    }
}

extension Configuration {
    static func usual(at listener: Endpoint, socket: String) -> Configuration {
        var profile = PPPProfile(
            name: "subscribers", authentication: [.msChapV2, .chapMD5, .pap], localAddress: IPv4Address(100, 64, 0, 1),
            pool: "subscribers")
        profile.ipv6 = true
        return Configuration(
            daemon: Daemon(controlSocket: socket, hostName: "lns"), listeners: [listener],
            peers: [
                Peer(
                    name: "clients", addresses: [IPPrefix("127.0.0.0/8"), IPPrefix("::1/128")].compactMap(\.self),
                    ending: .here(profile))
            ],
            profiles: [profile],
            pools: [Pool(name: "subscribers", ranges: [AddressRange("100.64.0.2-100.64.0.9")].compactMap(\.self))],
            users: [
                User(name: "alice", password: Secret("secret")),
                User(name: "bob", password: Secret("hidden"), address: IPv4Address(100, 64, 9, 9)),
            ])
    }

    /// Changes the only profile, in its peers too.
    mutating func changeProfile(_ change: (inout PPPProfile) -> Void) {
        change(&profiles[0])
        for index in peers.indices { peers[index].ending = .here(profiles[0]) }
    }
}

extension World {
    /// A host with an open tunnel.
    func openTunnel(
        host number: Int = 2, port: UInt16 = 1701, id: UInt16 = 7,
        _ change: (inout TunnelConfiguration) -> Void = { _ in }
    ) throws -> (Host, ClientTunnel) {
        let host = try addHost(number, port: port)
        return (host, try openTunnel(on: host, id: id, change))
    }

    func openTunnel(
        on host: Host, id: UInt16 = 7, _ change: (inout TunnelConfiguration) -> Void = { _ in }
    ) throws -> ClientTunnel {
        let tunnel = host.open(id: id, at: now, change)
        #expect(try run { tunnel.isOpen })
        try settle()
        return tunnel
    }

    /// A call that is up with IPv4 and IPv6.
    func openCall(
        in tunnel: ClientTunnel, _ user: String = "alice", _ password: String = "secret",
        _ change: (ClientTunnel.Call) -> Void = { _ in }
    ) throws -> ClientTunnel.Call {
        let call = tunnel.call(user, password, at: now, change)
        #expect(try run { call.isOpen && session(of: call, in: tunnel)?.isOpen == true })
        return call
    }

    func session(of call: ClientTunnel.Call, in tunnel: ClientTunnel) -> PPPSession? { sessions[tunnel.key(call)] }

    func context(of tunnel: ClientTunnel) -> TunnelContext? { server.table[tunnel.machine.peerTunnelID] }

    /// That nothing is left of all that was: no object of the kernel's, no name, no address, no place in a count.
    func expectNothingLeft(_ sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try run(atMost: .seconds(60)) { server.table.count == 0 }, sourceLocation: sourceLocation)
        #expect(sessions.isEmpty && sessions.liveCount == 0, sourceLocation: sourceLocation)
        #expect(server.table.liveCount == 0 && server.table.halfOpenCount == 0, sourceLocation: sourceLocation)
        #expect(plane.isIdle, sourceLocation: sourceLocation)
        #expect(lns.pools.records.allSatisfy { $0.leased == 0 }, sourceLocation: sourceLocation)
        #expect(sessions.names.take(.usual) == "ppp0", sourceLocation: sourceLocation)
    }
}
