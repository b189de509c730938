/// The largest PPP information field that a PPPoE session can carry (RFC 2516 section 7, RFC 4638).
package enum MaxPayload {
    /// Without a word about it: what Ethernet's 1500 octets leave.
    package static let standard: UInt16 = 1492
    /// PPPoE's header and PPP's protocol number.
    package static let overhead: UInt16 = 8

    /// What an interface with this MTU has room for.
    package static func room(mtu: UInt16) -> UInt16 {
        mtu - min(mtu, overhead)
    }

    /// RFC 4638 section 5.1: 1492, or the smaller of the tag and the room where both are larger.
    package static func agreed(tag: UInt16?, mtu: UInt16) -> UInt16 {
        min(max(tag ?? standard, standard), room(mtu: mtu))
    }
}
