import Addresses
import CLinux
import EventLoop
import Glibc
import Instants
import Linux
import Testing

/// On two Ethernet interfaces joined by a wire, in a network namespace of the test's own: they need root.
@Suite struct PacketSocketTests {
    private static let discovery: UInt16 = 0x8863
    private static let first = MACAddress(2, 0, 0, 0, 0, 1)
    private static let second = MACAddress(2, 0, 0, 0, 0, 2)

    /// Gives ge0, with the address `first`, and ge1, with `second`.
    private func withWire(_ body: () throws -> Void) throws {
        try inNetworkNamespace {
            try ip("link", "add", "ge0", "type", "veth", "peer", "name", "ge1")
            try ip("link", "set", "ge0", "address", "\(Self.first)", "up")
            try ip("link", "set", "ge1", "address", "\(Self.second)", "up")
            try awaitCarrier()
            try body()
        }
    }

    /// An interface that has just come up loses what it is given until the kernel has seen to its queue.
    private func awaitCarrier() throws {
        // An EtherType for experiments.
        let (near, far) = (try socket("ge0", 0x88b5), try socket("ge1", 0x88b5))
        for (from, to) in [(near, far), (far, near)] {
            while to.drain().packets.isEmpty {
                from.send([0], to: .broadcast)
                usleep(1000)
            }
        }
    }

    private func socket(_ interface: String, _ etherType: UInt16 = discovery) throws -> PacketSocket {
        try PacketSocket(interface: interface, etherType: etherType)
    }

    /// Waits until there is something to drain.
    private func receive(_ socket: PacketSocket) throws -> DrainedPackets {
        let loop = try EventLoop()
        try loop.add(socket.descriptor, Token(owner: 1, value: 1))
        _ = try loop.wait(until: .now + .seconds(10))
        return socket.drain()
    }

    @Test func `POE-01 frames of one kind come with their source, to us or to all`() throws {
        try withWire {
            let (near, far) = (try socket("ge0"), try socket("ge1"))
            let (other, sessions) = (try socket("ge1", 0x8864), try socket("ge0", 0x8864))
            #expect(far.send([1, 2, 3], to: .broadcast) == .sent)
            #expect(other.send([9], to: Self.first) == .sent)
            #expect(far.send([4], to: MACAddress(2, 0, 0, 0, 0, 9)) == .sent)
            #expect(far.send([5], to: MACAddress(3, 0, 0, 0, 0, 9)) == .sent)
            #expect(far.send([6, 7], to: Self.first) == .sent)
            #expect(
                try receive(near).packets == [
                    ReceivedPacket(octets: [1, 2, 3], source: Self.second, isBroadcast: true),
                    ReceivedPacket(octets: [6, 7], source: Self.second, isBroadcast: false),
                ])
            #expect(try receive(sessions).packets.map(\.octets) == [[9]])
            // Our own do not come back.
            #expect(far.drain() == DrainedPackets())
            #expect(near.send([8], to: Self.second) == .sent)
            #expect(try receive(far).packets.map(\.source) == [Self.first])
        }
    }

    @Test func `the interface is told with its index, address and MTU`() throws {
        try withWire {
            let near = try socket("ge0")
            #expect(near.interface == "ge0" && near.address == Self.first)
            let index = unsafe if_nametoindex("ge0")
            #expect(near.interfaceIndex == Int32(index))
            #expect(try near.mtu() == 1500)
            try ip("link", "set", "ge0", "mtu", "1600")
            #expect(try near.mtu() == 1600)
        }
    }

    @Test func `what is no Ethernet interface is refused by its name`() throws {
        try withWire {
            #expect(throws: PacketSocketError.noInterface("ge9")) { try socket("ge9") }
            #expect(throws: PacketSocketError.noInterface("a name longer than any")) {
                try socket("a name longer than any")
            }
            #expect(throws: PacketSocketError.notEthernet("lo")) { try socket("lo") }
            #expect("\(PacketSocketError.noInterface("ge9"))" == "no interface ge9")
            #expect("\(PacketSocketError.notEthernet("lo"))" == "interface lo is not Ethernet")
        }
    }

    @Test func `an interface that goes down is news, and works again when it is up`() throws {
        try withWire {
            let (near, far) = (try socket("ge0"), try socket("ge1"))
            try ip("link", "set", "ge0", "down")
            #expect(try receive(near).errors.map(\.code) == [ENETDOWN])
            #expect(near.drain() == DrainedPackets())
            guard case .failed(let error) = near.send([1], to: .broadcast) else {
                Issue.record("a frame was sent on an interface that is down")
                return
            }
            #expect(error.code == ENETDOWN)
            try ip("link", "set", "ge0", "up")
            try awaitCarrier()
            #expect(far.send([2], to: .broadcast) == .sent)
            #expect(try receive(near).packets.map(\.octets) == [[2]])
            try ip("link", "delete", "ge0")
            #expect(try receive(near).errors.map(\.code) == [ENETDOWN])
            #expect(throws: Errno("SIOCGIFMTU", code: ENODEV)) { try near.mtu() }
        }
    }

    @Test func `a drain is bounded and says so`() throws {
        try withWire {
            let (near, far) = (try socket("ge0"), try socket("ge1"))
            for number in 0..<10 as Range<UInt8> { far.send([number], to: .broadcast) }
            let first = near.drain(limit: 6)
            #expect(first.packets.map(\.octets) == (0..<6).map { [$0] })
            #expect(first.isLimited)
            let second = near.drain(limit: 6)
            #expect(second.packets.map(\.octets) == (6..<10).map { [$0] })
            #expect(!second.isLimited)
        }
    }
}

/// Runs something in a new network namespace. The calling thread is there meanwhile, so nothing in it may suspend.
private func inNetworkNamespace(_ body: () throws -> Void) throws {
    let home = OwnedFD(
        adopting: try systemCall("open") { unsafe open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC) })
    let descriptor = home.rawValue
    _ = try systemCall("unshare") { unshare(clinux_CLONE_NEWNET) }
    let outcome = Result(catching: body)
    _ = try systemCall("setns") { setns(descriptor, clinux_CLONE_NEWNET) }
    try outcome.get()
}

/// Runs ip(8), in the calling thread's namespace.
private func ip(_ words: String...) throws {
    var process = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe (["ip"] + words).map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    let code = unsafe posix_spawnp(&process, "ip", nil, nil, &arguments, Glibc.environ)
    guard code == 0 else { throw Errno("ip", code: code) }
    var status: Int32 = 0
    _ = try systemCall("waitpid") { unsafe waitpid(process, &status, 0) }
    try #require(status == 0, "ip \(words.joined(separator: " "))")
}
