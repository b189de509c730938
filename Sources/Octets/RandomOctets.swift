extension RandomNumberGenerator {
    /// So many random octets: challenges, vectors, keys. Drawn eight at a time, since the system's generator makes a system
    /// call for every draw.
    @inlinable
    package mutating func octets(_ count: Int) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(count)
        while octets.count < count {
            let drawn = next()
            for place in 0..<min(8, count - octets.count) {
                octets.append(UInt8(truncatingIfNeeded: drawn >> UInt64(8 * place)))
            }
        }
        return octets
    }
}
