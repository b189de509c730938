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
}
