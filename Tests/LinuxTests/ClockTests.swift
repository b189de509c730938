import Instants
import Linux
import Testing

@Suite struct ClockTests {
    @Test func `the clock goes on and never back`() {
        let readings = (0..<1000).map { _ in Instant.now }
        #expect(readings == readings.sorted())
        #expect(readings[0] < readings[999])
        #expect(readings[0].sinceBoot > .zero)
    }
}
