import Addresses
import ArgumentParser
import DataPlane
import EventLoop
private import FoundationEssentials
import Glibc
import Instants
import Linux
import Netlink

@main
struct LabFloor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab-floor",
        abstract: "The kernel calls of so many sessions and nothing else.",
        discussion: """
            Makes one tunnel, in it the sessions, each with an interface and IPv4 addresses, through the daemon's own \
            data plane; deletes the tunnel; prints one JSON object: what no daemon over this data plane can \
            beat. There is no peer: nobody speaks L2TP or PPP. Needs CAP_NET_ADMIN and a network namespace of its own.
            """)

    @Option(
        help: ArgumentHelp("A local address; UDP port 1701 is bound there.", valueName: "address"),
        transform: LabFloor.address)
    var local: IPAddress

    @Option(
        help: ArgumentHelp("An address that the tunnel's socket is connected to.", valueName: "address"),
        transform: LabFloor.address)
    var remote: IPAddress

    @Option(help: "How many sessions.")
    var sessions: Int

    @Option(help: "Sessions that may be on their way up at a time.")
    var window = 64

    func validate() throws {
        guard (1...60_000).contains(sessions), window > 0 else {
            throw ValidationError("--sessions must be from 1 to 60000 and --window greater than 0.")
        }
    }

    func run() throws {
        try DescriptorLimit.raise()
        let loop = try EventLoop()
        let plane = try LinuxDataPlane(loop: loop, owner: 1)
        let socket = try DatagramSocket(
            bind: Endpoint(address: local, port: 1701), connect: Endpoint(address: remote, port: 1701))
        var floor = Floor(sessions: sessions, window: window)
        try floor.run(on: plane, loop, socket)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        print(String(decoding: try encoder.encode(floor.report), as: UTF8.self))
    }

    private static func address(_ text: String) throws -> IPAddress {
        guard let address = IPAddress(text) else { throw ValidationError("write an IPv4 or IPv6 address.") }
        return address
    }
}

/// Seconds, and KiB.
struct FloorReport: Encodable {
    var sessions: Int
    var setupSeconds = 0.0
    var setupCPUSeconds = 0.0
    var teardownSeconds = 0.0
    /// How much more memory was resident with all sessions than before.
    var residentKiB = 0

    enum CodingKeys: String, CodingKey {
        case sessions
        case setupSeconds = "setup_seconds"
        case setupCPUSeconds = "setup_cpu_seconds"
        case teardownSeconds = "teardown_seconds"
        case residentKiB = "resident_kib"
    }
}

/// The sessions on their way up and down.
struct Floor {
    private static let tunnel: UInt32 = 1
    private let window: Int
    private var placed = 0
    private var configured = 0
    private var isDeleted = false
    private(set) var report: FloorReport

    init(sessions: Int, window: Int) {
        self.window = window
        report = FloorReport(sessions: sessions)
    }

    mutating func run(on plane: LinuxDataPlane, _ loop: EventLoop, _ socket: DatagramSocket) throws {
        let before = try ResourceUsage.now()
        let began = Instant.now
        plane.createTunnel(Self.tunnel, peer: 1, socket: socket)
        try turn(plane, loop) { floor in floor.configured == floor.report.sessions }
        report.setupSeconds = (.now - began) / .seconds(1)
        let after = try ResourceUsage.now()
        report.setupCPUSeconds = after.cpuSeconds - before.cpuSeconds
        report.residentKiB = after.residentKiB - before.residentKiB
        let end = Instant.now
        plane.deleteTunnel(Self.tunnel)
        try turn(plane, loop) { floor in floor.isDeleted }
        report.teardownSeconds = (.now - end) / .seconds(1)
    }

    private mutating func turn(_ plane: LinuxDataPlane, _ loop: EventLoop, until isDone: (Floor) -> Bool) throws {
        while !isDone(self) {
            if !plane.hasEvents { for event in try loop.wait(until: nil) { plane.handle(event) } }
            for event in plane.takeEvents() { try take(event, plane) }
        }
    }

    private mutating func take(_ event: DataPlaneEvent, _ plane: LinuxDataPlane) throws {
        switch event {
        case .tunnelReady:
            for _ in 0..<window { createSession(plane) }
        case .sessionReady(let key):
            plane.createUnit(
                key,
                UnitSpecification(
                    name: "ppp\(key.session)", mtu: 1460, group: InterfaceGroup(rawValue: 0)))
        case .unitReady(let key, interfaceIndex: _, name: _):
            let peer = IPv4Address(rawValue: IPv4Address(100, 64, 0, 1).rawValue + key.session)
            plane.configure(key, .ipv4(local: IPv4Address(100, 64, 0, 1), peer: peer), mtu: 1460)
        case .configured:
            configured += 1
            createSession(plane)
        case .tunnelDeleted: isDeleted = true
        case .tunnelFailed(_, let error), .sessionFailed(_, let error), .unitFailed(_, let error),
            .configurationFailed(_, _, let error):
            throw error
        default: break
        }
    }

    private mutating func createSession(_ plane: LinuxDataPlane) {
        guard placed < report.sessions else { return }
        placed += 1
        let key = SessionKey(tunnel: Self.tunnel, session: UInt32(placed))
        plane.createSession(key, peer: key, parameters: SessionParameters(isLNS: true))
    }
}

/// What this process uses.
struct ResourceUsage {
    var cpuSeconds: Double
    var residentKiB: Int

    static func now() throws -> ResourceUsage {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        // proc(5): the second number is the resident pages.
        let pages = try Data(contentsOf: URL(filePath: "/proc/self/statm")).split(separator: 0x20)
        let resident = Int(String(decoding: pages[1], as: UTF8.self)) ?? 0
        return ResourceUsage(
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            residentKiB: resident * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024)
    }
}
