import Addresses
import DataPlane
import EventLoop
import Glibc
import Linux
import Netlink
import Testing

extension Kernel {
    /// PPPoE sessions.
    @Suite struct Access {
        private let rig: KernelRig
        private let before: Leavings
        private let wire: KernelWire
        private let key = SessionKey.access(1)
        private let echoRequest: [UInt8] = [0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0]
        private let echoReply: [UInt8] = [0xc0, 0x21, 10, 1, 0, 8, 0, 0, 0, 0]

        init() throws {
            rig = try KernelRig()
            before = try Leavings(rig.l2tp)
            wire = try KernelWire()
        }

        private func finish() throws {
            try wire.remove()
            try rig.finish(before: before)
        }

        private func frames() throws -> [[UInt8]] {
            try rig.settle()
            return rig.takeFrames(key, .channel)
        }

        @Test func `POE-05 a session sends to its subscriber and takes what has its id, station and VLAN`() throws {
            try rig.access(key, wire.circuit(7))
            #expect(rig.plane.send(echoRequest, on: key, via: .channel))
            try rig.settle()
            #expect(wire.frames(session: 7) == [echoRequest])
            wire.send(echoReply, session: 7)
            #expect(try frames() == [echoReply])

            wire.send(echoReply, session: 8)
            try ip("link", "set", "sub0", "address", "02:00:00:00:00:09")
            wire.send(echoReply, session: 7)
            try ip("link", "set", "sub0", "address", "\(KernelWire.subscriber)")
            #expect(try frames() == [])

            // The same station and session id in a VLAN is another session.
            for name in ["ge0", "sub0"] {
                try ip("link", "add", "link", name, "name", "\(name).7", "type", "vlan", "id", "7")
                try ip("link", "set", "\(name).7", "up")
            }
            let tagged = try PacketSocket(interface: "sub0.7", etherType: 0x8864)
            let packet = KernelWire.packet(echoReply, session: 7)
            tagged.send(packet, to: KernelWire.concentrator)
            #expect(try frames() == [])
            let other = SessionKey.access(2)
            try rig.access(other, wire.circuit(7, interface: "ge0.7"))
            tagged.send(packet, to: KernelWire.concentrator)
            try rig.wait(for: .frame(other, echoReply, from: .channel))
            #expect(try frames() == [])
            try rig.delete(other)
            wire.send(echoReply, session: 7)
            #expect(try frames() == [echoReply])
            try rig.delete(key)
            try finish()
        }

        @Test func `POE-05 discovery on a VLAN's interface has that VLAN's frames alone`() throws {
            for name in ["ge0", "sub0"] {
                for vlan in ["7", "8"] where name == "sub0" || vlan == "7" {
                    try ip("link", "add", "link", name, "name", "\(name).\(vlan)", "type", "vlan", "id", vlan)
                    try ip("link", "set", "\(name).\(vlan)", "up")
                }
            }
            func socket(_ interface: String) throws -> PacketSocket {
                try PacketSocket(interface: interface, etherType: 0x8863)
            }
            let (plain, tagged) = (try socket("ge0"), try socket("ge0.7"))
            for (interface, mark) in [("sub0.8", 8), ("sub0.7", 7), ("sub0", 0)] as [(String, UInt8)] {
                #expect(try socket(interface).send([mark], to: .broadcast) == .sent)
            }
            try rig.settle()
            #expect(tagged.drain().packets.map { $0.octets.first } == [7])
            #expect(plain.drain().packets.map { $0.octets.first } == [0])
            try finish()
        }

        @Test func `POE-06 a PADT of the session's station ends it, and no PPP follows`() throws {
            try rig.access(key, wire.circuit(7))
            wire.terminate(session: 8)
            try ip("link", "set", "sub0", "address", "02:00:00:00:00:09")
            wire.terminate(session: 7)
            try ip("link", "set", "sub0", "address", "\(KernelWire.subscriber)")
            wire.send(echoReply, session: 7)
            #expect(try frames() == [echoReply])
            #expect(!rig.events.contains(.channelHangUp(key)))

            wire.terminate(session: 7)
            try rig.wait(for: .channelHangUp(key))
            wire.send(echoReply, session: 7)
            rig.plane.send(echoRequest, on: key, via: .channel)
            #expect(try frames() == [])
            #expect(wire.frames(session: 7) == [])
            // The kernel holds its id until it is deleted here too; the subscriber can be back with another one.
            let again = SessionKey.access(2)
            try rig.access(again, wire.circuit(8))
            try rig.delete(key)
            try rig.access(key, wire.circuit(7))
            wire.send(echoReply, session: 7)
            try rig.wait(for: .frame(key, echoReply, from: .channel))
            for each in [key, again] { try rig.delete(each) }
            try finish()
        }

        @Test func `an interface that goes down or away takes its sessions along`() throws {
            let other = SessionKey.access(2)
            try rig.access(key, wire.circuit(7))
            try rig.access(other, wire.circuit(8))
            try ip("link", "set", "ge0", "down")
            try rig.wait(for: .channelHangUp(key))
            try rig.wait(for: .channelHangUp(other))
            try rig.delete(key)
            try rig.delete(other)
            try ip("link", "set", "ge0", "up")
            try rig.access(key, wire.circuit(7))
            try wire.remove()
            try rig.wait(for: .channelHangUp(key))
            try rig.delete(key)
            try rig.finish(before: before)
        }

        @Test func `SSF-12 a session that cannot be made is refused with its reason, and nothing is left`() throws {
            try rig.access(key, wire.circuit(7))
            func refusal(_ circuit: PPPoECircuit) throws -> DataPlaneError {
                let key = SessionKey.access(9)
                rig.plane.createAccessSession(key, circuit)
                return try rig.wait { if case .sessionFailed(key, let error) = $0 { error } else { nil } }
            }
            func error(_ code: Int32) -> DataPlaneError {
                DataPlaneError(.connectSession, Errno("connect", code: code))
            }
            #expect(try refusal(wire.circuit(7)).errno.code == EALREADY)
            #expect(try refusal(wire.circuit(0)) == error(EINVAL))
            #expect(try refusal(wire.circuit(9, interface: "ge9")) == error(ENODEV))
            #expect(try refusal(wire.circuit(9, interface: "a name longer than any")) == error(ENODEV))
            wire.send(echoReply, session: 7)
            #expect(try frames() == [echoReply])
            try rig.delete(key)
            try ip("link", "set", "ge0", "down")
            #expect(try refusal(wire.circuit(9)) == error(ENODEV))
            try finish()
        }

        @Test func `an access session has an interface where its call ends here`() throws {
            let (ours, theirs) = (IPv4Address(100, 64, 0, 1), IPv4Address(100, 64, 0, 2))
            try rig.access(key, wire.circuit(7))
            _ = try rig.unit(key, "ppp-lab0")
            rig.plane.configure(key, .ipv4(local: ours, peer: theirs), mtu: 1492)
            try rig.wait(for: .configured(key, .ipv4))
            let request: [UInt8] = [0x80, 0x21, 1, 1, 0, 10, 3, 6, 0, 0, 0, 0]
            wire.send(request, session: 7)
            try rig.wait(for: .frame(key, request, from: .unit))
            wire.send(echoRequest, session: 7)
            try rig.wait(for: .frame(key, echoRequest, from: .channel))
            let socket = try DatagramSocket(bind: Endpoint(address: .v4(ours), port: 5000))
            wire.send(Units.datagram(from: theirs, to: ours, port: 5000, [1, 2, 3]), session: 7)
            try rig.settle()
            #expect(socket.drain().datagrams.map(\.octets) == [[1, 2, 3]])
            #expect(socket.send([7, 7], to: Endpoint(address: .v4(theirs), port: 5001)) == .sent)
            try rig.settle()
            let sent = wire.frames(session: 7)
            #expect(sent.map { $0.prefix(3) } == [[0, 0x21, 0x45]])
            #expect(sent.first?.suffix(2) == [7, 7])
            rig.plane.withdraw(key, .ipv4)
            try rig.wait(for: .withdrawn(key, .ipv4))
            rig.plane.deleteSession(key)
            let counters = try rig.wait { if case .sessionDeleted(key, let last?) = $0 { last } else { nil } }
            // The interface's own: the datagrams, and the request for an address.
            #expect((counters.sentPackets, counters.sentOctets) == (1, 20 + 8 + 2))
            #expect((counters.receivedPackets, counters.receivedOctets) == (2, 20 + 8 + 3 + 10))
            try finish()
        }

        @Test func `a deletion overtakes what is waiting, and a hundred sessions come and go`() throws {
            let keys = (1...100 as ClosedRange<UInt32>).map(SessionKey.access)
            let clock = ContinuousClock()
            for round in 0..<3 {
                let setup = try clock.measure {
                    for key in keys { rig.plane.createAccessSession(key, wire.circuit(UInt16(key.session))) }
                    if round > 0 {
                        for key in keys { try rig.wait(for: .sessionReady(key)) }
                    }
                }
                let teardown = try clock.measure {
                    for key in keys { rig.plane.deleteSession(key) }
                    for key in keys { try rig.wait(for: .sessionDeleted(key, nil)) }
                }
                print("100 access sessions: setup \(setup), deleted \(teardown)")
                #expect(rig.plane.isIdle)
            }
            let single = try clock.measure { try rig.access(key, wire.circuit(7)) }
            print("one access session: \(single)")
            try rig.delete(key)
            try finish()
        }
    }
}
