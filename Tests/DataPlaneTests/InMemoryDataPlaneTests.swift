import Addresses
import DataPlane
import EventLoop
import Glibc
import Linux
import Netlink
import Testing

@Suite struct InMemoryDataPlaneTests {
    private let plane = InMemoryDataPlane()
    private let key = SessionKey(tunnel: 1, session: 10)
    private let peer = SessionKey(tunnel: 2, session: 20)
    private let unit = UnitSpecification(name: "ppp0", mtu: 1400, group: InterfaceGroup(rawValue: 1))
    private let network = UnitNetwork.ipv4(local: IPv4Address(100, 64, 0, 1), peer: IPv4Address(100, 64, 0, 2))

    private func makeTunnel(_ id: UInt32 = 1) throws {
        let local = Endpoint(address: .v4(IPv4Address(127, 0, 0, 1)), port: 0)
        plane.createTunnel(id, peer: 2, socket: try DatagramSocket(bind: local))
    }

    private func makeSession() throws {
        try makeTunnel()
        plane.createSession(key, peer: peer, parameters: SessionParameters(isLNS: true))
    }

    @Test func `what is made is reported, in order, once it is asked for`() throws {
        try makeSession()
        plane.createUnit(key, unit)
        plane.configure(key, network, mtu: 1300)
        #expect(plane.hasEvents)
        #expect(
            plane.takeEvents() == [
                .tunnelReady(1), .sessionReady(key), .unitReady(key, interfaceIndex: 101, name: "ppp0"),
                .configured(key, .ipv4),
            ])
        #expect(!plane.hasEvents)
        #expect(plane.sessions[key]?.unit?.mtu == 1300)
        #expect(plane.sessions[key]?.networks == [.ipv4: network])
        plane.withdraw(key, .ipv4)
        plane.deleteTunnel(1)
        #expect(plane.takeEvents() == [.sessionDeleted(key, SessionCounters()), .tunnelDeleted(1)])
        #expect(plane.isIdle)
        #expect(
            plane.calls.map(\.kind) == [
                .createTunnel, .createSession, .createUnit, .configure, .withdraw, .deleteTunnel,
            ])
    }

    @Test(arguments: [
        InMemoryDataPlane.Kind.createTunnel, .createSession, .createUnit, .configure,
    ])
    func `SSF-12 each step can be made to fail, and then has made nothing`(kind: InMemoryDataPlane.Kind) throws {
        plane.fail(kind, nth: 1, code: EPERM)
        try makeSession()
        plane.createUnit(key, unit)
        plane.configure(key, network, mtu: 1400)
        let events = plane.takeEvents()
        let codes = events.compactMap { event -> Int32? in
            switch event {
            case .tunnelFailed(_, let error), .sessionFailed(_, let error), .unitFailed(_, let error),
                .configurationFailed(_, _, let error):
                error.errno.code
            default: nil
            }
        }
        // What builds on the failed step finds nothing there.
        let steps: [InMemoryDataPlane.Kind] = [.createTunnel, .createSession, .createUnit, .configure]
        let place = try #require(steps.firstIndex(of: kind))
        #expect(codes == [EPERM] + Array(repeating: ENODEV, count: 3 - place))
        #expect(plane.tunnels.isEmpty == (place == 0))
        #expect(plane.sessions.isEmpty == (place <= 1))
        #expect((plane.sessions[key]?.unit == nil) == (place <= 2))
        #expect(plane.sessions[key]?.networks.isEmpty ?? true)
    }

    @Test func `SSF-12 the nth call of a kind fails, the others do not`() throws {
        plane.fail(.createTunnel, nth: 2)
        for id in 1...3 as ClosedRange<UInt32> { try makeTunnel(id) }
        #expect(Set(plane.tunnels.keys) == [1, 3])
    }

    @Test func `ids and names in use are refused`() throws {
        try makeSession()
        try makeTunnel()
        plane.createSession(key, peer: peer, parameters: SessionParameters(isLNS: true))
        let other = SessionKey(tunnel: 1, session: 11)
        plane.createSession(other, peer: peer, parameters: SessionParameters(isLNS: true))
        plane.createUnit(key, unit)
        plane.createUnit(other, unit)
        let refused = plane.takeEvents().compactMap { event -> Int32? in
            switch event {
            case .tunnelFailed(_, let error), .sessionFailed(_, let error), .unitFailed(_, let error): error.errno.code
            default: nil
            }
        }
        #expect(refused == [EEXIST, EEXIST, EEXIST])
        #expect(plane.sessions.count == 2)
        #expect(plane.sessions[other]?.unit == nil)
    }

    @Test func `a deletion is the last word about its session`() throws {
        try makeSession()
        plane.inject([0xc0, 0x21], on: key, from: .channel)
        plane.deleteSession(key)
        #expect(plane.takeEvents() == [.tunnelReady(1), .sessionDeleted(key, SessionCounters())])
        #expect(!plane.inject([0xc0, 0x21], on: key, from: .channel))
        #expect(!plane.send([0xc0, 0x21], on: key, via: .channel))
        plane.deleteSession(key)
        #expect(plane.takeEvents() == [.sessionDeleted(key, nil)])
    }

    @Test func `frames go both ways as the kernel would take them`() throws {
        try makeSession()
        let ipcp: [UInt8] = [0x80, 0x21, 1, 1, 0, 4]
        let lcp: [UInt8] = [0xc0, 0x21, 9, 1, 0, 4]
        #expect(plane.inject(ipcp, on: key))
        plane.createUnit(key, unit)
        #expect(plane.inject(ipcp, on: key))
        #expect(plane.inject(lcp, on: key))
        let frames = plane.takeEvents().compactMap { event -> FrameWay? in
            if case .frame(_, _, let way) = event { way } else { nil }
        }
        #expect(frames == [.channel, .unit, .channel])
        #expect(plane.send(lcp, on: key, via: .channel))
        #expect(plane.takeSentFrames().map(\.frame) == [lcp])
        #expect(plane.takeSentFrames() == [])
        var carried: [[UInt8]] = []
        plane.carrier = { carried.append($0.frame) }
        #expect(plane.send(ipcp, on: key, via: .unit))
        #expect(carried == [ipcp])
        #expect(plane.takeSentFrames() == [])
    }

    @Test func `KA-01 counters are what the test says`() throws {
        try makeSession()
        _ = plane.takeEvents()
        plane.counters[key, default: SessionCounters()].receivedPackets = 7
        plane.readCounters()
        var expected = SessionCounters()
        expected.receivedPackets = 7
        #expect(plane.takeEvents() == [.counters([key: expected])])
        plane.deleteSession(key)
        #expect(plane.takeEvents() == [.sessionDeleted(key, expected)])
    }

    @Test func `a stalled kernel keeps its events back`() throws {
        plane.isStalled = true
        try makeTunnel()
        #expect(!plane.hasEvents)
        #expect(plane.takeEvents() == [])
        plane.isStalled = false
        #expect(plane.takeEvents() == [.tunnelReady(1)])
    }

    @Test func `leftovers are found by their port`() {
        let local = Endpoint(address: .v4(IPv4Address(192, 0, 2, 1)), port: 1701)
        let leftover = LeftoverTunnel(
            tunnel: KernelTunnel(id: 5, peerID: 6, version: 2, local: local, remote: nil), sessions: 2, failure: nil)
        plane.leftovers = [leftover]
        plane.removeLeftovers(on: [Endpoint(address: .v4(.any), port: 1702)])
        plane.removeLeftovers(on: [Endpoint(address: .v4(.any), port: 1701)])
        plane.removeLeftovers(on: [Endpoint(address: .v4(.any), port: 1701)])
        #expect(
            plane.takeEvents() == [.leftoversRemoved([]), .leftoversRemoved([leftover]), .leftoversRemoved([])])
    }
}
