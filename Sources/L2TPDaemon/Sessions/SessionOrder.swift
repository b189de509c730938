import DataPlane

/// What is to be done about a session that is not the sessions' own business: its tunnel's, or its access interface's.
enum SessionOrder: Equatable {
    /// The kernel has the session: ICRP, or PADS, may go.
    case accept(SessionKey)
    /// LAC: the kernel has the session: this may go, and then PPP may begin.
    case connect(SessionKey, CallConnection)
    case reject(SessionKey, Disconnection)
    case close(SessionKey, Disconnection)
    /// Ends the session in order: PPP first where it is ours, then the call.
    case end(SessionKey, Disconnection)
    /// Another end of PPP is to take the link over.
    case handOver(SessionKey)
    /// The kernel has the side towards the LNS of this subscriber's session.
    case bridge(subscriber: SessionKey)
    /// Switch: a leg of the call with this incoming session is as far as it can come alone.
    case goOn(switched: SessionKey)
    /// The kernel has one of two sessions that are to be joined, of which this is the first.
    case join(SessionKey)
    /// Data came through the tunnel: its peer lives (KA-01).
    case dataReceived(tunnel: UInt32)
}
