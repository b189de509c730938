package import Instants

/// What a worker has to do, and since when it has done nothing of it.
package struct Backlog: Hashable, Sendable {
    package enum Worker: String, Hashable, Sendable {
        case setup, teardown, observer
    }

    package private(set) var jobs = 0
    /// When it last did one, or got the first; nil while it has none.
    private var lastSign: Instant?

    package init() {}

    package mutating func posted(_ count: Int = 1, at now: Instant) {
        if jobs == 0 { lastSign = now }
        jobs += count
    }

    package mutating func answered(at now: Instant) {
        jobs = max(0, jobs - 1)
        lastSign = jobs == 0 ? nil : now
    }

    /// How long it has done none of its jobs; zero while it has none.
    package func silence(at now: Instant) -> Duration { lastSign.map { max(.zero, now - $0) } ?? .zero }
}
