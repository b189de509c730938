import L2TPWire

/// What a call wants done.
enum CallEffect: Equatable {
    /// For the peer, under its session id if that is known.
    case send(Message)
    /// For the tunnel's owner.
    case report(TunnelOutput)
    /// Comes once, as the last.
    case ended(CallEnd)
}
