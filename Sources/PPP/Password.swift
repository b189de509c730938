/// A password that does not show itself: printed, interpolated or mirrored it says only that it is there.
package struct Password: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let octets: [UInt8]

    package init(octets: [UInt8]) {
        self.octets = octets
    }

    /// The password's UTF-8 octets.
    package init(_ text: String) {
        octets = Array(text.utf8)
    }

    package var description: String { "<password>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
