import Addresses
import L2TPControl
import L2TPWire

/// Whom a call came from that goes on into another tunnel: it must not go back there.
struct CallOrigin {
    var address: IPAddress
    var hostName: Text?

    init(_ context: TunnelContext) {
        address = context.path.remote.address
        hostName = context.machine.peer?.hostName
    }

    /// Whether the far end of a tunnel is the one that the call came from, as far as is known: an end that was not
    /// heard of yet has no Host Name.
    ///
    /// This sees the loops of two switches that name each other, and of one that names itself. RFC 2661 has no AVP
    /// that counts hops, and nothing else of a call stays the same from leg to leg: a circle of three or more
    /// switches ends at `max_sessions` of whichever has the lowest.
    func isFarEnd(of context: TunnelContext) -> Bool {
        if context.path.remote.address == address { return true }
        guard let hostName, let other = context.machine.peer?.hostName else { return false }
        return hostName == other
    }
}
