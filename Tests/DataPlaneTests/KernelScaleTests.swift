import Addresses
import DataPlane
import EventLoop
import Glibc
import Linux
import Netlink
import Testing

extension Kernel {
    @Suite struct Scale {
        private static let count: UInt32 = 200

        /// Tunnel 90 with sessions that each have an interface with an address.
        private func fill(_ rig: KernelRig) throws {
            try rig.tunnel(90, peer: 91, try DatagramSocket(bind: loopback(1, 4041), connect: loopback(2, 4042)))
            for session in 1...Self.count {
                rig.plane.createSession(
                    SessionKey(tunnel: 90, session: session), peer: SessionKey(tunnel: 91, session: session),
                    parameters: SessionParameters(isLNS: true))
            }
            for session in 1...Self.count {
                let key = SessionKey(tunnel: 90, session: session)
                try rig.wait(for: .sessionReady(key))
                rig.plane.createUnit(
                    key,
                    UnitSpecification(
                        name: "ppp-lab\(session)", mtu: 1400, group: InterfaceGroup(rawValue: 1701)))
            }
            for session in 1...Self.count {
                let key = SessionKey(tunnel: 90, session: session)
                try rig.wait { if case .unitReady(key, _, _) = $0 { true } else { nil } }
                let peer = IPv4Address(rawValue: IPv4Address(100, 65, 0, 0).rawValue + session)
                rig.plane.configure(key, .ipv4(local: IPv4Address(100, 64, 0, 1), peer: peer), mtu: 1400)
            }
            for session in 1...Self.count {
                try rig.wait(for: .configured(SessionKey(tunnel: 90, session: session), .ipv4))
            }
        }

        @Test func `KA-03 a tunnel with 200 sessions is deleted quicker than one session after the other`() throws {
            let rig = try KernelRig()
            let before = try Leavings(rig.l2tp)
            let clock = ContinuousClock()
            let setup = try clock.measure { try fill(rig) }
            let together = try clock.measure {
                rig.plane.deleteTunnel(90)
                try rig.wait(for: .tunnelDeleted(90))
            }
            #expect(rig.plane.isIdle)
            #expect(try Leavings(rig.l2tp) == before)

            // Its events must not be taken for the next ones.
            rig.forgetEvents()
            try fill(rig)
            // A quarter is enough to know the pace.
            let sample = Self.count / 4
            let oneByOne = try clock.measure {
                for session in 1...sample {
                    let key = SessionKey(tunnel: 90, session: session)
                    rig.plane.deleteSession(key)
                    try rig.wait { if case .sessionDeleted(key, _) = $0 { true } else { nil } }
                }
            }
            print("200 sessions: setup \(setup), deleted together \(together), \(sample) one by one \(oneByOne)")
            #expect(together < oneByOne * 2)
            try rig.finish(90, before: before)
        }
    }
}
