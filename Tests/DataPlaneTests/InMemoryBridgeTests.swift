import Addresses
import DataPlane
import EventLoop
import Glibc
import Linux
import Netlink
import Testing

@Suite struct InMemoryBridgeTests {
    private let plane = InMemoryDataPlane()
    private let access = SessionKey.access(3)
    private let tunnelled = SessionKey(tunnel: 1, session: 10)
    private let circuit = PPPoECircuit(interface: "ge0", peer: MACAddress(2, 0, 0, 0, 0, 1), sessionID: 7)
    private let request: [UInt8] = [0xc0, 0x21, 1, 1, 0, 4]
    private let reply: [UInt8] = [0xc0, 0x21, 2, 1, 0, 4]

    private func makeBoth() throws {
        let local = Endpoint(address: .v4(IPv4Address(127, 0, 0, 1)), port: 0)
        plane.createTunnel(1, peer: 2, socket: try DatagramSocket(bind: local))
        plane.createSession(
            tunnelled, peer: SessionKey(tunnel: 2, session: 20), parameters: SessionParameters(isLNS: false))
        plane.createAccessSession(access, circuit)
        _ = plane.takeEvents()
    }

    private func failures() -> [Int32] {
        plane.takeEvents().compactMap { event in
            switch event {
            case .sessionFailed(_, let error), .unitFailed(_, let error), .bridgeFailed(_, _, let error):
                error.errno.code
            default: nil
            }
        }
    }

    @Test func `an access session is a session without a tunnel`() throws {
        #expect(access.isAccess && !tunnelled.isAccess)
        plane.createAccessSession(access, circuit)
        #expect(plane.takeEvents() == [.sessionReady(access)])
        #expect(plane.sessions[access]?.way == .ethernet(circuit))
        #expect(plane.inject(request, on: access) && plane.send(reply, on: access, via: .channel))
        plane.readCounters()
        plane.createUnit(access, UnitSpecification(name: "ppp0", mtu: 1492, group: InterfaceGroup(rawValue: 1)))
        var counters = SessionCounters()
        counters.receivedPackets = 7
        plane.counters[access] = counters
        plane.readCounters()
        // Only with an interface is there something that counts.
        #expect(
            plane.takeEvents() == [
                .frame(access, request, from: .channel), .counters([:]),
                .unitReady(access, interfaceIndex: 101, name: "ppp0"), .counters([access: counters]),
            ])
        plane.hangUp(access)
        #expect(plane.takeEvents() == [.channelHangUp(access)])
        plane.deleteSession(access)
        #expect(plane.takeEvents() == [.sessionDeleted(access, counters)])
        #expect(plane.isIdle)
    }

    @Test func `POE-05 a circuit in use, a key in use and a tunnel's key are refused`() throws {
        plane.createAccessSession(access, circuit)
        plane.createAccessSession(access, circuit)
        plane.createAccessSession(.access(4), circuit)
        plane.createAccessSession(tunnelled, circuit)
        #expect(failures() == [EEXIST, EALREADY, EINVAL])
        plane.fail(.createAccessSession, nth: 5, code: ENETDOWN)
        plane.createAccessSession(.access(5), PPPoECircuit(interface: "ge1", peer: circuit.peer, sessionID: 7))
        #expect(failures() == [ENETDOWN])
        #expect(Array(plane.sessions.keys) == [access])
    }

    @Test func `frames that wait pass to the other side first, and those that come after pass by themselves`() throws {
        try makeBoth()
        plane.inject(request, on: access)
        plane.inject(reply, on: tunnelled)
        plane.bridge(access, tunnelled)
        #expect(plane.hasEvents)
        // What was not taken is not given any more.
        #expect(plane.takeEvents() == [.bridged(access, tunnelled)])
        #expect(plane.inject([0, 0x21, 1], on: access))
        let sent = plane.takeSentFrames()
        #expect(sent.map(\.key) == [tunnelled, access, tunnelled])
        #expect(sent.map(\.frame) == [request, reply, [0, 0x21, 1]])
        #expect(!plane.hasEvents)
        // What only user space has still goes out.
        #expect(plane.send(reply, on: access, via: .channel))
        #expect(plane.takeSentFrames().map(\.key) == [access])
    }

    @Test func `when one side is gone the other drops what it receives`() throws {
        try makeBoth()
        plane.bridge(access, tunnelled)
        plane.hangUp(access)
        #expect(plane.takeEvents() == [.channelHangUp(access), .bridged(access, tunnelled)])
        plane.deleteSession(access)
        _ = plane.takeEvents()
        // The same key again is another session.
        plane.createAccessSession(access, circuit)
        #expect(!plane.inject(request, on: tunnelled))
        #expect(plane.takeEvents() == [.sessionReady(access)])
        #expect(plane.takeSentFrames() == [])
        plane.bridge(access, tunnelled)
        #expect(failures() == [EALREADY])
    }

    @Test func `a bridge that cannot be leaves both as they were`() throws {
        try makeBoth()
        plane.inject(request, on: access)
        plane.bridge(access, .access(99))
        plane.bridge(access, access)
        plane.fail(.bridge, nth: 3, code: ENXIO)
        plane.bridge(access, tunnelled)
        #expect(failures() == [ENODEV, EALREADY, ENXIO])
        #expect(plane.takeSentFrames() == [])
        #expect(plane.inject(request, on: access))
        #expect(plane.takeEvents() == [.frame(access, request, from: .channel)])
        // A bridge that was asked for goes with either of its ends.
        plane.bridge(access, tunnelled)
        plane.deleteSession(tunnelled)
        #expect(plane.takeEvents() == [.sessionDeleted(tunnelled, SessionCounters())])
    }
}
