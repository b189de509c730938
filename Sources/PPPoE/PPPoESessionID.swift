/// A SESSION_ID that stands for a session: neither 0, which is none yet, nor 0xFFFF, which is reserved (RFC 2516 section
/// 4). It is one of an interface's, and with the host's MAC address it defines the session.
package struct PPPoESessionID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package static let range: ClosedRange<UInt16> = 1...0xfffe

    package let rawValue: UInt16

    /// Nil for 0 and 0xFFFF.
    package init?(rawValue: UInt16) {
        guard Self.range.contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    package var description: String { String(rawValue) }

    static let first = PPPoESessionID(unchecked: range.lowerBound)

    static func random(using random: inout some RandomNumberGenerator) -> PPPoESessionID {
        PPPoESessionID(unchecked: .random(in: range, using: &random))
    }

    /// The one behind this; behind the last comes the first.
    var next: PPPoESessionID {
        rawValue == Self.range.upperBound ? .first : PPPoESessionID(unchecked: rawValue + 1)
    }

    private init(unchecked rawValue: UInt16) {
        self.rawValue = rawValue
    }
}
