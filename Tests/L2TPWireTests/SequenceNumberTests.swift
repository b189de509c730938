import L2TPWire
import Testing

@Suite struct SequenceNumberTests {
    @Test func `REL-01 after 15 the old numbers are 0 to 15 and 32784 to 65535`() {
        let last = SequenceNumber(15)
        let old = (UInt16.min...UInt16.max).filter { SequenceNumber($0).isOld(comparedTo: last) }
        #expect(old == Array(0...15) + Array(32_784...65_535))
    }

    @Test(arguments: [UInt16(0), 15, 32_767, 32_768, 65_535])
    func `REL-01 half of the circle precedes a number wherever it stands`(last: UInt16) {
        let numbers = (UInt16.min...UInt16.max).map { SequenceNumber($0) }
        #expect(numbers.filter { $0.precedes(SequenceNumber(last)) }.count == 32_767)
        #expect(!SequenceNumber(last).precedes(SequenceNumber(last)))
        #expect(SequenceNumber(last).precedes(SequenceNumber(last).next))
        #expect(!SequenceNumber(last).next.precedes(SequenceNumber(last)))
    }

    @Test func `REL-01 numbers wrap at 65536`() {
        #expect(SequenceNumber(65_535).next == .zero)
        #expect(SequenceNumber(0).advanced(by: -1) == SequenceNumber(65_535))
        #expect(SequenceNumber(65_530).distance(to: SequenceNumber(4)) == 10)
        #expect(SequenceNumber(4).distance(to: SequenceNumber(65_530)) == 65_526)
        #expect(SequenceNumber(9).advanced(by: 65_536 * 3 + 1) == SequenceNumber(10))
    }
}
