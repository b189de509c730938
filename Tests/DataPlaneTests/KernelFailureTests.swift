import Addresses
import DataPlane
import EventLoop
import Glibc
import Linux
import Netlink
import Testing

extension Kernel {
    /// What goes wrong, what overtakes, and what somebody else does: nothing is left behind.
    @Suite struct Failures {
        private let rig: KernelRig
        private let before: Leavings
        private let key = SessionKey(tunnel: 70, session: 1)
        private let peer = SessionKey(tunnel: 80, session: 2)

        init() throws {
            rig = try KernelRig()
            before = try Leavings(rig.l2tp)
        }

        private func socket(_ port: UInt16 = 4031) throws -> DatagramSocket {
            try DatagramSocket(bind: loopback(1, port), connect: loopback(2, 4032))
        }

        private func failure(of key: SessionKey) throws -> DataPlaneError {
            try rig.wait { event in
                switch event {
                case .sessionFailed(key, let error), .unitFailed(key, let error): error
                default: nil
                }
            }
        }

        @Test func `SSF-12 a tunnel id in use is refused and its owner is not harmed`() throws {
            let other = try KernelRig()
            try other.tunnel(70, peer: 80, try socket(4033))
            rig.plane.createTunnel(70, peer: 80, socket: try socket())
            rig.plane.createSession(key, peer: peer, parameters: SessionParameters(isLNS: true))
            let error = try rig.wait { event in
                if case .tunnelFailed(70, let error) = event { error } else { nil }
            }
            #expect(error == DataPlaneError(.createTunnel, Errno("L2TP_CMD_TUNNEL_CREATE", code: EEXIST)))
            // The session must not end up in the other's tunnel.
            #expect(try failure(of: key).errno.code == ENODEV)
            #expect(try rig.l2tp.sessions().allSatisfy { $0.tunnel != 70 })
            #expect(rig.plane.isIdle)
            #expect(try rig.l2tp.tunnel(id: 70)?.local == loopback(1, 4033))
            try other.finish(70, before: before)
        }

        @Test func `SSF-12 a session id in use is refused and its owner is not harmed`() throws {
            try rig.tunnel(70, peer: 80, try socket())
            try rig.l2tp.createSession(KernelSession(tunnel: 70, id: 1, peerID: 99, isLNS: true))
            rig.plane.createSession(key, peer: peer, parameters: SessionParameters(isLNS: true))
            #expect(
                try failure(of: key)
                    == DataPlaneError(.createSession, Errno("L2TP_CMD_SESSION_CREATE", code: EEXIST)))
            #expect(try rig.l2tp.session(tunnel: 70, id: 1)?.peerID == 99)
            try rig.l2tp.deleteSession(tunnel: 70, id: 1)
            try rig.finish(70, before: before)
        }

        @Test func `SSF-12 without descriptors a session fails and nothing of it is left`() throws {
            try rig.tunnel(70, peer: 80, try socket())
            var steps: Set<DataPlaneError.Step> = []
            for spare in 0..<3 {
                let limit = lowerLimit()
                let held = exhaust(leaving: spare)
                rig.plane.createSession(key, peer: peer, parameters: SessionParameters(isLNS: true))
                let outcome = try rig.wait { event -> DataPlaneError?? in
                    switch event {
                    case .sessionReady(key): .some(nil)
                    case .sessionFailed(key, let error): error
                    default: nil
                    }
                }
                for descriptor in held { _ = close(descriptor) }
                restore(limit)
                if let error = outcome {
                    #expect(error.errno.code == EMFILE)
                    steps.insert(error.step)
                    #expect(try rig.l2tp.sessions().isEmpty)
                } else {
                    rig.plane.deleteSession(key)
                    try rig.wait { if case .sessionDeleted(key, _) = $0 { true } else { nil } }
                }
            }
            #expect(steps == [.connectSession, .attachChannel])
            try rig.finish(70, before: before)
        }

        @Test func `SSF-12 a unit whose name is in use fails and the session goes on`() throws {
            try rig.tunnel(70, peer: 80, try socket())
            try rig.session(key, peer: peer)
            rig.plane.createUnit(
                key, UnitSpecification(name: "lo", mtu: 1400, group: InterfaceGroup(rawValue: 1)))
            #expect(
                try failure(of: key) == DataPlaneError(.createInterface, Errno("RTM_NEWLINK", code: EEXIST)))
            #expect(try Leavings(rig.l2tp).interfaces == before.interfaces)
            _ = try rig.unit(key, "ppp-lab1")
            // IPv6 cannot be where packets are smaller than 1280 octets.
            rig.plane.configure(key, .ipv6(local: 1, peer: 2), mtu: 1000)
            let error = try rig.wait { event in
                if case .configurationFailed(key, .ipv6, let error) = event { error } else { nil }
            }
            #expect(error.step == .configureInterface)
            try rig.finish(70, before: before)
        }

        @Test func `a deletion overtakes what is waiting, and is the last word`() throws {
            for round in 0..<20 {
                rig.plane.createTunnel(70, peer: 80, socket: try socket(4100 + UInt16(round)))
                for session in 1...5 as ClosedRange<UInt32> {
                    rig.plane.createSession(
                        SessionKey(tunnel: 70, session: session), peer: SessionKey(tunnel: 80, session: session),
                        parameters: SessionParameters(isLNS: true))
                }
                // Sometimes nothing has begun, sometimes some of it is done.
                if round % 2 == 1 { try rig.settle(.milliseconds(round)) }
                rig.plane.deleteTunnel(70)
                try rig.wait(for: .tunnelDeleted(70))
                #expect(rig.plane.isIdle)
                #expect(try Leavings(rig.l2tp) == before)
            }
        }

        @Test func `a session deleted while its unit is being made leaves no interface`() throws {
            try rig.tunnel(70, peer: 80, try socket())
            for round in 0..<20 {
                try rig.session(key, peer: peer)
                rig.plane.createUnit(
                    key, UnitSpecification(name: "ppp-lab1", mtu: 1400, group: InterfaceGroup(rawValue: 1)))
                rig.plane.configure(
                    key, .ipv4(local: IPv4Address(100, 64, 0, 1), peer: IPv4Address(100, 64, 0, 2)), mtu: 1400)
                if round % 2 == 1 { try rig.settle(.milliseconds(round)) }
                rig.plane.deleteSession(key)
                try rig.wait { if case .sessionDeleted(key, _) = $0 { true } else { nil } }
                #expect(try Leavings(rig.l2tp).interfaces == before.interfaces)
            }
            try rig.finish(70, before: before)
        }

        @Test func `a session or tunnel that somebody else deletes is reported as lost`() throws {
            try rig.tunnel(70, peer: 80, try socket())
            try rig.session(key, peer: peer)
            let unharmed = SessionKey(tunnel: 70, session: 9)
            try rig.session(unharmed, peer: SessionKey(tunnel: 80, session: 9))
            try rig.l2tp.deleteSession(tunnel: 70, id: 1)
            try rig.wait(for: .sessionLost(key))
            rig.plane.deleteSession(key)
            try rig.wait { if case .sessionDeleted(key, _) = $0 { true } else { nil } }
            try rig.l2tp.deleteTunnel(id: 70)
            try rig.wait(for: .tunnelLost(70))
            try rig.settle()
            #expect(!rig.events.contains(.sessionLost(unharmed)))
            try rig.finish(70, before: before)
        }

        /// A tunnel and a session with an interface that passes IPv4 and IPv6.
        private func interface() throws -> Int32 {
            try rig.tunnel(70, peer: 80, try socket())
            try rig.session(key, peer: peer)
            let index = try rig.unit(key, "ppp-lab1")
            for network in [UnitNetwork.ipv4(local: local, peer: IPv4Address(100, 64, 0, 2)), .ipv6(local: 1, peer: 2)]
            {
                rig.plane.configure(key, network, mtu: 1400)
                try rig.wait(for: .configured(key, network.networkProtocol))
            }
            return index
        }

        private let local = IPv4Address(100, 64, 0, 1)

        @Test(
            arguments: [
                ("link delete ppp-lab1", InterfaceLoss.deleted), ("link set ppp-lab1 down", .down),
                ("-4 address flush dev ppp-lab1", .address(.v4(IPv4Address(100, 64, 0, 1)))),
                ("-6 address flush dev ppp-lab1", .address(.v6(IPv6Address(linkLocal: 1)))),
            ])
        func `an interface that somebody else takes is reported as lost, once`(
            _ command: String, _ loss: InterfaceLoss
        ) throws {
            _ = try interface()
            #expect(try run(["ip"] + command.split(separator: " ").map(String.init)) == 0)
            try rig.wait(for: .interfaceLost(key, loss))
            rig.plane.reconcile()
            try rig.settle()
            #expect(!rig.events.contains { if case .interfaceLost = $0 { true } else { false } })
            try rig.finish(70, before: before)
        }

        @Test func `what we do to an interface ourselves is no loss, nor what others add to it`() throws {
            _ = try interface()
            for round in 0..<20 {
                // The last of the first round is as in the one before.
                let network = UnitNetwork.ipv4(local: local, peer: IPv4Address(100, 64, 0, UInt8(2 + round / 2)))
                rig.plane.withdraw(key, .ipv4)
                if round % 3 == 0 { rig.plane.withdraw(key, .ipv6) }
                if round % 3 == 1 { try rig.settle(.milliseconds(20)) }
                rig.plane.configure(key, network, mtu: 1400)
                if round % 3 == 0 { rig.plane.configure(key, .ipv6(local: 1, peer: UInt64(2 + round)), mtu: 1400) }
                rig.plane.reconcile()
                if round % 2 == 0 { try rig.settle(.milliseconds(10)) }
            }
            #expect(try run("ip", "address", "add", "203.0.113.9/32", "dev", "ppp-lab1") == 0)
            #expect(try run("ip", "address", "delete", "203.0.113.9/32", "dev", "ppp-lab1") == 0)
            try rig.settle()
            #expect(!rig.events.contains { if case .interfaceLost = $0 { true } else { false } })
            try rig.finish(70, before: before)
        }

        @Test func `what is lost is found without an event`() throws {
            let index = try interface()
            let other = SessionKey(tunnel: 70, session: 9)
            try rig.session(other, peer: SessionKey(tunnel: 80, session: 9))
            try rig.tunnel(71, peer: 81, try socket(4034))
            rig.deafen()
            try rig.l2tp.deleteSession(tunnel: 70, id: 9)
            try rig.l2tp.deleteTunnel(id: 71)
            try RouteNetlink().bringDown(index)
            try rig.settle(.seconds(1))
            #expect(rig.events.allSatisfy { if case .counters = $0 { true } else { false } })
            rig.plane.reconcile()
            try rig.wait(for: .sessionLost(other))
            try rig.wait(for: .tunnelLost(71))
            try rig.wait(for: .interfaceLost(key, .down))
            try rig.finish(70, 71, before: before)
        }

        @Test func `tunnels of an earlier run are found by their address and removed`() throws {
            #expect(
                try run(
                    "ip", "l2tp", "add", "tunnel", "tunnel_id", "901", "peer_tunnel_id", "902", "encap", "udp", "local",
                    "127.0.0.5", "remote", "127.0.0.6", "udp_sport", "1701", "udp_dport", "1701") == 0)
            #expect(
                try run(
                    "ip", "l2tp", "add", "session", "tunnel_id", "901", "session_id", "1", "peer_session_id", "1") == 0)
            #expect(
                try run(
                    "ip", "l2tp", "add", "tunnel", "tunnel_id", "903", "peer_tunnel_id", "904", "encap", "udp", "local",
                    "127.0.0.7", "remote", "127.0.0.6", "udp_sport", "1701", "udp_dport", "1701") == 0)
            try rig.tunnel(70, peer: 80, try DatagramSocket(bind: loopback(8, 1701), connect: loopback(2, 1701)))
            func remove(_ addresses: Endpoint...) throws -> [LeftoverTunnel] {
                rig.plane.removeLeftovers(on: addresses)
                return try rig.wait { event in
                    if case .leftoversRemoved(let tunnels) = event { tunnels } else { nil }
                }
            }
            let removed = try remove(loopback(5, 1701))
            #expect(removed.map(\.tunnel.id) == [901])
            #expect(removed.first?.sessions == 1)
            #expect(removed.first?.failure == nil)
            #expect(try rig.l2tp.tunnel(id: 901) == nil)
            #expect(try rig.l2tp.tunnel(id: 903) != nil)
            #expect(try remove(Endpoint(address: .v4(.any), port: 1702)) == [])
            // A wildcard covers every address, but not what this data plane has made itself.
            #expect(try remove(Endpoint(address: .v4(.any), port: 1701)).map(\.tunnel.id) == [903])
            #expect(try rig.l2tp.tunnel(id: 70) != nil)
            try rig.finish(70, before: before)
        }

        /// Few descriptors, to have them all soon; what the limit was.
        private func lowerLimit() -> rlimit {
            var limit = rlimit()
            _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var low = limit
            low.rlim_cur = 256
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &low)
            return limit
        }

        private func restore(_ limit: rlimit) {
            var limit = limit
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }

        /// Opens descriptors until only `spare` more can be opened.
        private func exhaust(leaving spare: Int) -> [Int32] {
            var held: [Int32] = []
            while case let descriptor = dup(0), descriptor >= 0 { held.append(descriptor) }
            for descriptor in held.suffix(spare) { _ = close(descriptor) }
            return held.dropLast(spare)
        }
    }
}
