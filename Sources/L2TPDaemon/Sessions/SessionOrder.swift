import DataPlane
import L2TPWire

/// What the tunnel of a session is to do.
enum SessionOrder: Equatable {
    /// LNS: the kernel has the session: ICRP may go.
    case accept(SessionKey)
    /// LAC: the kernel has the session: this may go, and then PPP may begin.
    case connect(SessionKey, ICCN)
    case reject(SessionKey, Disconnection)
    case close(SessionKey, Disconnection)
    /// Data came through the tunnel: its peer lives (KA-01).
    case dataReceived(tunnel: UInt32)
}
