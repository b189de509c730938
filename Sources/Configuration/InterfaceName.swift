/// A pattern for interface names: "ppp%d", the number in place of "%d".
package struct InterfaceName: Hashable, Sendable, CustomStringConvertible {
    package let prefix: String
    package let suffix: String

    /// IFNAMSIZ is 16 with its final NUL; five digits are kept for the number.
    package static let longest = 10
    package static let usual = InterfaceName(prefix: "ppp", suffix: "")

    private init(prefix: String, suffix: String) {
        self.prefix = prefix
        self.suffix = suffix
    }

    /// Nil unless there is exactly one "%d", and beside it one to ten octets that a name of the kernel may have.
    package init?(_ pattern: String) {
        let parts = pattern.split(separator: "%d", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let fixed = parts.joined()
        guard Self.isAllowed(fixed), (1...Self.longest).contains(fixed.utf8.count) else { return nil }
        self.init(prefix: String(parts[0]), suffix: String(parts[1]))
    }

    /// Whether a name of the kernel's may consist of these octets.
    fileprivate static func isAllowed(_ text: String) -> Bool {
        text.utf8.allSatisfy { octet in
            switch octet {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
            default: false
            }
        }
    }

    /// The name with this number, 0...99999.
    package func name(_ number: Int) -> String { "\(prefix)\(number)\(suffix)" }

    package var description: String { "\(prefix)%d\(suffix)" }
}

/// What the interface of a client is called.
package enum InterfaceNaming: Hashable, Sendable {
    /// The lowest number that is free.
    case numbered(InterfaceName)
    /// This and nothing else.
    case exact(String)

    /// A pattern with "%d", or a name of at most 15 octets.
    package init?(_ text: String) {
        if let pattern = InterfaceName(text) {
            self = .numbered(pattern)
            return
        }
        guard InterfaceName.isAllowed(text), (1...15).contains(text.utf8.count), text != ".", text != ".." else {
            return nil
        }
        self = .exact(text)
    }

    static let advice =
        "write a name of at most 15 octets of A-Z a-z 0-9 . _ -, or one with %d for a number and at most "
        + "\(InterfaceName.longest) octets besides"
}
