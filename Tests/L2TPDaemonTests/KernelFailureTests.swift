import Addresses
import Configuration
import DataPlane
import Glibc
import Instants
import L2TPControl
import L2TPWire
import Linux
import Netlink
import Testing

@testable import L2TPDaemon

/// What happens when the kernel cannot do its part, or does it late.
@Suite struct KernelFailureTests {
    @Test(arguments: [InMemoryDataPlane.Kind.createSession, .createUnit, .configure])
    func `SSF-12 a step that fails ends the call with a CDN and leaves nothing`(_ step: InMemoryDataPlane.Kind) throws {
        let world = try World()
        world.plane.fail(step, nth: 1)
        let (host, tunnel) = try world.openTunnel()
        let call = tunnel.call(at: world.now)
        #expect(try world.run { call.end != nil })
        #expect(host.disconnects.first?.resultCode.result == .seeErrorCode)
        #expect(host.disconnects.first?.resultCode.error == .insufficientResources)
        #expect(world.statistic(.dataPlaneFailures) == 1)
        #expect(world.sessions.isEmpty && world.plane.sessions.isEmpty && tunnel.end == nil)
        // And the next call is as good as ever.
        let next = try world.openCall(in: tunnel)
        #expect(world.session(of: next, in: tunnel)?.interfaceName == "ppp0")
        tunnel.tell(.close(ResultCode(.generalClear)), at: world.now)
        try world.expectNothingLeft()
    }

    @Test func `SSF-12 a tunnel that the kernel refuses ends with StopCCN 2 and error 4, its calls with it`() throws {
        let world = try World()
        world.plane.fail(.createTunnel, nth: 1)
        let host = try world.addHost()
        let tunnel = host.open(id: 7, at: world.now)
        let call = tunnel.call(at: world.now)
        #expect(try world.run { tunnel.end != nil && call.end != nil })
        #expect(host.stops.first?.resultCode.result == .generalError)
        #expect(host.stops.first?.resultCode.error == .insufficientResources)
        try world.expectNothingLeft()
        _ = try world.openTunnel(on: host, id: 8)
    }

    @Test func `an interface name that somebody has is skipped`() throws {
        let world = try World()
        world.plane.fail(.createUnit, nth: 1, code: EEXIST)
        world.plane.fail(.createUnit, nth: 2, code: EEXIST)
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        #expect(world.session(of: call, in: tunnel)?.interfaceName == "ppp2")
        #expect(world.statistic(.dataPlaneFailures) == 0)
    }

    @Test func `SSF-09 a call that the kernel keeps waiting holds up no other message and ends in time`() throws {
        let world = try World { configuration, _ in configuration.peers[0].tunnel.callSetupTimeout = .seconds(5) }
        let (host, tunnel) = try world.openTunnel()
        world.plane.isStalled = true
        let call = tunnel.call(at: world.now)
        try world.run(for: .seconds(1))
        // The tunnel lives: HELLO is answered, another tunnel opens.
        tunnel.tell(.probe, at: world.now)
        try world.settle()
        #expect(tunnel.machine.statistics.queueDepth == 0)
        let other = host.open(id: 9, at: world.now)
        #expect(try world.run { other.isOpen })
        #expect(try world.run(atMost: .seconds(10)) { call.end != nil })
        #expect(host.disconnects.first?.resultCode.result == .timeout)
        world.plane.isStalled = false
        try world.settle()
        #expect(world.plane.sessions.isEmpty && world.sessions.isEmpty)
    }

    @Test func `a tunnel that is closed while the kernel still makes it leaves nothing`() throws {
        let world = try World()
        world.plane.isStalled = true
        let (host, tunnel) = try world.openTunnel()
        let call = tunnel.call(at: world.now)
        try world.settle()
        #expect(world.plane.sessions.count == 1)
        let context = try #require(world.context(of: tunnel))
        world.server.closeTunnel(context, ResultCode(.generalClear), at: world.now)
        #expect(try world.run { tunnel.end != nil })
        #expect(call.end != nil && host.stops.count == 1)
        try world.run(for: .seconds(40))
        #expect(world.server.table.count == 1, "the kernel has not let go of the id")
        world.plane.isStalled = false
        try world.expectNothingLeft()
    }

    @Test func `a session that is closed while the kernel still makes it leaves nothing`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        world.plane.isStalled = true
        let call = tunnel.call(at: world.now)
        try world.settle()
        let key = try #require(world.sessions.allKeys.first)
        world.server.closeSession(key, at: world.now)
        #expect(try world.run { call.end != nil })
        #expect(world.sessions[key]?.isEnding == true)
        world.plane.isStalled = false
        try world.settle()
        #expect(world.sessions.isEmpty && world.plane.sessions.isEmpty)
    }

    @Test func `a session that somebody deletes in the kernel ends with a CDN for loss of carrier`() throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        for lose in [{ world.plane.lose($0) }, world.plane.hangUp] {
            let call = try world.openCall(in: tunnel)
            lose(tunnel.key(call))
            lose(tunnel.key(call))
            #expect(try world.run { call.end != nil })
            #expect(host.disconnects.last?.resultCode.result == .lossOfCarrier)
        }
        #expect(host.disconnects.count == 2 && world.sessions.isEmpty)
    }

    @Test(arguments: [InterfaceLoss.deleted, .down, .address(.v4(IPv4Address(100, 64, 0, 1)))])
    func `an interface that somebody takes away ends PPP in order and then the call`(_ loss: InterfaceLoss) throws {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        let unharmed = try world.openCall(in: tunnel, "bob", "hidden")
        let call = try world.openCall(in: tunnel)
        var frames: [InMemoryDataPlane.SentFrame] = []
        let carrier = try #require(world.plane.carrier)
        world.plane.carrier = { sent in
            frames.append(sent)
            carrier(sent)
        }
        world.plane.lose(loss, of: tunnel.key(call))
        #expect(try world.run { call.end != nil })
        #expect(host.disconnects.map(\.resultCode.result) == [.administrative])
        #expect(host.disconnects.first?.resultCode.text.map { "\($0)" } == "\(loss)")
        let request = frames.first { $0.frame.starts(with: [0xc0, 0x21, 5]) }
        #expect(request?.key == tunnel.key(call), "PPP did not say so before")
        #expect(try world.run { world.sessions.count == 1 } && unharmed.isOpen)
        #expect(world.statistic(.kernelLosses) == 1)
    }

    @Test func `what the kernel lost without a word is found in time`() throws {
        let world = try World { configuration, _ in configuration.daemon.reconcileInterval = .seconds(10) }
        let (host, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        world.plane.lose(tunnel.key(call), unheard: true)
        let began = world.now
        #expect(try world.run { call.end != nil })
        #expect(world.now - began <= .seconds(10))
        #expect(host.disconnects.map(\.resultCode.result) == [.lossOfCarrier])
        // A tunnel without a session, too.
        world.plane.lose(tunnel: UInt32(tunnel.machine.peerTunnelID.rawValue), unheard: true)
        #expect(try world.run { tunnel.end != nil })
        #expect(host.stops.map(\.resultCode.result) == [.generalClear])
        try world.expectNothingLeft()
        // And nothing is looked for where there is nothing.
        let looks = world.plane.calls.count { $0 == .reconcile }
        try world.run(for: .seconds(300))
        #expect(looks > 0 && world.plane.calls.count { $0 == .reconcile } == looks)
    }

    @Test func `without an interval nothing is looked for`() throws {
        let world = try World { configuration, _ in configuration.daemon.reconcileInterval = nil }
        let (_, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel)
        try world.run(for: .seconds(300))
        #expect(!world.plane.calls.contains(.reconcile))
    }

    @Test func `KA-03 a tunnel that somebody deletes in the kernel ends with StopCCN and takes its sessions along`()
        throws
    {
        let world = try World()
        let (host, tunnel) = try world.openTunnel()
        let calls = try [world.openCall(in: tunnel), world.openCall(in: tunnel)]
        let id = UInt32(tunnel.machine.peerTunnelID.rawValue)
        world.server.handle([.tunnelLost(id), .tunnelLost(id)], at: world.now)
        #expect(try world.run { calls.allSatisfy { $0.end != nil } })
        #expect(host.stops.count == 1 && host.stops[0].resultCode.result == .generalClear)
        #expect(host.disconnects.isEmpty)
        try world.expectNothingLeft()
    }

    @Test func `events about what is gone are nothing to anybody`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let key = tunnel.key(call)
        tunnel.tell(.closeCall(call.id, ResultCode(.administrative)), at: world.now)
        #expect(try world.run { world.sessions.isEmpty })
        let error = DataPlaneError(.createSession, Errno("test", code: ENOMEM))
        let ghost = SessionKey(tunnel: 70_000, session: 1)
        for key in [key, ghost] {
            world.server.handle(
                [
                    .sessionReady(key), .sessionFailed(key, error), .sessionDeleted(key, nil), .sessionLost(key),
                    .channelHangUp(key), .interfaceLost(key, .down), .unitReady(key, interfaceIndex: 1, name: "ppp0"),
                    .unitFailed(key, error),
                    .configured(key, .ipv4), .configurationFailed(key, .ipv4, error), .withdrawn(key, .ipv4),
                    .frame(key, [0xc0, 0x21, 1, 1, 0, 4], from: .channel), .counters([key: .init()]),
                ], at: world.now)
        }
        world.server.handle(
            [.tunnelReady(70_000), .tunnelFailed(70_000, error), .tunnelDeleted(70_000), .tunnelLost(70_000)],
            at: world.now)
        try world.settle()
        _ = try world.openCall(in: tunnel)
        #expect(tunnel.end == nil && world.sessions.liveCount == 1)
    }
}
