/// Types of options, as a set that needs no memory of its own: one is made for each Configure-Request.
struct OptionTypes: Sendable {
    private var bits = InlineArray<4, UInt64>(repeating: 0)

    func contains(_ type: UInt8) -> Bool {
        bits[Int(type >> 6)] & (1 << UInt64(type & 63)) != 0
    }

    /// Whether it was not there.
    mutating func insert(_ type: UInt8) -> Bool {
        defer { bits[Int(type >> 6)] |= 1 << UInt64(type & 63) }
        return !contains(type)
    }
}
