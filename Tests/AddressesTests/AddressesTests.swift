import Addresses
import Testing

@Suite struct AddressesTests {
    @Test(arguments: ["0.0.0.0", "192.0.2.1", "255.255.255.255"]) func `IPv4 text goes in and comes out`(text: String) {
        #expect(IPv4Address(text)?.description == text)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.04", "1..2.3", " 1.2.3.4", "+1.2.3.4", "1.2.3.٤"])
    func `IPv4 text that is not four decimal octets is refused`(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test func `IPv4 addresses are ordered by their value`() {
        #expect(IPv4Address(10, 0, 0, 255) < IPv4Address(10, 0, 1, 0))
        #expect(IPv4Address(192, 0, 2, 1).octets == [192, 0, 2, 1])
    }

    @Test(arguments: [
        ("::", "::"), ("::1", "::1"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("fe80::", "fe80::"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
        ("::ffff:192.0.2.1", "::ffff:c000:201"), ("0:0:1::", "0:0:1::"),
    ])
    func `IPv6 text is read and written as RFC 5952 says`(text: String, canonical: String) {
        #expect(IPv6Address(text)?.description == canonical)
    }

    @Test(arguments: [
        "", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "1:2:3:4:5:6:7:8::",
        "fe80::1%eth0",
    ])
    func `IPv6 text that is not an address is refused`(text: String) {
        #expect(IPv6Address(text) == nil)
    }

    @Test func `IPv6 octets go in and come out`() {
        let address = IPv6Address("2001:db8::ff00:42:8329")
        #expect(address.flatMap { IPv6Address(octets: $0.octets) } == address)
        #expect(IPv6Address(octets: [1, 2]) == nil)
        #expect(IPv6Address(linkLocal: 1).description == "fe80::1")
    }

    @Test func `a prefix holds the addresses that share its bits and no others`() throws {
        let prefix = try #require(IPPrefix("192.0.2.128/25"))
        #expect(prefix.contains(.v4(IPv4Address(192, 0, 2, 255))))
        #expect(!prefix.contains(.v4(IPv4Address(192, 0, 2, 127))))
        #expect(!prefix.contains(.v6(.any)))
        #expect(IPPrefix("0.0.0.0/0")?.contains(.v4(IPv4Address(8, 8, 8, 8))) == true)
        #expect(IPPrefix("2001:db8::/32")?.contains(.v6(IPv6Address(high: 0x2001_0db8_ffff_0000, low: 1))) == true)
        #expect(IPPrefix("192.0.2.1")?.description == "192.0.2.1/32")
    }

    @Test(arguments: [
        "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "2001:db8::/129", "x/8", "1.2.3.4/8/9",
    ])
    func `a prefix with bits behind its length, or no prefix at all, is refused`(text: String) {
        #expect(IPPrefix(text) == nil)
    }

    @Test func `an endpoint brackets IPv6`() {
        #expect(Endpoint(address: .v4(IPv4Address(192, 0, 2, 1)), port: 1701).description == "192.0.2.1:1701")
        #expect(Endpoint(address: .v6(.any), port: 1701).description == "[::]:1701")
        for text in ["192.0.2.1:1701", "[2001:db8::1]:1701"] { #expect(Endpoint(text)?.description == text) }
        for text in ["192.0.2.1", "2001:db8::1:1701", "[192.0.2.1]:1701", "192.0.2.1:65536", ":1701", ""] {
            #expect(Endpoint(text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        ("02:00:00:00:00:01", "02:00:00:00:00:01"), ("FE:dc:Ba:98:76:54", "fe:dc:ba:98:76:54"),
        ("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff"),
    ])
    func `a MAC address goes in and comes out in lower case`(text: String, canonical: String) {
        #expect(MACAddress(text)?.description == canonical)
        #expect(MACAddress(text).flatMap { MACAddress(octets: $0.octets) } == MACAddress(text))
    }

    @Test(arguments: [
        "", "02:00:00:00:00", "02:00:00:00:00:01:02", "2:0:0:0:0:1", "02-00-00-00-00-01", "02:00:00:00:00:0g",
        "02:00:00:00:00:+1", "02:00:00:00:00:", "020000000001",
    ])
    func `text that is not six octets of two digits is no MAC address`(text: String) {
        #expect(MACAddress(text) == nil)
    }

    @Test func `the octets of a MAC address are in the order of the wire, and its first bit tells a group`() {
        #expect(MACAddress(2, 0, 0, 0, 0, 1).octets == [2, 0, 0, 0, 0, 1])
        #expect(MACAddress(octets: [1, 2, 3, 4, 5]) == nil)
        #expect(MACAddress.broadcast.isGroup && MACAddress(1, 0, 0x5e, 0, 0, 1).isGroup)
        #expect(!MACAddress(2, 0, 0, 0, 0, 1).isGroup)
    }
}
