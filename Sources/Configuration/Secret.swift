/// Octets that must not be seen: a tunnel secret, a password.
///
/// However it is printed, reflected or dumped it shows as `<redacted>`; only `octets` gives it away.
package struct Secret: Hashable, Sendable {
    package let octets: [UInt8]

    package init(_ octets: [UInt8]) {
        self.octets = octets
    }

    package init(_ text: String) {
        octets = Array(text.utf8)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
