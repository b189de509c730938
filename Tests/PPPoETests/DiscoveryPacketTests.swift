import Testing

@testable import PPPoE

private func parsed(_ octets: [UInt8]) -> Result<DiscoveryPacket, DiscoveryError> {
    Result { () throws(DiscoveryError) in try DiscoveryPacket(parsing: octets) }
}

@Suite struct DiscoveryPacketTests {
    @Test func `POE-01 the packets of RFC 2516 appendix B are read and written`() throws {
        let padi = hex("11 09 0000 0004 0101 0000")
        #expect(try DiscoveryPacket(parsing: padi) == DiscoveryPacket(.padi, tags: [anyService]))
        #expect(try DiscoveryPacket(.padi, tags: [anyService]).encoded() == padi)
        let name = "476f205265644261636b202d2065736873686573686f6f74"
        let pado = hex("11 07 0000 0020 0101 0000 0102 0018" + name)
        let offer = DiscoveryPacket(.pado, tags: [anyService, DiscoveryTag(.acName, hex(name))])
        #expect(try DiscoveryPacket(parsing: pado) == offer)
        #expect(try offer.encoded() == pado)
        #expect(offer[.acName]?.text == "Go RedBack - eshsheshoot")
    }

    @Test(arguments: zip(DiscoveryPacket.Code.allCases, [0x09, 0x07, 0x19, 0x65, 0xa7] as [UInt8]))
    func `POE-01 every code has its number and comes back as it went`(code: DiscoveryPacket.Code, number: UInt8) throws
    {
        let packet = DiscoveryPacket(code, sessionID: 0x1234, tags: [anyService, DiscoveryTag(.hostUniq, [0, 255])])
        let octets = try packet.encoded()
        #expect(Array(octets.prefix(6)) == [0x11, number, 0x12, 0x34, 0, 10])
        #expect(octets.count == packet.count)
        #expect(try DiscoveryPacket(parsing: octets) == packet)
        #expect([DiscoveryPacket.etherType, DiscoveryPacket.sessionEtherType] == [0x8863, 0x8864])
    }

    @Test(arguments: [0, 1, 36, 1400]) func `POE-01 padding behind LENGTH is not looked at`(padding: Int) throws {
        let octets = try DiscoveryPacket(.padi, tags: [anyService]).encoded()
        for filler in [0x00, 0x01, 0xff] as [UInt8] {
            let padded = octets + [UInt8](repeating: filler, count: padding)
            #expect(try DiscoveryPacket(parsing: padded) == DiscoveryPacket(.padi, tags: [anyService]))
        }
    }

    @Test(arguments: [
        ("", DiscoveryError.truncatedHeader), ("11 09 00 00 00", .truncatedHeader),
        ("21 09 0000 0000", .versionAndType(0x21)), ("12 09 0000 0000", .versionAndType(0x12)),
        ("11 00 0000 0000", .code(0)), ("11 d3 0000 0000", .code(0xd3)),
        ("11 09 0000 0005 0101 0000", .length(5, available: 4)), ("11 09 0000 ffff", .length(0xffff, available: 0)),
    ])
    func `POE-01 what is no discovery packet is refused`(octets: String, error: DiscoveryError) {
        #expect(parsed(hex(octets)) == .failure(error))
        #expect(!error.description.isEmpty)
    }

    /// The last has room in the frame, but not in LENGTH.
    @Test(arguments: [
        "11 09 0000 0001 01", "11 09 0000 0003 0101 00", "11 09 0000 0004 0101 0001",
        "11 09 0000 0008 0101 0000 0103 0001", "11 09 0000 0005 0101 ffff 00", "11 09 0000 0004 0101 0004 61626364",
        "11 09 0000 0006 0101 0000 0000",
    ])
    func `POE-03 a tag beyond LENGTH makes the packet malformed`(octets: String) {
        #expect(parsed(hex(octets)) == .failure(.tagOverrun))
    }

    @Test(arguments: ["0000 0000", "0000 0000 0103 ffff", "0000 0004 01020304 01", "0000 0000 0101 0000"])
    func `POE-03 End-of-List ends the tags`(end: String) throws {
        let tail = hex("0101 0000" + end)
        let octets = hex("11 09 0000") + [0, UInt8(tail.count)] + tail
        #expect(try DiscoveryPacket(parsing: octets).tags == [anyService])
    }

    @Test func `POE-01 a packet that not every Ethernet can carry is not written`() throws {
        var packet = DiscoveryPacket(.padi, tags: [DiscoveryTag(.hostUniq, [UInt8](repeating: 0, count: 1490))])
        #expect(try packet.encoded().count == 1500)
        packet.tags.append(anyService)
        #expect(throws: DiscoveryError.tooLong(1504)) { try packet.encoded() }
    }

    @Test func `POE-01 random octets are read or refused, and what is read is written the same`() throws {
        var random = SplitMix(state: 7)
        var read = 0
        for _ in 0..<20_000 {
            var octets = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...4, using: &random)
            }
            let header = hex("11 09 0000 00") + [UInt8(Int.random(in: 0...40, using: &random))]
            octets = header + octets
            guard case .success(let packet) = parsed(octets) else { continue }
            read += 1
            #expect(try DiscoveryPacket(parsing: packet.encoded()) == packet)
        }
        #expect(read > 500)
    }

    @Test func `a tag's text bears no control character and is short`() {
        #expect(
            DiscoveryTag(.genericError, Array("no\u{1b}[31m\u{0}way\n".utf8)).text
                == "no\u{fffd}[31m\u{fffd}way\u{fffd}")
        #expect(DiscoveryTag(.genericError, [UInt8](repeating: 0x61, count: 900)).text.count == 255)
    }
}
