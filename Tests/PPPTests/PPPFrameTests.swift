import Octets
import PPP
import Testing

@Suite struct PPPFrameTests {
    @Test(
        arguments: [
            [0xff, 0x03, 0xc0, 0x21, 1, 2], [0xc0, 0x21, 1, 2],
        ] as [[UInt8]])
    func `DAT-01 FF03 may stand in front of a frame or not`(octets: [UInt8]) throws {
        #expect(try PPPFrame(parsing: octets) == PPPFrame(.lcp, [1, 2]))
    }

    @Test(
        arguments: [
            [0xff, 0x03, 0x21, 0x45], [0x21, 0x45], [0xff, 0x03, 0x00, 0x21, 0x45], [0x00, 0x21, 0x45],
        ] as [[UInt8]])
    func `DAT-01 LCP-15 the protocol is read from one octet or from two`(octets: [UInt8]) throws {
        #expect(try PPPFrame(parsing: octets) == PPPFrame(.ipv4, [0x45]))
    }

    @Test(arguments: [[], [0xff, 0x03], [0xc0], [0xff, 0x03, 0x80]] as [[UInt8]])
    func `DAT-01 a frame without a whole protocol field is refused`(octets: [UInt8]) {
        #expect(throws: DecodeError.self) { try PPPFrame(parsing: octets) }
    }

    @Test func `DAT-01 LCP-15 a frame is written with a protocol of two octets and with FF03 where that is wanted`() {
        let frame = PPPFrame(.ipv4, [7])
        #expect(frame.encoded == [0x00, 0x21, 7])
        #expect(frame.encodedWithAddressAndControl == [0xff, 0x03, 0x00, 0x21, 7])
    }
}
