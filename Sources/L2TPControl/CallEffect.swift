import L2TPWire

/// What a call wants done.
enum CallEffect: Equatable {
    /// For the peer, under its session id if that is known.
    case send(Message)
    /// LAC: the LNS takes the call and waits for an ICCN.
    case accepted(ICRP)
    /// LNS: the call is connected.
    case connected(ICCN)
    /// Comes once, as the last.
    case ended(CallEnd)
}
