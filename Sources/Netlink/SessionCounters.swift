/// A session's counters since it was made.
package struct SessionCounters: Hashable, Sendable {
    package var sentPackets: UInt64 = 0
    package var sentOctets: UInt64 = 0
    package var sendErrors: UInt64 = 0
    package var receivedPackets: UInt64 = 0
    package var receivedOctets: UInt64 = 0
    package var receiveErrors: UInt64 = 0
    /// Dropped because their sequence number was old, repeated or missing.
    package var sequenceDiscards: UInt64 = 0
    /// Came out of order.
    package var outOfSequence: UInt64 = 0
    /// Dropped because their cookie was another (RFC 3931 section 4.1).
    package var cookieDiscards: UInt64 = 0
    /// Dropped because they could not be read.
    package var invalid: UInt64 = 0

    package init() {}

    /// Adds what `now` counts more than `before`; all of it where a counter began anew.
    package mutating func add(_ now: Self, since before: Self) {
        func add(_ sum: inout UInt64, _ now: UInt64, _ before: UInt64) { sum &+= now < before ? now : now - before }
        add(&sentPackets, now.sentPackets, before.sentPackets)
        add(&sentOctets, now.sentOctets, before.sentOctets)
        add(&sendErrors, now.sendErrors, before.sendErrors)
        add(&receivedPackets, now.receivedPackets, before.receivedPackets)
        add(&receivedOctets, now.receivedOctets, before.receivedOctets)
        add(&receiveErrors, now.receiveErrors, before.receiveErrors)
        add(&sequenceDiscards, now.sequenceDiscards, before.sequenceDiscards)
        add(&outOfSequence, now.outOfSequence, before.outOfSequence)
        add(&cookieDiscards, now.cookieDiscards, before.cookieDiscards)
        add(&invalid, now.invalid, before.invalid)
    }
}
