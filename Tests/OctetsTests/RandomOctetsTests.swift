import Octets
import Testing

@Suite struct RandomOctetsTests {
    /// Draws 0x0807060504030201 and so on: each octet tells its place.
    private struct Counting: RandomNumberGenerator {
        var draws = 0

        mutating func next() -> UInt64 {
            draws += 1
            return (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(8 * (draws - 1) + $1 + 1) }
        }
    }

    @Test(arguments: [0, 1, 7, 8, 9, 16, 32]) func `every octet is drawn, and none twice`(count: Int) {
        var random = Counting()
        #expect(random.octets(count) == (0..<count).map { UInt8($0 + 1) })
        #expect(random.draws == (count + 7) / 8)
    }
}
