import L2TPWire
import Testing

@Suite struct HeaderTests {
    let header = ControlHeader(
        tunnelID: TunnelID(0x0102), sessionID: SessionID(0x0304), ns: SequenceNumber(0x0506), nr: SequenceNumber(0x0708)
    )

    @Test func `HDR-01 HDR-02 a control header is 0xC802 and six big-endian fields`() throws {
        let datagram = header.encoded(body: [0xaa])
        #expect(datagram == hex("c802 000d 0102 0304 0506 0708 aa"))
        #expect(try Datagram(parsing: datagram) == .control(header, body: [0xaa]))
    }

    @Test(arguments: [UInt16(0x8802), 0xc002, 0xca02, 0xc902, 0x8002, 0xcb02])
    func `HDR-02 a control message without L or S or with O or P is malformed`(flags: UInt16) {
        let datagram = u16(flags) + header.encoded().dropFirst(2) + [0, 0, 0, 0]
        #expect(throws: HeaderError.malformedFlags(flags)) { try Datagram(parsing: datagram) }
    }

    @Test(arguments: [UInt16(0x2000), 0x1000, 0x0400, 0x0080, 0x0040, 0x0020, 0x0010, 0x34f0])
    func `HDR-03 reserved header bits are ignored`(reserved: UInt16) throws {
        let control = u16(0xc802 | reserved) + header.encoded().dropFirst(2)
        #expect(try Datagram(parsing: Array(control)) == .control(header, body: []))
        let data = DataHeader(tunnelID: TunnelID(1), sessionID: SessionID(2))
        let datagram = u16(0x0002 | reserved) + data.encoded(payload: [9]).dropFirst(2)
        #expect(try Datagram(parsing: Array(datagram)) == .data(data, payload: [9]))
    }

    @Test(arguments: [UInt8(0), 1, 3, 4, 15])
    func `HDR-04 another Ver is reported before anything else is looked at`(version: UInt8) {
        for flags in [UInt8(0xc8), 0x00, 0x80, 0x03, 0xff] {
            #expect(throws: HeaderError.version(version)) { try Datagram(parsing: [flags, version]) }
            #expect(throws: HeaderError.version(version)) {
                try Datagram(parsing: [flags, version] + [UInt8](repeating: 0xff, count: 20))
            }
        }
    }

    @Test(arguments: [0, 11, 14, 0xffff])
    func `HDR-05 a control Length under 12 or beyond the datagram is refused`(length: Int) {
        var datagram = header.encoded(body: [1])
        datagram.replaceSubrange(2..<4, with: u16(UInt16(length)))
        #expect(throws: HeaderError.badLength(declared: length, received: 13)) { try Datagram(parsing: datagram) }
    }

    @Test func `HDR-05 octets behind Length are not part of the message`() throws {
        #expect(try Datagram(parsing: header.encoded(body: [1]) + [2, 3]) == .control(header, body: [1]))
        let data = DataHeader(tunnelID: TunnelID(1), sessionID: SessionID(2), hasLength: true)
        #expect(try Datagram(parsing: data.encoded(payload: [9]) + [8]) == .data(data, payload: [9]))
    }

    @Test func `HDR-05 a header that ends too early is truncated`() {
        let whole = header.encoded()
        for count in 0..<12 {
            #expect(throws: HeaderError.truncated) { try Datagram(parsing: Array(whole.prefix(count))) }
        }
    }

    @Test(arguments: 0..<16) func `HDR-07 HDR-09 data headers of all combinations of L S O and P parse`(bits: Int)
        throws
    {
        let data = DataHeader(
            tunnelID: TunnelID(0x1111), sessionID: SessionID(0x2222),
            ns: bits & 1 == 0 ? nil : SequenceNumber(0x3333), hasLength: bits & 2 != 0,
            offsetSize: bits & 4 == 0 ? nil : 3, hasPriority: bits & 8 != 0
        )
        let frame = hex("ff03 c021 01 01 0004")
        let datagram = data.encoded(payload: frame)
        let flags: [UInt16] = [0x0800, 0x4000, 0x0200, 0x0100]
        let word = flags.enumerated().reduce(UInt16(2)) { bits >> $1.offset & 1 == 0 ? $0 : $0 | $1.element }
        #expect(Array(datagram.prefix(2)) == u16(word))
        #expect(datagram.count == data.size + frame.count)
        #expect(try Datagram(parsing: datagram) == .data(data, payload: frame))
        for count in 2..<data.size {
            #expect(throws: HeaderError.self) { try Datagram(parsing: Array(datagram.prefix(count))) }
        }
    }

    @Test func `HDR-07 offset padding may hold anything and must end within the packet`() throws {
        let data = DataHeader(tunnelID: TunnelID(1), sessionID: SessionID(2), offsetSize: 2)
        #expect(try Datagram(parsing: hex("0202 0001 0002 0002 dead c0")) == .data(data, payload: [0xc0]))
        #expect(try Datagram(parsing: hex("0202 0001 0002 0002 dead")) == .data(data, payload: []))
        #expect(throws: HeaderError.badOffset(3)) { try Datagram(parsing: hex("0202 0001 0002 0003 dead")) }
        #expect(throws: HeaderError.badOffset(0xffff)) { try Datagram(parsing: hex("0202 0001 0002 ffff dead")) }
        // The padding ends behind Length, though not behind the datagram.
        #expect(throws: HeaderError.badOffset(2)) { try Datagram(parsing: hex("4202 000b 0001 0002 0002 dead c0")) }
    }

    @Test(arguments: [0, 7, 12]) func `HDR-05 a data Length that cannot be is refused`(length: Int) {
        #expect(throws: HeaderError.badLength(declared: length, received: 11)) {
            try Datagram(parsing: hex("4002") + u16(UInt16(length)) + hex("0001 0002 c02101"))
        }
    }

    @Test func `HDR-08 Nr of a data message is ignored`() throws {
        let data = DataHeader(tunnelID: TunnelID(1), sessionID: SessionID(2), ns: SequenceNumber(3))
        #expect(try Datagram(parsing: hex("0802 0001 0002 0003 ffff 21")) == .data(data, payload: [0x21]))
        #expect(data.encoded(payload: [0x21]) == hex("0802 0001 0002 0003 0000 21"))
    }

    @Test func `MSG-14 a ZLB is 12 octets of header`() throws {
        let zlb = ControlHeader(tunnelID: TunnelID(0x1234), ns: SequenceNumber(1), nr: SequenceNumber(1)).encoded()
        #expect(zlb == hex("c802000c1234000000010001"))
        #expect(try Datagram(parsing: zlb).isZLB)
        #expect(try Datagram(parsing: header.encoded(body: [1])).isZLB == false)
        let data = DataHeader(tunnelID: TunnelID(1), sessionID: SessionID(2))
        #expect(try Datagram(parsing: data.encoded(payload: [])).isZLB == false)
    }

    @Test func `REL-06 Nr is rewritten in place and nothing else changes`() throws {
        var datagram = header.encoded(body: [1, 2, 3])
        ControlHeader.overwriteNr(SequenceNumber(0xfffe), in: &datagram)
        var expected = header
        expected.nr = SequenceNumber(0xfffe)
        #expect(try Datagram(parsing: datagram) == .control(expected, body: [1, 2, 3]))
        var short: [UInt8] = [1, 2, 3]
        ControlHeader.overwriteNr(SequenceNumber(1), in: &short)
        #expect(short == [1, 2, 3])
    }
}
