import DataPlane

/// What the tunnel of a session is to do for the LNS.
enum LNSOrder: Equatable {
    case accept(SessionKey)
    case reject(SessionKey, Disconnection)
    case close(SessionKey, Disconnection)
    /// Data came through the tunnel: its peer lives (KA-01).
    case dataReceived(tunnel: UInt32)
}
