/// A point in time on a clock that never goes back and counts on while the system sleeps (CLOCK_BOOTTIME); `Linux` reads it.
///
/// Not `ContinuousClock.Instant`, which is the same but for its layout: that is known at run time only, and whatever
/// holds one - every machine with a deadline - is then measured, copied and compared by way of tables.
@usableFromInline
package struct Instant: Hashable, Sendable {
    @usableFromInline package var sinceBoot: Duration

    @inlinable
    package init(sinceBoot: Duration) {
        self.sinceBoot = sinceBoot
    }
}

extension Instant: Comparable {
    @inlinable
    package static func < (left: Instant, right: Instant) -> Bool { left.sinceBoot < right.sinceBoot }

    @inlinable
    package static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(sinceBoot: instant.sinceBoot + duration)
    }

    @inlinable
    package static func - (instant: Instant, duration: Duration) -> Instant {
        Instant(sinceBoot: instant.sinceBoot - duration)
    }

    /// Negative where the first is the earlier one.
    @inlinable
    package static func - (left: Instant, right: Instant) -> Duration { left.sinceBoot - right.sinceBoot }

    @inlinable
    package static func += (instant: inout Instant, duration: Duration) { instant.sinceBoot += duration }
}

/// The earlier of two instants; nil is never.
@inlinable
package func earlier(_ one: Instant?, _ other: Instant?) -> Instant? {
    guard let one else { return other }
    guard let other else { return one }
    return min(one, other)
}
