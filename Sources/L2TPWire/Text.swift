/// Text from the wire: octets that should be UTF-8 and may be anything (RFC 2661 section 4.4.2).
///
/// Two texts are equal when their octets are. `description` is fit for a log whatever the peer sent.
package struct Text: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    package var octets: [UInt8]

    package init(octets: [UInt8]) {
        self.octets = octets
    }

    package init(_ string: String) {
        octets = Array(string.utf8)
    }

    package init(stringLiteral value: String) {
        self.init(value)
    }

    /// The text as it came, octets that are not UTF-8 replaced by U+FFFD. May hold control characters.
    package var string: String { String(decoding: octets, as: UTF8.self) }

    /// The text without anything that could disturb a terminal or a log: control, format, private and unassigned
    /// characters and line ends become U+FFFD, and of a long text `longestDescription` characters are left.
    package var description: String {
        // Nearly every text; what Unicode has to say of a character is looked up slowly.
        if octets.count <= Self.longestDescription, octets.allSatisfy({ (0x20...0x7e).contains($0) }) { return string }
        let scalars = string.unicodeScalars
        var clean = String.UnicodeScalarView()
        for scalar in scalars.prefix(Self.longestDescription) {
            clean.append(Self.isPrintable(scalar) ? scalar : "\u{fffd}")
        }
        if scalars.count > Self.longestDescription { clean.append("…") }
        return String(clean)
    }

    /// Characters of a text that a log is given.
    package static let longestDescription = 128

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
