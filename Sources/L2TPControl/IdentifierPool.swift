/// Hands out the 16-bit ids of tunnels or sessions: never 0, never one in use, chosen unpredictably, and none that was
/// given back lately (RFC 2661 section 9.1: an id is hard to guess; section 5.7: late messages still name an old one).
package struct IdentifierPool: Sendable {
    private var used: Set<UInt16> = []
    /// Given back lately, the oldest first.
    private var resting = Queue<UInt16>()
    private var restingSet: Set<UInt16> = []
    private let rest: Int

    /// - Parameter rest: how many ids are given back before one may be used again, while others are free.
    package init(rest: Int = 4096) {
        self.rest = rest
    }

    /// How many ids are in use.
    package var count: Int { used.count }

    /// A fresh id; nil when all 65,535 are in use.
    package mutating func allocate(using random: inout some RandomNumberGenerator) -> UInt16? {
        guard used.count < Int(UInt16.max) else { return nil }
        while used.count + restingSet.count >= Int(UInt16.max), let oldest = resting.popFirst() {
            restingSet.remove(oldest)
        }
        // From a random place to the first free id: at most one round, and in a space that is mostly free one step.
        var candidate = UInt16.random(in: 1...UInt16.max, using: &random)
        while used.contains(candidate) || restingSet.contains(candidate) {
            candidate = candidate == .max ? 1 : candidate + 1
        }
        used.insert(candidate)
        return candidate
    }

    /// Gives an id back. One that is not in use is left alone.
    package mutating func release(_ id: UInt16) {
        guard used.remove(id) != nil else { return }
        resting.append(id)
        restingSet.insert(id)
        if restingSet.count > rest, let oldest = resting.popFirst() { restingSet.remove(oldest) }
    }

    package func isInUse(_ id: UInt16) -> Bool { used.contains(id) }
    /// Whether the id was in use not long ago.
    package func isResting(_ id: UInt16) -> Bool { restingSet.contains(id) }
}
