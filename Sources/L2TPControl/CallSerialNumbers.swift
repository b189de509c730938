/// Call Serial Numbers: each greater than the one before, across all tunnels and restarts (RFC 2661 section 4.4.4).
///
/// They begin at the clock in seconds, so that a daemon that kept nothing goes on above its
/// earlier numbers unless it placed more than one call a second ever since; one that kept its last number gives it.
package struct CallSerialNumbers: Sendable {
    private var last: UInt32

    /// `clock` is the seconds since 1970, `last` the last number of an earlier run.
    package init(clock: UInt32, last: UInt32? = nil) {
        self.last = max(clock, last ?? 0)
    }

    /// The next number. At 2^32 the count begins again.
    package mutating func next() -> UInt32 {
        last &+= 1
        return last
    }
}
