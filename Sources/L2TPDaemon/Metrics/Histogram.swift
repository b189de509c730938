/// How often a time was how long. Bounds are in seconds, rising; what exceeds the last is only in the sum and the count.
struct Histogram: Sendable {
    let bounds: [Double]
    /// Of each bound those that exceed the bound before it, and last those that exceed them all.
    private(set) var counts: [UInt64]
    /// Of all times, in seconds.
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = [UInt64](repeating: 0, count: bounds.count + 1)
    }

    mutating func observe(_ time: Duration) {
        let seconds = time.inSeconds
        counts[bounds.firstIndex { seconds <= $0 } ?? bounds.count] &+= 1
        sum += seconds
    }

    var count: UInt64 { counts.reduce(0, &+) }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
