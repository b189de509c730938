/// Reads big-endian fields forward through borrowed octets; every read is bounds-checked and throws.
///
/// It borrows: it cannot outlive the octets that it was made from, and copies nothing until asked to.
@usableFromInline
package struct ByteReader: ~Escapable {
    @usableFromInline let octets: RawSpan
    /// Octets consumed since the reader was made.
    @inlinable package var offset: Int { position }
    @usableFromInline var position = 0

    @inlinable
    @_lifetime(copy octets)
    package init(_ octets: RawSpan) {
        self.octets = octets
    }

    @inlinable
    @_lifetime(borrow octets)
    package init(_ octets: borrowing [UInt8]) {
        // "Unsafe" because a span of any type's octets may show padding; octets have none.
        unsafe self.octets = octets.span.bytes
    }

    /// Octets not read yet.
    @inlinable package var remaining: Int { octets.byteCount - position }
    @inlinable package var isAtEnd: Bool { remaining == 0 }

    @inlinable
    @_lifetime(self: copy self)
    package mutating func uint8() throws(DecodeError) -> UInt8 {
        try octet()
    }

    @inlinable
    @_lifetime(self: copy self)
    package mutating func uint16() throws(DecodeError) -> UInt16 {
        UInt16(try uint(octets: 2))
    }

    @inlinable
    @_lifetime(self: copy self)
    package mutating func uint32() throws(DecodeError) -> UInt32 {
        UInt32(try uint(octets: 4))
    }

    @inlinable
    @_lifetime(self: copy self)
    package mutating func uint64() throws(DecodeError) -> UInt64 {
        try uint(octets: 8)
    }

    /// The next `count` octets, copied. Throws when `count` is negative or more than `remaining`.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func bytes(_ count: Int) throws(DecodeError) -> [UInt8] {
        try require(count)
        defer { position += count }
        return unsafe octets.extracting(position..<(position + count)).withUnsafeBytes { unsafe Array($0) }
    }

    /// All octets that are left, copied.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func rest() -> [UInt8] {
        (try? bytes(remaining)) ?? []
    }

    @inlinable
    @_lifetime(self: copy self)
    package mutating func skip(_ count: Int) throws(DecodeError) {
        try require(count)
        position += count
    }

    /// A reader of the next `count` octets alone; this one goes on behind them.
    @inlinable
    @_lifetime(copy self)
    package mutating func slice(_ count: Int) throws(DecodeError) -> ByteReader {
        try require(count)
        let part = octets.extracting(position..<(position + count))
        position += count
        return ByteReader(part)
    }

    @inlinable
    @_lifetime(self: copy self)
    mutating func octet() throws(DecodeError) -> UInt8 {
        try require(1)
        defer { position += 1 }
        return at(position)
    }

    @inlinable
    @_lifetime(self: copy self)
    mutating func uint(octets count: Int) throws(DecodeError) -> UInt64 {
        try require(count)
        var value: UInt64 = 0
        for index in position..<(position + count) { value = value << 8 | UInt64(at(index)) }
        position += count
        return value
    }

    @inlinable
    func require(_ count: Int) throws(DecodeError) {
        guard count >= 0, count <= remaining else { throw .truncated(needed: count, available: remaining) }
    }

    // `unsafeLoad` means "any bit pattern is a value", which is so for UInt8; the offset is bounds-checked.
    @inlinable
    func at(_ index: Int) -> UInt8 {
        unsafe octets.unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }
}
