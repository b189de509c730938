import Addresses
import DataPlane
import EventLoop
import Glibc
import Instants
import Linux
import Netlink
import Testing

/// Whether this process runs as root with a kernel that has L2TP: the lab says so. Elsewhere these tests show as skipped.
let hasKernel = unsafe getenv("L2TPD_KERNEL_TESTS") != nil

struct TimedOut: Error, CustomStringConvertible {
    var events: [DataPlaneEvent]

    var description: String { "timed out with \(events.count) other events: \(events.prefix(4))" }
}

/// A loop and the Linux data plane on it. One data plane plays both ends of a tunnel: ids are unique in a namespace.
final class KernelRig {
    let loop: EventLoop
    let plane: LinuxDataPlane
    let l2tp: L2TPNetlink
    /// Events that nobody has waited for yet.
    private(set) var events: [DataPlaneEvent] = []

    init() throws {
        loop = try EventLoop()
        plane = try LinuxDataPlane(loop: loop, owner: 7)
        l2tp = try L2TPNetlink(try L2TPFamily.resolve())
    }

    /// Runs the loop until an event fits, and takes it out; what else happens stays for later.
    @discardableResult
    func wait<Value>(seconds: Int = 60, for fits: (DataPlaneEvent) -> Value?) throws -> Value {
        let deadline = Instant.now + .seconds(seconds)
        while true {
            for (index, event) in events.enumerated() {
                if let value = fits(event) {
                    events.remove(at: index)
                    return value
                }
            }
            guard Instant.now < deadline else { throw TimedOut(events: events) }
            if !plane.hasEvents {
                for event in try loop.wait(until: deadline) { plane.handle(event) }
            }
            events += plane.takeEvents()
        }
    }

    func wait(for event: DataPlaneEvent) throws {
        try wait { $0 == event ? () : nil }
    }

    /// Runs the loop for a moment, so that what should not happen has time to.
    func settle(_ time: Duration = .milliseconds(300)) throws {
        let deadline = Instant.now + time
        while Instant.now < deadline {
            for event in try loop.wait(until: deadline) { plane.handle(event) }
            events += plane.takeEvents()
        }
    }

    /// From now on the kernel tells this process nothing by itself. Nobody else in it listens: these tests run one after
    /// the other.
    func deafen() {
        // linux/netlink.h, which Glibc does not have.
        let (level, dropMembership): (Int32, Int32) = (270, 2)
        for descriptor in 0..<Int32(256) {
            for group in 1...Int32(128) {
                var group = group
                _ = unsafe setsockopt(descriptor, level, dropMembership, &group, socklen_t(MemoryLayout<Int32>.size))
            }
        }
    }

    /// Takes what the plane has to tell without waiting.
    func gather() {
        events += plane.takeEvents()
    }

    func forgetEvents() {
        events = []
    }

    /// The frames of a session that have come, taken out.
    func takeFrames(_ key: SessionKey, _ way: FrameWay) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        events.removeAll { event in
            guard case .frame(key, let frame, from: way) = event else { return false }
            frames.append(frame)
            return true
        }
        return frames
    }

    /// A tunnel of ours to a socket.
    func tunnel(_ id: UInt32, peer: UInt32, _ socket: DatagramSocket) throws {
        plane.createTunnel(id, peer: peer, socket: socket)
        try wait(for: .tunnelReady(id))
    }

    func session(
        _ key: SessionKey, peer: SessionKey, _ parameters: SessionParameters = SessionParameters(isLNS: true)
    ) throws {
        plane.createSession(key, peer: peer, parameters: parameters)
        try wait(for: .sessionReady(key))
    }

    func access(_ key: SessionKey, _ circuit: PPPoECircuit) throws {
        plane.createAccessSession(key, circuit)
        try wait(for: .sessionReady(key))
    }

    func bridge(_ one: SessionKey, _ other: SessionKey) throws {
        plane.bridge(one, other)
        try wait(for: .bridged(one, other))
    }

    func delete(_ key: SessionKey) throws {
        plane.deleteSession(key)
        try wait { if case .sessionDeleted(key, _) = $0 { () } else { nil } }
    }

    func unit(_ key: SessionKey, _ name: String, group: UInt32 = 1701) throws -> Int32 {
        plane.createUnit(
            key, UnitSpecification(name: name, mtu: 1400, group: InterfaceGroup(rawValue: group)))
        return try wait { event in
            guard case .unitReady(key, let index, name) = event else { return nil }
            return index
        }
    }

    /// Deletes all tunnels, and checks that nothing is left: in the kernel, of interfaces, of descriptors.
    func finish(_ tunnels: UInt32..., before: Leavings) throws {
        for id in tunnels { plane.deleteTunnel(id) }
        for id in tunnels { try wait(for: .tunnelDeleted(id)) }
        events = []
        #expect(plane.isIdle)
        #expect(try Leavings(l2tp) == before)
    }
}

/// What a test must leave as it was.
struct Leavings: Equatable {
    var tunnels: Set<UInt32>
    var sessions: Set<SessionKey>
    var interfaces: Set<String>
    var pppDescriptors: Int

    init(_ l2tp: L2TPNetlink) throws {
        tunnels = Set(try l2tp.tunnels().map(\.id))
        sessions = Set(try l2tp.sessions().map { SessionKey(tunnel: $0.tunnel, session: $0.id) })
        interfaces = Set(try entries("/sys/class/net"))
        pppDescriptors = try entries("/proc/self/fd").count { target("/proc/self/fd/\($0)").contains("/dev/ppp") }
    }
}

/// The names in a directory.
func entries(_ path: String) throws -> [String] {
    guard let directory = unsafe opendir(path) else { throw Errno.last("opendir") }
    defer { _ = unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
        let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { octets in
            unsafe String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}

/// What a symbolic link points to; empty when it is none.
func target(_ path: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink(path, &buffer, 4096)
    return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Runs a command of the system to its end: its status.
func run(_ command: String...) throws -> Int32 {
    try run(command)
}

func run(_ command: [String]) throws -> Int32 {
    var process = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    let code = unsafe posix_spawnp(&process, command[0], nil, nil, &arguments, Glibc.environ)
    guard code == 0 else { throw Errno("posix_spawnp", code: code) }
    var status: Int32 = 0
    _ = try systemCall("waitpid") { unsafe waitpid(process, &status, 0) }
    return status
}

func loopback(_ last: UInt8, _ port: UInt16) -> Endpoint {
    Endpoint(address: .v4(IPv4Address(127, 0, 0, last)), port: port)
}

func loopback6(_ port: UInt16) -> Endpoint {
    Endpoint(address: .v6(IPv6Address(high: 0, low: 1)), port: port)
}

/// A file's text without the line's end.
func text(_ path: String) throws -> String {
    let file = OwnedFD(adopting: try systemCall("open \(path)") { unsafe open(path, O_RDONLY | O_CLOEXEC) })
    let descriptor = file.rawValue
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = try systemCall("read") { unsafe read(descriptor, &buffer, 4096) }
    return String(decoding: buffer[..<count].filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
}
