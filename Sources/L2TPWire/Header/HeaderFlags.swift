/// The first 16 bits of a header (RFC 2661 section 3.1). Reserved bits are sent as 0 and ignored when received.
struct HeaderFlags: OptionSet {
    var rawValue: UInt16

    static let control = HeaderFlags(rawValue: 0x8000)
    static let length = HeaderFlags(rawValue: 0x4000)
    static let sequence = HeaderFlags(rawValue: 0x0800)
    static let offset = HeaderFlags(rawValue: 0x0200)
    static let priority = HeaderFlags(rawValue: 0x0100)

    /// The Ver field.
    var version: UInt8 { UInt8(truncatingIfNeeded: rawValue) & 0x0f }

    /// These flags as the header's first 16 bits, for Ver 2.
    var word: UInt16 { rawValue | 2 }

    /// Length and sequence must be there in a control message, offset and priority must not.
    var suitControl: Bool {
        isSuperset(of: [.length, .sequence]) && isDisjoint(with: [.offset, .priority])
    }
}
