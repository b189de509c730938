import Addresses
import ArgumentParser
import Configuration
import ControlProtocol
import DataPlane
import EventLoop
import L2TPDaemon
import Linux
import PPP

@main
struct LabCrowd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab-crowd",
        abstract: "A daemon with many sessions, and no kernel under it.",
        discussion: """
            Runs the daemon with the data plane that the tests have, in memory, and beside it the LACs whose tunnels and calls \
            it serves, over loopback; the subscribers' PPP is here too. l2tpctl asks it as it asks any other. It runs \
            until SIGTERM.
            """)

    @Option(help: ArgumentHelp("Where its control socket is.", valueName: "path"))
    var socket: String
    @Option(help: ArgumentHelp("Where it tells its metrics, on 127.0.0.1.", valueName: "port"))
    var metrics: UInt16?
    @Option(help: "How many sessions.") var sessions = 10_000
    @Option(help: "In how many tunnels.") var tunnels = 10

    func validate() throws {
        guard (1...60_000).contains(sessions), (1...1000).contains(tunnels), sessions / tunnels < 60_000 else {
            throw ValidationError("--sessions must be from 1 to 60000 and --tunnels from 1 to 1000.")
        }
    }

    func run() throws {
        let loop = try EventLoop(signals: [.terminate, .interrupt])
        let server = try Self.freeEndpoint()
        let plane = InMemoryDataPlane()
        let subscribers = Subscribers()
        plane.carrier = { [unowned plane] sent in
            for frame in subscribers.answer(sent) { plane.inject(frame, on: sent.key) }
        }
        let service = try Service(
            configuration: crowded(server), loop: loop, plane: plane,
            surroundings: .init(
                kernel: "in memory", processID: CurrentProcess.id, hostName: "crowd",
                secondsSince1970: CurrentProcess.secondsSince1970),
            log: Journal(.warning, .standard(for: .text, journalStream: nil)))
        let (sessions, tunnels) = (sessions, tunnels)
        try WorkerThread.start(named: "lab-lacs") {
            do {
                var lacs = try LACs(sessions: sessions, tunnels: tunnels, server: server)
                try lacs.run()
            } catch {
                CurrentProcess.complain("lab-crowd: \(error)")
            }
        }
        try service.run()
    }

    /// On loopback.
    private static func freeEndpoint() throws(Errno) -> Endpoint {
        try DatagramSocket(bind: Endpoint(address: .v4(IPv4Address(127, 0, 0, 1)), port: 0)).local
    }

    private func crowded(_ server: Endpoint) -> Configuration {
        let profile = PPPProfile(
            name: "subscribers", authentication: [.chapMD5], localAddress: IPv4Address(100, 64, 0, 1),
            pool: "subscribers", echoInterval: nil)
        let range = AddressRange(from: IPv4Address(100, 64, 0, 2), through: IPv4Address(100, 64, 255, 254))
        var configuration = Configuration(
            daemon: Daemon(controlSocket: socket, maxHalfOpenPerSource: 1000), logLevel: .warning, listeners: [server],
            peers: [Peer(name: "lacs", ending: .here(profile))], profiles: [profile],
            pools: [Pool(name: "subscribers", ranges: [range].compactMap(\.self))],
            users: [User(name: Subscribers.name, password: Secret(Subscribers.password))])
        configuration.metrics = metrics.map { Endpoint(address: .v4(IPv4Address(127, 0, 0, 1)), port: $0) }
        return configuration
    }
}
