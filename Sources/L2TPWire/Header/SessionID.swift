/// What one end calls a session within a tunnel (RFC 2661 section 3.1). A header carries the receiver's.
package struct SessionID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// 0: the tunnel as a whole, or the receiver's id is not known yet. No session is ever called so.
    package static let none = SessionID(0)

    package var description: String { "\(rawValue)" }
}
