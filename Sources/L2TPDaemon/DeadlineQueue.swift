private import HeapModule
import Instants

/// When which machine wants to be woken, earliest first.
///
/// A machine's deadline moves with nearly every message, so it is not followed exactly: a wake-up that has become
/// too early is delivered all the same (machines take a spurious timeout without harm) and its owner then schedules
/// anew. So each key has one live entry, and moving a deadline later costs nothing.
struct DeadlineQueue<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Comparable, Sendable {
        var instant: Instant
        var key: Key

        static func < (left: Entry, right: Entry) -> Bool { left.instant < right.instant }
        static func == (left: Entry, right: Entry) -> Bool { left.instant == right.instant }
    }

    private var heap = Heap<Entry>()
    private var scheduled: [Key: Instant] = [:]

    /// The next instant at which `popDue` may return something.
    var earliest: Instant? { heap.min?.instant }

    /// Wakes `key` no later than `deadline`; nil asks for nothing.
    mutating func schedule(_ key: Key, at deadline: Instant?) {
        guard let deadline, deadline < scheduled[key] ?? (deadline + .nanoseconds(1)) else { return }
        scheduled[key] = deadline
        heap.insert(Entry(instant: deadline, key: key))
    }

    /// Forgets `key`: what is gone is not woken.
    mutating func remove(_ key: Key) {
        scheduled[key] = nil
    }

    /// The keys whose time has come, earliest first, each once. None of them is scheduled any more: one whose owner
    /// schedules it for the past comes with the next call, so that no machine can keep the caller here.
    mutating func popDue(at now: Instant) -> [Key] {
        var due: [Key] = []
        while let first = heap.min, first.instant <= now {
            heap.removeMin()
            if scheduled[first.key] == first.instant {
                scheduled[first.key] = nil
                due.append(first.key)
            }
        }
        return due
    }
}
