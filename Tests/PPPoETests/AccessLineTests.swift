import Testing

@testable import PPPoE

private func line(_ hexadecimal: String) -> AccessLine? {
    AccessLine(in: DiscoveryPacket(.padr, tags: [anyService, DiscoveryTag(.vendorSpecific, hex(hexadecimal))]))
}

@Suite struct AccessLineTests {
    @Test func `POE-08 every sub-tag of TR-101 is read`() throws {
        let read = try #require(
            line(
                "00000de9 01 08 6474682f302f3132 02 05 616c696365"
                    + (0x81...0x8e).map { String($0, radix: 16) + "04 000000" + String($0, radix: 16) }.joined()
                    + "90 03 000102 fe 00"))
        #expect(read.circuitID == Array("dth/0/12".utf8))
        #expect(read.remoteID == Array("alice".utf8))
        #expect(AccessLine.rates.map(\.type) == Array(0x81...0x8a))
        #expect(AccessLine.rates.map { read[keyPath: $0.path] } == (0x81...0x8a).map { UInt64($0) * 1000 })
        #expect(AccessLine.delays.map(\.type) == Array(0x8b...0x8e))
        #expect(AccessLine.delays.map { read[keyPath: $0.path] } == (0x8b...0x8e).map { UInt32($0) })
        #expect(read.encapsulation == AccessLine.Encapsulation(dataLink: 0, first: 1, second: 2))
        #expect(read.isInterworked)
        let packet = DiscoveryPacket(.padr, tags: [read.tag])
        #expect(AccessLine(in: packet) == read)
    }

    @Test func `POE-08 the tags of other vendors tell nothing of the line`() {
        #expect(line("00000009 01 03 616263") == nil)
        #expect(line("00000d") == nil)
        #expect(line("") == nil)
        #expect(AccessLine(in: DiscoveryPacket(.padi, tags: [anyService])) == nil)
        #expect(line("00000de9") == AccessLine())
    }

    /// Each spoils itself alone: the circuit before it and, unless it overruns, the rate behind it are there.
    @Test(
        arguments: [
            ("81 03 000001", true), ("81 05 0000000001", true), ("8b 00", true), ("90 04 00010203", true),
            ("90 00", true),
            ("fe 01 00", true), ("00 00", true), ("77 02 0102", true), ("02 00", true), ("01 03 787878", true),
            ("81 ff 00", false), ("02 40 61", false), ("82", false),
        ])
    func `POE-08 a sub-tag that is wrong, unknown or doubled is passed over`(bad: String, behind: Bool) throws {
        let read = try #require(line("00000de9 01 02 6162" + bad + (behind ? "82 04 00000008" : "")))
        var expected = AccessLine()
        expected.circuitID = Array("ab".utf8)
        if behind { expected.actualDataRateDownstream = 8000 }
        #expect(read == expected)
    }

    @Test(arguments: [1, 2, 63, 64, 255]) func `POE-08 identifiers of any length are taken`(count: Int) throws {
        let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let tag = DiscoveryTag(.vendorSpecific, hex("00000de9 02") + [UInt8(count)] + octets)
        #expect(AccessLine(in: DiscoveryPacket(.padi, tags: [tag]))?.remoteID == octets)
    }

    @Test func `POE-08 the access node's tag stands behind one that a subscriber made up`() {
        let forged = DiscoveryTag(.vendorSpecific, hex("00000de9 01 03 626164"))
        let node = DiscoveryTag(.vendorSpecific, hex("00000de9 01 04 676f6f64"))
        let other = DiscoveryTag(.vendorSpecific, hex("00000009 01 01 61"))
        let packet = DiscoveryPacket(.padi, tags: [forged, anyService, node, other])
        #expect(AccessLine(in: packet)?.circuitID == Array("good".utf8))
    }

    @Test(arguments: [(0, 0), (1, 1000), (2_300, 2_300_000), (4_294_967_295, 4_294_967_295_000)] as [(UInt32, UInt64)])
    func `ALI-02 kilobits of TR-101 are bits of ours and come back`(kilobits: UInt32, bits: UInt64) {
        #expect(AccessLine.bitsPerSecond(kilobits: kilobits) == bits)
        #expect(AccessLine.kilobits(bitsPerSecond: bits) == kilobits)
    }

    @Test(
        arguments: [
            (999, 0), (1_999, 1), (4_294_967_295_999, 4_294_967_295), (4_294_967_296_000, 4_294_967_295),
            (.max, 4_294_967_295),
        ] as [(UInt64, UInt32)])
    func `ALI-02 a rate beyond what TR-101 can tell is the largest that it can`(bits: UInt64, kilobits: UInt32) {
        #expect(AccessLine.kilobits(bitsPerSecond: bits) == kilobits)
        var line = AccessLine()
        line.maximumDataRateDownstream = bits
        let read = AccessLine(in: DiscoveryPacket(.padi, tags: [line.tag]))
        #expect(read?.maximumDataRateDownstream == UInt64(kilobits) * 1000)
    }
}
