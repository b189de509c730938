/// The earlier of two instants; nil is never.
func earlier(
    _ one: ContinuousClock.Instant?, _ other: ContinuousClock.Instant?
) -> ContinuousClock.Instant? {
    guard let one else { return other }
    guard let other else { return one }
    return min(one, other)
}
