import L2TPWire
import Testing

@Suite struct SequenceNumberTests {
    @Test func `REL-01 after 15 the old numbers are 0 to 15 and 32784 to 65535`() {
        let last = SequenceNumber(15)
        let old = (UInt16.min...UInt16.max).filter { SequenceNumber($0).isOld(comparedTo: last) }
        #expect(old == Array(0...15) + Array(32_784...65_535))
    }
}
