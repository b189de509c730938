/// Appends big-endian fields to a growing buffer.
// Inlinable like the reader: a call to another module for every octet would be most of a message's cost.
@usableFromInline
package struct ByteWriter: Sendable {
    @usableFromInline var storage: [UInt8] = []

    @inlinable package var bytes: [UInt8] { storage }

    @inlinable
    package init(capacity: Int = 0) {
        storage.reserveCapacity(capacity)
    }

    @inlinable package var count: Int { storage.count }

    @inlinable
    package mutating func append(_ value: UInt8) {
        storage.append(value)
    }

    @inlinable
    package mutating func append(_ value: UInt16) {
        storage.append(UInt8(truncatingIfNeeded: value >> 8))
        storage.append(UInt8(truncatingIfNeeded: value))
    }

    @inlinable
    package mutating func append(_ value: UInt32) {
        append(UInt16(truncatingIfNeeded: value >> 16))
        append(UInt16(truncatingIfNeeded: value))
    }

    @inlinable
    package mutating func append(_ value: UInt64) {
        append(UInt32(truncatingIfNeeded: value >> 32))
        append(UInt32(truncatingIfNeeded: value))
    }

    @inlinable
    package mutating func append(contentsOf octets: some Sequence<UInt8>) {
        storage.append(contentsOf: octets)
    }

    /// Writes over two octets that are there already: a length that is known only now.
    @inlinable
    package mutating func overwrite(_ value: UInt16, at offset: Int) {
        storage[offset] = UInt8(truncatingIfNeeded: value >> 8)
        storage[offset + 1] = UInt8(truncatingIfNeeded: value)
    }
}
