import Addresses
import DataPlane
import EventLoop
import Linux
import Netlink
import Testing

private let configureRequest: [UInt8] = [0xc0, 0x21, 1, 1, 0, 10, 5, 6, 1, 2, 3, 4]
private let configureAck: [UInt8] = [0xc0, 0x21, 2, 1, 0, 10, 5, 6, 1, 2, 3, 4]

/// What needs the kernel's L2TP: run in the lab, with L2TPD_KERNEL_TESTS set. One after the other: each checks that it
/// leaves nothing behind.
@Suite(.serialized, .enabled(if: hasKernel), .timeLimit(.minutes(10))) enum Kernel {}

extension Kernel {
    @Suite struct Tunnels {
        @Test(arguments: [false, true])
        func `UDP-05 LCP goes both ways through two tunnels over IPv4 and over IPv6`(overIPv6: Bool) throws {
            let rig = try KernelRig()
            let before = try Leavings(rig.l2tp)
            let ends = overIPv6 ? (loopback6(4001), loopback6(4002)) : (loopback(1, 4001), loopback(2, 4002))
            let near = try DatagramSocket(bind: ends.0, connect: ends.1)
            let far = try DatagramSocket(bind: ends.1, connect: ends.0)
            try rig.tunnel(10, peer: 20, near)
            try rig.tunnel(20, peer: 10, far)
            let (ours, theirs) = (SessionKey(tunnel: 10, session: 1), SessionKey(tunnel: 20, session: 2))
            try rig.session(ours, peer: theirs)
            try rig.session(theirs, peer: ours, SessionParameters(isLNS: false))

            #expect(rig.plane.send(configureRequest, on: ours, via: .channel))
            try rig.wait(for: .frame(theirs, configureRequest, from: .channel))
            #expect(rig.plane.send(configureAck, on: theirs, via: .channel))
            try rig.wait(for: .frame(ours, configureAck, from: .channel))

            let tunnel = try #require(try rig.l2tp.tunnel(id: 10))
            #expect(tunnel.local == ends.0)
            #expect(tunnel.remote == ends.1)
            #expect(tunnel.peerID == 20)
            try rig.finish(10, 20, before: before)
        }

        @Test(arguments: [false, true])
        func `UDP-04 the kernel's data packets carry UDP checksums`(overIPv6: Bool) throws {
            let rig = try KernelRig()
            let ends = overIPv6 ? (loopback6(4003), loopback6(4004)) : (loopback(1, 4003), loopback(2, 4004))
            try rig.tunnel(11, peer: 12, try DatagramSocket(bind: ends.0, connect: ends.1))
            #expect(try rig.l2tp.tunnel(id: 11)?.checksums == true)
            rig.plane.deleteTunnel(11)
            try rig.wait(for: .tunnelDeleted(11))
        }

        @Test func `DAT-01 DAT-03 DAT-05 the kernel's session has the options that were asked for`() throws {
            let rig = try KernelRig()
            let before = try Leavings(rig.l2tp)
            try rig.tunnel(13, peer: 14, try DatagramSocket(bind: loopback(1, 4005), connect: loopback(2, 4006)))
            let (plain, strict) = (SessionKey(tunnel: 13, session: 5), SessionKey(tunnel: 13, session: 6))
            try rig.session(plain, peer: SessionKey(tunnel: 14, session: 50), SessionParameters(isLNS: false))
            try rig.session(
                strict, peer: SessionKey(tunnel: 14, session: 60),
                SessionParameters(
                    isLNS: true, sendsSequence: true, requiresSequence: true, reorderTimeout: .milliseconds(400)))
            let first = try #require(try rig.l2tp.session(tunnel: 13, id: 5))
            #expect(first.peerID == 50)
            #expect(!first.isLNS && !first.sendsSequence && !first.requiresSequence)
            #expect(first.reorderTimeout == 0)
            let second = try #require(try rig.l2tp.session(tunnel: 13, id: 6))
            #expect(second.isLNS && second.sendsSequence && second.requiresSequence)
            #expect(second.reorderTimeout == 400)
            try rig.finish(13, before: before)
        }
    }
}
