import Addresses
import DataPlane
import EventLoop
import Glibc
import Instants
import Linux
import Netlink
import Testing

extension Kernel {
    /// Interfaces: one end of the session has one, the other is our own hand on the channel.
    @Suite struct Units {
        private let rig: KernelRig
        private let before: Leavings
        private let near = SessionKey(tunnel: 50, session: 1)
        private let far = SessionKey(tunnel: 60, session: 2)
        private let ours = IPv4Address(100, 64, 0, 1)
        private let theirs = IPv4Address(100, 64, 0, 2)

        init() throws {
            rig = try KernelRig()
            before = try Leavings(rig.l2tp)
            try rig.tunnel(50, peer: 60, try DatagramSocket(bind: loopback(1, 4021), connect: loopback(2, 4022)))
            try rig.tunnel(60, peer: 50, try DatagramSocket(bind: loopback(2, 4022), connect: loopback(1, 4021)))
            try rig.session(near, peer: far)
            try rig.session(far, peer: near, SessionParameters(isLNS: false))
        }

        private func configureIPv4() throws {
            rig.plane.configure(near, .ipv4(local: ours, peer: theirs), mtu: 1400)
            try rig.wait(for: .configured(near, .ipv4))
        }

        private func isUp(_ name: String) throws -> Bool {
            let flags = try #require(Int(try text("/sys/class/net/\(name)/flags").dropFirst(2), radix: 16))
            return flags & Int(IFF_UP) != 0
        }

        @Test func `NCP-05 IP passes only while it is configured`() throws {
            _ = try rig.unit(near, "ppp-lab0")
            #expect(try !isUp("ppp-lab0"))
            let packet = Self.datagram(from: theirs, to: ours, port: 5000, [1, 2, 3])
            rig.plane.send(packet, on: far, via: .channel)
            try configureIPv4()
            #expect(try isUp("ppp-lab0"))
            let socket = try DatagramSocket(bind: Endpoint(address: .v4(ours), port: 5000))
            rig.plane.send(packet, on: far, via: .channel)
            try rig.settle()
            let drained = socket.drain().datagrams
            #expect(drained.map(\.octets) == [[1, 2, 3]])
            #expect(drained.first?.source.address == .v4(theirs))

            _ = rig.takeFrames(far, .channel)
            #expect(socket.send([7, 7, 7], to: Endpoint(address: .v4(theirs), port: 5001)) == .sent)
            try rig.settle()
            let sent = rig.takeFrames(far, .channel)
            #expect(sent.count == 1)
            #expect(sent.first?.prefix(3) == [0, 0x21, 0x45])
            #expect(sent.first?.suffix(3) == [7, 7, 7])

            rig.plane.withdraw(near, .ipv4)
            try rig.wait(for: .withdrawn(near, .ipv4))
            #expect(try !isUp("ppp-lab0"))
            rig.plane.send(packet, on: far, via: .channel)
            try rig.settle()
            #expect(socket.drain().datagrams == [])
            // An address that is gone cannot be bound.
            #expect(throws: Errno("bind", code: EADDRNOTAVAIL)) {
                try DatagramSocket(bind: Endpoint(address: .v4(ours), port: 5002))
            }
            // Configured again, with another address, it passes again.
            rig.plane.configure(near, .ipv4(local: IPv4Address(100, 64, 0, 9), peer: theirs), mtu: 1300)
            try rig.wait(for: .configured(near, .ipv4))
            #expect(try isUp("ppp-lab0"))
            try rig.finish(50, 60, before: before)
        }

        @Test func `NCP-05 one network protocol does not open the door to the other`() throws {
            _ = try rig.unit(near, "ppp-lab0")
            rig.plane.configure(near, .ipv6(local: 0xa, peer: 0xb), mtu: 1400)
            try rig.wait(for: .configured(near, .ipv6))
            #expect(try run("ping", "-6", "-c", "1", "-W", "1", "fe80::b%ppp-lab0") != 0)
            try rig.settle()
            let sent = rig.takeFrames(far, .channel).filter { $0.prefix(2) == [0, 0x57] }
            // To the peer's link-local address, among what the kernel says by itself.
            let peer = IPv6Address(linkLocal: 0xb).octets
            #expect(sent.contains { $0.dropFirst(26).prefix(16) == peer[...] })

            // IPv4 is closed: an address put there by somebody else does not make it pass.
            #expect(try run("ip", "address", "add", "100.64.0.1/32", "peer", "100.64.0.2", "dev", "ppp-lab0") == 0)
            let socket = try DatagramSocket(bind: Endpoint(address: .v4(ours), port: 5000))
            socket.send([7], to: Endpoint(address: .v4(theirs), port: 5001))
            rig.plane.send(Self.datagram(from: theirs, to: ours, port: 5000, [1]), on: far, via: .channel)
            try rig.settle()
            #expect(rig.takeFrames(far, .channel).allSatisfy { $0.prefix(2) != [0, 0x21] })
            #expect(socket.drain().datagrams == [])
            try rig.finish(50, 60, before: before)
        }

        @Test func `network control protocols come by the unit, LCP by the channel`() throws {
            let request: [UInt8] = [0x80, 0x21, 1, 1, 0, 10, 3, 6, 0, 0, 0, 0]
            let echo: [UInt8] = [0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0]
            rig.plane.send(request, on: far, via: .channel)
            try rig.wait(for: .frame(near, request, from: .channel))
            _ = try rig.unit(near, "ppp-lab0")
            rig.plane.send(request, on: far, via: .channel)
            rig.plane.send(echo, on: far, via: .channel)
            try rig.wait(for: .frame(near, request, from: .unit))
            try rig.wait(for: .frame(near, echo, from: .channel))
            #expect(rig.plane.send(request, on: near, via: .unit))
            try rig.wait(for: .frame(far, request, from: .channel))
            // Data in an open session does not reach user space.
            try configureIPv4()
            let packet = Self.datagram(from: theirs, to: ours, port: 5000, [UInt8](repeating: 1, count: 100))
            for _ in 0..<50 { rig.plane.send(packet, on: far, via: .channel) }
            try rig.settle()
            #expect(rig.takeFrames(near, .unit) == [])
            #expect(rig.takeFrames(near, .channel) == [])
            try rig.finish(50, 60, before: before)
        }

        @Test func `KA-01 counters tell what the kernel carried`() throws {
            _ = try rig.unit(near, "ppp-lab0")
            try configureIPv4()
            let packet = Self.datagram(from: theirs, to: ours, port: 5000, [UInt8](repeating: 1, count: 100))
            func counters() throws -> [SessionKey: SessionCounters] {
                rig.plane.readCounters()
                return try rig.wait { event in
                    guard case .counters(let counters) = event else { return nil }
                    return counters
                }
            }
            let first = try counters()
            for _ in 0..<25 { rig.plane.send(packet, on: far, via: .channel) }
            try rig.settle()
            let second = try counters()
            let received = try #require(second[near]).receivedPackets - #require(first[near]).receivedPackets
            #expect(received == 25)
            let sent = try #require(second[far]).sentPackets - #require(first[far]).sentPackets
            #expect(sent == 25)
            #expect(try #require(second[near]).receivedOctets > #require(first[near]).receivedOctets + 25 * 100)
            // The last word comes with the deletion.
            rig.plane.deleteSession(near)
            let last = try rig.wait { event -> SessionCounters? in
                guard case .sessionDeleted(near, let counters) = event else { return nil }
                return counters
            }
            #expect(last.receivedPackets == second[near]?.receivedPackets)
            try rig.finish(50, 60, before: before)
        }

        @Test func `an interface has its name, MTU and group, and goes with its session`() throws {
            let index = try rig.unit(near, "ppp-lab0", group: 4711)
            let route = try RouteNetlink()
            #expect(try route.index(ofInterface: "ppp-lab0") == index)
            #expect(try text("/sys/class/net/ppp-lab0/mtu") == "1400")
            #expect(try text("/sys/class/net/ppp-lab0/netdev_group") == "4711")
            rig.plane.deleteSession(near)
            try rig.wait { if case .sessionDeleted(near, _) = $0 { true } else { nil } }
            #expect(throws: Errno("SIOCGIFINDEX", code: ENODEV)) {
                try route.index(ofInterface: "ppp-lab0")
            }
            try rig.finish(50, 60, before: before)
        }

        @Test func `a unit alone does not keep the loop busy`() throws {
            _ = try rig.unit(near, "ppp-lab0")
            try rig.settle(.seconds(1))
            var turns = 0
            let deadline = Instant.now + .seconds(1)
            while Instant.now < deadline {
                for event in try rig.loop.wait(until: deadline) { rig.plane.handle(event) }
                turns += 1
            }
            #expect(turns < 10)
            try rig.finish(50, 60, before: before)
        }

        /// A UDP datagram in a PPP frame.
        static func datagram(
            from source: IPv4Address, to destination: IPv4Address, port: UInt16, _ content: [UInt8]
        ) -> [UInt8] {
            func pair(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }
            let udp = pair(5001) + pair(Int(port)) + pair(8 + content.count) + [0, 0] + content
            var header: [UInt8] =
                [0x45, 0] + pair(20 + udp.count) + [0, 0, 0, 0, 64, 17, 0, 0] + source.octets + destination.octets
            var sum = stride(from: 0, to: 20, by: 2).reduce(0) { $0 + Int(header[$1]) << 8 + Int(header[$1 + 1]) }
            while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
            header.replaceSubrange(10..<12, with: pair(~sum & 0xffff))
            return [0, 0x21] + header + udp
        }
    }
}
