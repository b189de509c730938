import Addresses
import DataPlane
import EventLoop
import Glibc
import Linux
import Netlink
import Testing

extension Kernel {
    /// Data packets of the kernel's session, with a plain socket of ours as the peer: what it sends is seen octet by octet,
    /// and it is sent whatever a peer could send.
    @Suite struct Data {
        private static let echoRequest: [UInt8] = [0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0]

        /// The kernel's end of a session, and the socket that plays the peer.
        private struct End {
            let rig: KernelRig
            let peer: DatagramSocket
            let key = SessionKey(tunnel: 30, session: 3)

            init(_ parameters: SessionParameters) throws {
                rig = try KernelRig()
                peer = try DatagramSocket(bind: loopback(2, 4012), connect: loopback(1, 4011))
                try rig.tunnel(30, peer: 40, try DatagramSocket(bind: loopback(1, 4011), connect: loopback(2, 4012)))
                try rig.session(key, peer: SessionKey(tunnel: 40, session: 4), parameters)
            }

            func received() throws -> [[UInt8]] {
                try rig.settle()
                return peer.drain().datagrams.map(\.octets)
            }

            func frames() throws -> [[UInt8]] {
                try rig.settle()
                return rig.takeFrames(key, .channel)
            }

            func finish() throws {
                rig.plane.deleteTunnel(30)
                try rig.wait(for: .tunnelDeleted(30))
            }
        }

        @Test func `DAT-01 frames go out with FF03 and without FCS, and come in with and without FF03`() throws {
            let end = try End(SessionParameters(isLNS: true))
            #expect(end.rig.plane.send(Self.echoRequest, on: end.key, via: .channel))
            #expect(try end.received() == [[0, 2, 0, 40, 0, 4, 0xff, 3] + Self.echoRequest])
            end.peer.send([0, 2, 0, 30, 0, 3, 0xff, 3] + Self.echoRequest)
            end.peer.send([0, 2, 0, 30, 0, 3] + Self.echoRequest)
            end.peer.send([0x40, 2, 0, 18, 0, 30, 0, 3] + Self.echoRequest)
            #expect(try end.frames() == [Self.echoRequest, Self.echoRequest, Self.echoRequest])
            try end.finish()
        }

        @Test func `DAT-02 each session counts its own Ns from zero`() throws {
            let end = try End(SessionParameters(isLNS: true, sendsSequence: true))
            let other = SessionKey(tunnel: 30, session: 5)
            try end.rig.session(
                other, peer: SessionKey(tunnel: 40, session: 6), SessionParameters(isLNS: true, sendsSequence: true))
            for key in [end.key, end.key, other] { end.rig.plane.send(Self.echoRequest, on: key, via: .channel) }
            let packets = try end.received().map { Array($0[..<10]) }
            #expect(
                packets == [
                    [0x08, 2, 0, 40, 0, 4, 0, 0, 0, 0], [0x08, 2, 0, 40, 0, 4, 0, 1, 0, 0],
                    [0x08, 2, 0, 40, 0, 6, 0, 0, 0, 0],
                ])
            try end.finish()
        }

        @Test func `DAT-03 where sequence numbers are required a packet without them is dropped`() throws {
            let end = try End(SessionParameters(isLNS: true, sendsSequence: true, requiresSequence: true))
            end.peer.send([0, 2, 0, 30, 0, 3, 0xff, 3] + Self.echoRequest)
            #expect(try end.frames() == [])
            end.peer.send([0x08, 2, 0, 30, 0, 3, 0, 0, 0, 0, 0xff, 3] + Self.echoRequest)
            #expect(try end.frames() == [Self.echoRequest])
            let counters = try #require(try end.rig.l2tp.session(tunnel: 30, id: 3)).counters
            #expect(counters.sequenceDiscards == 1)
            try end.finish()
        }

        @Test func `DAT-04 a LAC's kernel follows the LNS in sending sequence numbers`() throws {
            let end = try End(SessionParameters(isLNS: false))
            end.rig.plane.send(Self.echoRequest, on: end.key, via: .channel)
            end.peer.send([0x08, 2, 0, 30, 0, 3, 0, 0, 0, 0, 0xff, 3] + Self.echoRequest)
            #expect(try end.frames().count == 1)
            end.rig.plane.send(Self.echoRequest, on: end.key, via: .channel)
            end.peer.send([0, 2, 0, 30, 0, 3, 0xff, 3] + Self.echoRequest)
            #expect(try end.frames().count == 1)
            end.rig.plane.send(Self.echoRequest, on: end.key, via: .channel)
            #expect(try end.received().map { $0[0] } == [0, 0x08, 0])
            try end.finish()
        }

        @Test func `DAT-05 repeated and late packets are dropped, and packets are put in order`() throws {
            let end = try End(
                SessionParameters(isLNS: true, sendsSequence: true, reorderTimeout: .milliseconds(500)))
            func send(_ number: UInt8) {
                end.peer.send([0x08, 2, 0, 30, 0, 3, 0, number, 0, 0, 0xff, 3, 0xc0, 0x21, 9, number, 0, 8, 0, 0, 0, 0])
            }
            for number in [0, 2, 1, 1, 0, 3] as [UInt8] { send(number) }
            try end.rig.settle(.seconds(2))
            #expect(try end.frames().map { $0[3] } == [0, 1, 2, 3])
            try end.finish()
        }

        /// The kernel takes a jump ahead for a loss. A peer that begins to count anew within a session is not heard
        /// until it has caught up: it must open a new session.
        @Test(arguments: [Duration.zero, .milliseconds(100)])
        func `DAT-05 after a long loss data is heard again`(reorderTimeout: Duration) throws {
            let end = try End(
                SessionParameters(isLNS: true, sendsSequence: true, reorderTimeout: reorderTimeout))
            func send(_ number: UInt16) throws -> Int {
                let octets = [UInt8(number >> 8), UInt8(number & 0xff)]
                end.peer.send([0x08, 2, 0, 30, 0, 3] + octets + [0, 0, 0xff, 3] + Self.echoRequest)
                return try end.frames().count
            }
            for number in 0..<3 as Range<UInt16> { #expect(try send(number) == 1) }
            for number in 5000..<5010 as Range<UInt16> { _ = try send(number) }
            for number in 5010..<5013 as Range<UInt16> { #expect(try send(number) == 1) }
            try end.finish()
        }

        @Test func `UDP-01 datagrams from elsewhere, control messages and very short packets stay out of the session`()
            throws
        {
            let rig = try KernelRig()
            let own = try DatagramSocket(bind: loopback(1, 4011), connect: loopback(2, 4012))
            let peer = try DatagramSocket(bind: loopback(2, 4012), connect: loopback(1, 4011))
            let stranger = try DatagramSocket(bind: loopback(3, 4012), connect: loopback(1, 4011))
            let key = SessionKey(tunnel: 30, session: 3)
            try rig.tunnel(30, peer: 40, own)
            try rig.session(key, peer: SessionKey(tunnel: 40, session: 4))
            stranger.send([0, 2, 0, 30, 0, 3, 0xff, 3] + Self.echoRequest)
            let control: [UInt8] = [0xc8, 2, 0, 12, 0, 30, 0, 0, 0, 0, 0, 0]
            let short: [UInt8] = [0, 2, 0, 30, 0, 3, 0xc0, 0x21, 9, 1, 0, 4]
            let unknown: [UInt8] = [0, 2, 0, 30, 0, 99, 0xff, 3] + Self.echoRequest
            for packet in [control, short, unknown] { peer.send(packet) }
            try rig.settle()
            #expect(rig.takeFrames(key, .channel) == [])
            #expect(own.drain().datagrams.map(\.octets) == [control, short, unknown])
            rig.plane.deleteTunnel(30)
            try rig.wait(for: .tunnelDeleted(30))
        }
    }
}
