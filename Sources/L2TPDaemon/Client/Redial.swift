/// How long to wait before dialling again: twice as long after every failure, up to a cap.
struct Redial: Equatable {
    let initial: Duration
    let cap: Duration
    private var failures = 0

    init(initial: Duration, cap: Duration) {
        self.initial = initial
        self.cap = cap
    }

    /// The pause after a call that lasted so long; one that stood for longer than the cap was no failure.
    mutating func pause(after lasted: Duration) -> Duration {
        if lasted > cap { failures = 0 }
        defer { failures += 1 }
        var pause = initial
        for _ in 0..<failures where pause < cap { pause *= 2 }
        return min(pause, cap)
    }

    mutating func reset() {
        failures = 0
    }
}
