/// What one end calls a tunnel (RFC 2661 section 3.1). Each end has its own; a header carries the receiver's.
package struct TunnelID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// 0: the receiver's id is not known yet. No tunnel is ever called so.
    package static let none = TunnelID(0)

    package var description: String { "\(rawValue)" }
}
