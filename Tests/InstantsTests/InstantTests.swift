import Instants
import Testing

@Suite struct InstantTests {
    private let start = Instant(sinceBoot: .seconds(100))

    @Test func `an instant and a duration make an instant, two instants a duration`() {
        let later = start + .milliseconds(1500)
        #expect(later - start == .milliseconds(1500))
        #expect(start - later == .milliseconds(-1500))
        #expect(later - .milliseconds(1500) == start)
        var moved = start
        moved += .milliseconds(1500)
        #expect(moved == later)
    }

    @Test func `the earlier of two instants is the lesser`() {
        #expect(start < start + .nanoseconds(1))
        #expect(start + .nanoseconds(1) > start)
        #expect(!(start < start))
    }
}
