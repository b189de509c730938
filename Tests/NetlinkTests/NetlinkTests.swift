import Addresses
import CNetlink
import Glibc
import Linux
import Netlink
import Testing

/// rtnetlink as the machine's own kernel speaks it; the L2TP family is tested where the kernel has it (DataPlane).
@Suite struct NetlinkTests {
    @Test func `an interface is found by its name`() throws {
        let route = try RouteNetlink()
        #expect(try route.index(ofInterface: "lo") == 1)
        #expect(throws: Errno("SIOCGIFINDEX", code: ENODEV)) { try route.index(ofInterface: "no-such-link") }
        #expect(throws: Errno("SIOCGIFINDEX", code: ENODEV)) {
            try route.index(ofInterface: "a name longer than any")
        }
    }

    @Test func `an interface's counters are told alone and with all others`() throws {
        let route = try RouteNetlink()
        let one = try #require(try route.counters(ofInterface: 1)[1])
        // What goes out by the loopback comes in by it.
        #expect((one.sentPackets, one.sentOctets) == (one.receivedPackets, one.receivedOctets))
        #expect(try #require(try route.counters()[1]).receivedOctets >= one.receivedOctets)
        #expect(throws: Errno("RTM_GETSTATS", code: ENODEV)) { try route.counters(ofInterface: 2_000_000_000) }
    }

    @Test func `an interface and its addresses are told alone and with all others`() throws {
        let route = try RouteNetlink()
        let one = try #require(try route.link(1))
        #expect(one.name == "lo" && one.kind == nil && !one.isEthernet)
        #expect(try route.links().contains { $0.index == 1 && $0.name == "lo" })
        #expect(try route.link(2_000_000_000) == nil)
        let all = try route.addresses()
        #expect(try route.addresses(ofInterface: 1)[1] == all[1])
        let own = InterfaceAddress(local: .v4(IPv4Address(127, 0, 0, 1)), peer: nil, prefixLength: 8)
        #expect(all[1]?.contains(own) == one.isUp)
        #expect(try route.addresses(ofInterface: 2_000_000_000).isEmpty)
    }

    @Test func `a refusal carries the request's name and the kernel's number`() throws {
        let route = try RouteNetlink()
        let address = InterfaceAddress(local: .v4(IPv4Address(192, 0, 2, 1)), peer: nil, prefixLength: 32)
        // EPERM where the tests do not run as root.
        let expected = getuid() == 0 ? ENODEV : EPERM
        #expect(throws: Errno("RTM_DELADDR", code: expected)) { try route.remove(address, from: 2_000_000_000) }
        // The socket is as good as before.
        #expect(throws: Errno("RTM_DELADDR", code: expected)) { try route.remove(address, from: 2_000_000_000) }
    }

    @Test(.enabled(if: getuid() == 0))
    func `a batch is answered as a whole and goes on behind a refusal`() throws {
        let route = try RouteNetlink()
        // More than one batch of requests, all about nothing.
        let missing = (0..<200).map { 2_000_000_000 + Int32($0) }
        try route.setGroup(InterfaceGroup(rawValue: 9), of: missing)
        #expect(throws: Errno("RTM_DELLINK", code: ENODEV)) {
            try route.deleteLinks(of: InterfaceGroup(rawValue: 0x7fff_fff0))
        }
        #expect(try route.index(ofInterface: "lo") == 1)
    }
}
