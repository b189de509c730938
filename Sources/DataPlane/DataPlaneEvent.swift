package import Addresses
package import Netlink

/// What a data plane reports.
package enum DataPlaneEvent: Hashable, Sendable {
    case tunnelReady(UInt32)
    /// Nothing of it is left.
    case tunnelFailed(UInt32, DataPlaneError)
    case tunnelDeleted(UInt32)
    /// Somebody else deleted the tunnel in the kernel: the owner should delete it here too.
    case tunnelLost(UInt32)

    case sessionReady(SessionKey)
    /// Nothing of it is left.
    case sessionFailed(SessionKey, DataPlaneError)
    /// Nothing of it is left; with its last counters where they could be read (RAC-03): an access session has none.
    case sessionDeleted(SessionKey, SessionCounters?)
    /// Somebody else deleted the session in the kernel: the owner should delete it here too.
    case sessionLost(SessionKey)
    /// The kernel took the channel away.
    case channelHangUp(SessionKey)
    /// Somebody else took the session's interface, or something of it without which a network protocol does not pass. The
    /// session is there, and its channel; the owner should delete it: nothing is put back.
    case interfaceLost(SessionKey, InterfaceLoss)

    /// The kernel passes frames between the two by itself: no `.frame` of either follows. `channelHangUp` still does.
    case bridged(SessionKey, SessionKey)
    /// Both sessions are as before.
    case bridgeFailed(SessionKey, SessionKey, DataPlaneError)

    case unitReady(SessionKey, interfaceIndex: Int32, name: String)
    /// No interface is left; the session is as before.
    case unitFailed(SessionKey, DataPlaneError)
    case configured(SessionKey, NetworkProtocol)
    /// The protocol does not pass; `withdraw` removes what may be left of its addresses.
    case configurationFailed(SessionKey, NetworkProtocol, DataPlaneError)
    case withdrawn(SessionKey, NetworkProtocol)
    case routed(SessionKey)
    /// Some of the routes may be there; they go with the interface.
    case routingFailed(SessionKey, DataPlaneError)

    /// A PPP frame from the peer, which begins with its protocol number.
    case frame(SessionKey, [UInt8], from: FrameWay)
    case counters([SessionKey: SessionCounters])
    case leftoversRemoved([LeftoverTunnel])
}

/// What somebody else did to a session's interface.
package enum InterfaceLoss: Hashable, Sendable, CustomStringConvertible {
    case deleted
    case down
    case address(IPAddress)

    package var description: String {
        switch self {
        case .deleted: "the interface was deleted"
        case .down: "the interface was brought down"
        case .address(let address): "the interface's address \(address) was removed"
        }
    }
}

/// A kernel tunnel of an earlier run.
package struct LeftoverTunnel: Hashable, Sendable {
    package var tunnel: KernelTunnel
    /// How many sessions went with it.
    package var sessions: Int
    /// Nil when it is gone.
    package var failure: DataPlaneError?

    package init(tunnel: KernelTunnel, sessions: Int, failure: DataPlaneError?) {
        self.tunnel = tunnel
        self.sessions = sessions
        self.failure = failure
    }
}

extension DataPlaneEvent {
    /// The session that an event is about.
    package var session: SessionKey? {
        switch self {
        case .sessionReady(let key), .sessionFailed(let key, _), .sessionDeleted(let key, _), .sessionLost(let key),
            .channelHangUp(let key), .interfaceLost(let key, _), .unitReady(let key, _, _), .unitFailed(let key, _),
            .configured(let key, _),
            .configurationFailed(let key, _, _), .withdrawn(let key, _), .routed(let key), .routingFailed(let key, _),
            .frame(let key, _, _):
            key
        case .tunnelReady, .tunnelFailed, .tunnelDeleted, .tunnelLost, .counters, .leftoversRemoved:
            nil
        case .bridged, .bridgeFailed:
            // Of two.
            nil
        }
    }
}
