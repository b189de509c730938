/// Why octets from a peer could not be read. It says what was expected, never what the octets were.
@usableFromInline
package enum DecodeError: Error, Equatable, Sendable {
    /// `needed` octets were asked for where only `available` were left.
    case truncated(needed: Int, available: Int)
}
