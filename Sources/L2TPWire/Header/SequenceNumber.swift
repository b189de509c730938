/// Ns or Nr: a number on a circle of 65,536 (RFC 2661 section 5.8). It has no order of its own, only one as seen
/// from another number, so it is not `Comparable`.
package struct SequenceNumber: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The first number of every sequence.
    package static let zero = SequenceNumber(0)

    /// The number after this one.
    package var next: SequenceNumber { advanced(by: 1) }

    /// The number `steps` further on, backwards when negative, around the circle.
    package func advanced(by steps: Int) -> SequenceNumber {
        SequenceNumber(UInt16(truncatingIfNeeded: Int(rawValue) &+ steps))
    }

    /// Steps forward from this number to `other`: 0...65535.
    package func distance(to other: SequenceNumber) -> Int {
        Int(other.rawValue &- rawValue)
    }

    /// Whether this number is one of the 32,767 before `other`.
    package func precedes(_ other: SequenceNumber) -> Bool {
        (1...32_767).contains(distance(to: other))
    }

    /// Whether a received message of this number was received before, when `last` was the last one in order:
    /// it is `last` or one of the 32,767 before it (RFC 2661 section 5.8).
    package func isOld(comparedTo last: SequenceNumber) -> Bool {
        self == last || precedes(last)
    }

    package var description: String { "\(rawValue)" }
}
