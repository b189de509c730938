import Addresses
import CNetlink
import Testing

@testable import Netlink

/// What is written for the kernel is read back by what reads its answers: most attributes go both ways.
@Suite struct L2TPAttributeTests {
    private func attributes(_ fill: (NetlinkMessage) -> Void) -> NetlinkAttributes {
        let message = NetlinkMessage("test", type: 17, flags: 0)
        fill(message)
        let octets = unsafe nlmsg_hdr(message.message).map { header in
            unsafe Array(UnsafeRawBufferPointer(start: header, count: Int(header.pointee.nlmsg_len)))
        }
        return NetlinkAttributes(octets: (octets ?? []).dropFirst(16))
    }

    private func endpoint(_ address: String, _ port: UInt16) throws -> Endpoint {
        Endpoint(address: try #require(IPAddress(address)), port: port)
    }

    @Test(
        arguments: [
            ("192.0.2.1", "192.0.2.2", 2, .udp, true, false), ("192.0.2.1", "192.0.2.2", 3, .udp, false, false),
            ("192.0.2.1", "192.0.2.2", 3, .ip, nil, false), ("2001:db8::1", "2001:db8::2", 3, .udp, true, false),
            ("2001:db8::1", "2001:db8::2", 2, .udp, false, true), ("2001:db8::1", "2001:db8::2", 3, .ip, nil, false),
        ] as [(String, String, UInt8, KernelTunnel.Encapsulation, Bool?, Bool)])
    func `tunnels`(
        local: String, remote: String, version: UInt8, encapsulation: KernelTunnel.Encapsulation, checksums: Bool?,
        takesNoChecksum: Bool
    ) throws {
        let hasPorts = encapsulation == .udp
        let tunnel = KernelTunnel(
            id: 10, peerID: 4_000_000_000, version: version, encapsulation: encapsulation,
            local: try endpoint(local, hasPorts ? 1701 : 0), remote: try endpoint(remote, hasPorts ? 40_001 : 0),
            checksums: checksums, takesNoChecksum: takesNoChecksum)
        let written = attributes { message in
            message.append(tunnel)
            message.append(addressesOf: tunnel)
        }
        var read = try #require(KernelTunnel(written))
        // On creation the attribute is a flag, in answers it is a value.
        if checksums == false, case .v4? = tunnel.local?.address {
            #expect(written[octets: L2TP_ATTR_UDP_CSUM] == nil)
            read.checksums = false
        }
        #expect(read == tunnel)
        #expect((written[uint16: L2TP_ATTR_UDP_SPORT] != nil) == hasPorts)
    }

    @Test func `sessions`() throws {
        let ppp = KernelSession(tunnel: 10, id: 1, peerID: 2, isLNS: true, requiresSequence: true, reorderTimeout: 100)
        #expect(KernelSession(attributes { $0.append(ppp, sublayer: nil) }) == ppp)
        let ethernet = KernelSession(
            tunnel: 10, id: 4_000_000_000, peerID: 2, pseudowire: .ethernet, interface: "wire0", cookie: [1, 2, 3, 4],
            peerCookie: [8, 7, 6, 5, 4, 3, 2, 1], isLNS: false, sendsSequence: true)
        let written = attributes { $0.append(ethernet, sublayer: L2SpecificSublayer.none) }
        #expect(KernelSession(written) == ethernet)
        #expect(written[uint8: L2TP_ATTR_L2SPEC_TYPE] == 0)
        #expect(written[uint64: L2TP_ATTR_RECV_TIMEOUT] == nil)
    }

    @Test func `changes hold what is named and nothing else`() {
        let none = attributes { $0.append(SessionChanges()) }
        #expect(none.octets.isEmpty)
        let some = attributes { $0.append(SessionChanges(isLNS: false, reorderTimeout: 0)) }
        #expect(some[uint8: L2TP_ATTR_LNS_MODE] == 0)
        #expect(some[uint64: L2TP_ATTR_RECV_TIMEOUT] == 0)
        #expect(some[uint8: L2TP_ATTR_SEND_SEQ] == nil && some[uint8: L2TP_ATTR_RECV_SEQ] == nil)
    }

    @Test func `an answer without ids is none`() {
        #expect(KernelTunnel(NetlinkAttributes(octets: [])) == nil)
        #expect(KernelSession(attributes { $0.append(tunnel: 7) }) == nil)
    }

    @Test func `the interfaces of this machine`() throws {
        let links = try RouteNetlink().links()
        let loopback = try #require(links.first { $0.name == "lo" })
        #expect(loopback.index == 1 && loopback.kind == nil && !loopback.isEthernet && loopback.mtu > 0)
    }
}
