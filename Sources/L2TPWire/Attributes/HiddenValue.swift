import Digests

/// The hiding of a value under the tunnel's secret (RFC 2661 section 4.3): MD5 chained over 16-octet blocks.
enum HiddenValue {
    /// Length, value and padding, obscured: 2 octets more than value and padding together.
    static func hide(
        _ value: [UInt8], of attribute: Attribute, secret: [UInt8], randomVector: [UInt8], padding: ArraySlice<UInt8>
    ) -> [UInt8] {
        obscure(
            UInt16(clamping: value.count).avpValue + value + padding, of: attribute, secret: secret,
            randomVector: randomVector
        )
    }

    /// The RFC's chain over the finished subformat; its length does not change.
    static func obscure(
        _ plain: [UInt8], of attribute: Attribute, secret: [UInt8], randomVector: [UInt8]
    ) -> [UInt8] {
        var hidden: [UInt8] = []
        var stream = Digests.md5(attribute.type.avpValue, secret, randomVector)
        for start in stride(from: 0, to: plain.count, by: blockSize) {
            let block = zip(plain[start..<min(start + blockSize, plain.count)], stream).map(^)
            hidden += block
            stream = Digests.md5(secret, block)
        }
        return hidden
    }

    /// The value in cleartext, or nil when the length within does not fit: another secret, or nonsense.
    static func unhide(
        _ hidden: [UInt8], of attribute: Attribute, secret: [UInt8], randomVector: [UInt8]
    ) -> [UInt8]? {
        var plain: [UInt8] = []
        var stream = Digests.md5(attribute.type.avpValue, secret, randomVector)
        for start in stride(from: 0, to: hidden.count, by: blockSize) {
            let block = Array(hidden[start..<min(start + blockSize, hidden.count)])
            plain += zip(block, stream).map(^)
            stream = Digests.md5(secret, block)
        }
        guard let length = UInt16(avpValue: Array(plain.prefix(2))), Int(length) <= plain.count - 2 else { return nil }
        return Array(plain[2..<(2 + Int(length))])
    }

    private static let blockSize = 16
}
