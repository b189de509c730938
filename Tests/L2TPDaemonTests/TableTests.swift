import Addresses
import Configuration
import DataPlane
import EventLoop
import Instants
import L2TPControl
import L2TPWire
import Linux
import Testing

@testable import L2TPDaemon

@Suite struct DeadlineQueueTests {
    let start = Instant.now

    @Test func `keys come when they are due, the earliest first`() {
        var queue = DeadlineQueue<Int>()
        for (key, delay) in [(1, 30), (2, 10), (3, 20)] { queue.schedule(key, at: start + .seconds(delay)) }
        #expect(queue.earliest == start + .seconds(10))
        #expect(queue.popDue(at: start + .seconds(9)) == [])
        #expect(queue.popDue(at: start + .seconds(20)) == [2, 3])
        #expect(queue.popDue(at: start + .seconds(60)) == [1])
        #expect(queue.earliest == nil)
    }

    @Test func `an earlier deadline counts and a later one does not delay`() {
        var queue = DeadlineQueue<Int>()
        queue.schedule(1, at: start + .seconds(10))
        queue.schedule(1, at: start + .seconds(5))
        queue.schedule(1, at: start + .seconds(20))
        queue.schedule(1, at: nil)
        #expect(queue.popDue(at: start + .seconds(5)) == [1])
        // What was scheduled before is no wake-up of its own any more.
        #expect(queue.popDue(at: start + .seconds(30)) == [])
    }

    @Test func `a key that is removed is not woken, nor one that was scheduled again for its old deadline`() {
        var queue = DeadlineQueue<Int>()
        queue.schedule(1, at: start)
        queue.remove(1)
        #expect(queue.popDue(at: start) == [])
        queue.schedule(1, at: start + .seconds(1))
        queue.schedule(1, at: start)
        #expect(queue.popDue(at: start) == [1])
        queue.schedule(1, at: start + .seconds(1))
        #expect(queue.popDue(at: start + .seconds(1)) == [1])
    }

    @Test func `one that is always due does not keep the caller`() {
        var queue = DeadlineQueue<Int>()
        queue.schedule(1, at: start)
        for _ in 0..<3 {
            #expect(queue.popDue(at: start) == [1])
            queue.schedule(1, at: start)
        }
    }
}

@Suite struct TokenBucketTests {
    let start = Instant.now

    @Test func `as many as the rate at once, then as many a second`() {
        var bucket = TokenBucket(rate: 3, at: start)
        #expect((0..<5).map { _ in bucket.take(at: start) } == [true, true, true, false, false])
        #expect(!bucket.isFull(at: start + .milliseconds(900)) && bucket.isFull(at: start + .seconds(1)))
        let later = start + .milliseconds(400)
        #expect(bucket.take(at: later) && !bucket.take(at: later))
        // However long nothing happened, no more than the rate at once.
        let muchLater = start + .seconds(100)
        #expect((0..<5).count { _ in bucket.take(at: muchLater) } == 3)
    }

    @Test func `a rate of nothing allows nothing`() {
        var bucket = TokenBucket(rate: 0, at: start)
        let isTaken = bucket.take(at: start + .seconds(1000))
        #expect(!isTaken)
    }
}

@Suite struct AdmissionTests {
    let start = Instant.now

    @Test func `HRD-01 each source has its rate and all have one together`() {
        var admission = Admission(limits: Daemon(controlSocket: "", sccrqRate: 7, sccrqRatePerSource: 3), at: start)
        func admitted(_ host: UInt8) -> Int {
            (0..<5).count { _ in admission.admitsRequest(from: .v4(IPv4Address(10, 0, 0, host)), at: start) }
        }
        #expect(admitted(1) == 3)
        #expect(admitted(2) == 3)
        #expect(admitted(3) == 1)
    }

    @Test func `HRD-01 a host has no more for all addresses of its IPv6 network`() {
        var admission = Admission(limits: Daemon(controlSocket: "", sccrqRate: 100, sccrqRatePerSource: 3), at: start)
        func admitted(_ network: UInt64) -> Int {
            (1...10).count { host in
                admission.admitsRequest(from: .v6(IPv6Address(high: network, low: UInt64(host))), at: start)
            }
        }
        #expect(admitted(1) == 3 && admitted(2) == 3)
    }

    @Test func `HRD-01 a flood from ever new addresses takes no memory without end and meets the total rate`() {
        let rate = Admission.mostSources + 100
        var admission = Admission(limits: Daemon(controlSocket: "", sccrqRate: rate, sccrqRatePerSource: 2), at: start)
        let admitted = (0..<20_000).count { number in
            admission.admitsRequest(from: .v4(IPv4Address(rawValue: 0x0a00_0000 + UInt32(number))), at: start)
        }
        #expect(admitted == rate)
        // When the flood is over its addresses are forgotten and a new source counts for itself again.
        let later = start + .seconds(10)
        #expect((0..<5).count { _ in admission.admitsRequest(from: .v4(IPv4Address(1, 1, 1, 1)), at: later) } == 2)
    }
}

@Suite struct TunnelTableTests {
    let listener: DatagramSocket
    let profile = PPPProfile(name: "p", authentication: [], localAddress: .any)

    init() throws {
        listener = try DatagramSocket(bind: Endpoint(address: .v4(IPv4Address(127, 0, 0, 1)), port: 0))
    }

    func context(_ id: UInt16, host: UInt8 = 1, assigned: UInt16 = 7, peer: String = "a") -> TunnelContext {
        TunnelContext(
            id: TunnelID(id), peerTunnelID: TunnelID(assigned),
            counterpart: .peer(Peer(name: peer, ending: .here(profile))),
            path: Path(
                local: Endpoint(address: .v4(.any), port: 1701),
                remote: Endpoint(address: .v4(IPv4Address(10, 0, 0, host)), port: 1701)),
            machine: Tunnel(
                role: .responder, localTunnelID: TunnelID(id), configuration: TunnelConfiguration(hostName: "x")),
            listener: listener, at: .now)
    }

    @Test func `a tunnel counts as half open until it opens, and as live until it is over`() {
        var table = TunnelTable()
        let (first, second) = (context(1), context(2, assigned: 8))
        let source = first.path.remote.address
        table.insert(first)
        table.insert(second)
        #expect(table.halfOpenCount == 2 && table.halfOpenCount(from: source) == 2)
        #expect(table.liveCount == 2 && table.liveCount(ofPeer: "a") == 2)
        table.open(first)
        table.open(first)
        #expect(table.halfOpenCount == 1 && table.halfOpenCount(from: source) == 1 && table.liveCount == 2)
        table.close(first)
        table.close(first)
        #expect(table.halfOpenCount == 1 && table.liveCount == 1 && table.liveCount(ofPeer: "a") == 1)
        #expect(first.standing == .closed && table.count == 2)
        table.remove(first)
        table.remove(first)
        table.remove(second)
        #expect(table.halfOpenCount == 0 && table.halfOpenCount(from: source) == 0)
        #expect(table.liveCount == 0 && table.liveCount(ofPeer: "a") == 0 && table.count == 0)
        #expect(table.tunnels(on: first.path).isEmpty)
    }

    @Test func `HRD-01 one that never opened holds its place until it is forgotten`() {
        var table = TunnelTable()
        let failed = context(1)
        table.insert(failed)
        table.close(failed)
        #expect(table.halfOpenCount == 1 && table.liveCount == 0 && failed.standing == .failed)
        table.remove(failed)
        #expect(table.halfOpenCount == 0)
    }

    @Test func `a tunnel is found by its path and the peer's id, one that lives before one that is over`() {
        var table = TunnelTable()
        let (old, new, other) = (context(1), context(2), context(3, host: 2))
        for each in [old, new, other] { table.insert(each) }
        table.close(old)
        #expect(table.tunnel(on: old.path, calledByPeer: TunnelID(7)) === new)
        #expect(table.tunnel(on: other.path, calledByPeer: TunnelID(7)) === other)
        #expect(table.tunnel(on: old.path, calledByPeer: TunnelID(8)) == nil)
        table.remove(new)
        #expect(table.tunnel(on: old.path, calledByPeer: TunnelID(7)) === old)
    }

    @Test func `AUT-06 ids are not 0 and no two are alike`() {
        var table = TunnelTable()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            guard let id = table.freeID(using: &random), id != .none, table[id] == nil else {
                Issue.record("a free id was to be had")
                return
            }
            table.insert(context(id.rawValue))
        }
        #expect(table.count == 3000)
    }
}

@Suite struct InterfaceNamesTests {
    @Test func `the lowest free number is taken, whatever the pattern`() throws {
        var names = InterfaceNames()
        let other = try #require(InterfaceName("bras%d"))
        let first = [names.take(.usual), names.take(other), names.take(.usual)]
        #expect(first == ["ppp0", "bras1", "ppp2"])
        names.giveBack("bras1")
        names.giveBack("ppp0")
        names.giveBack("ppp0")
        names.giveBack("eth0")
        let second = [names.take(.usual), names.take(.usual), names.take(.usual)]
        #expect(second == ["ppp0", "ppp1", "ppp3"])
    }
}

@Suite struct SessionNetworksTests {
    @Test func `NCP-05 an interface is clear only when the last withdrawal is confirmed`() {
        var networks = SessionNetworks()
        #expect(networks.isClear(.ipv4))
        networks.configure(.ipv4)
        #expect(!networks.isClear(.ipv4) && !networks.isAnyUp)
        #expect(networks.configured(.ipv4) && networks.isAnyUp)
        let isToBeTold = networks.withdraw(.ipv4)
        #expect(isToBeTold)
        let isToBeToldAgain = networks.withdraw(.ipv4)
        #expect(!isToBeToldAgain, "it has been told once")
        #expect(!networks.isAnyUp && !networks.isClear(.ipv4))
        #expect(networks.withdrawn(.ipv4) && networks.isClear(.ipv4))
        #expect(!networks.withdrawn(.ipv4) && !networks.withdraw(.ipv4))
    }

    @Test func `answers to what has been overtaken change nothing`() {
        var networks = SessionNetworks()
        // Configured, withdrawn and configured again before the data plane has answered once.
        networks.configure(.ipv4)
        let isToBeTold = networks.withdraw(.ipv4)
        #expect(isToBeTold)
        networks.configure(.ipv4)
        let isUpTooEarly = networks.configured(.ipv4)
        #expect(!isUpTooEarly)
        #expect(networks.withdrawn(.ipv4) && !networks.isClear(.ipv4))
        #expect(networks.configured(.ipv4) && networks.isAnyUp)
        let isOtherUp = networks.configured(.ipv6)
        #expect(!isOtherUp)
    }
}
