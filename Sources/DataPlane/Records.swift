import Addresses
import Linux

/// What the loop's thread knows of a tunnel.
final class TunnelRecord {
    let id: UInt32
    let serial: UInt64
    let ticket = Ticket()
    /// Our own descriptor of the tunnel's socket: the kernel's tunnel lives as long as the last of them.
    let socket: ClosableFD
    let overIPv6: Bool
    var sessions: Set<SessionKey> = []
    /// The setup worker has not answered yet.
    var isBeingMade = true
    var isDeleting = false
    var isBeingDeleted = false
    /// Somebody else deleted it in the kernel, and that was reported.
    var isLost = false

    init(id: UInt32, serial: UInt64, socket: consuming OwnedFD, overIPv6: Bool) {
        self.id = id
        self.serial = serial
        self.socket = ClosableFD(socket)
        self.overIPv6 = overIPv6
    }
}

/// What the loop's thread knows of a session.
final class SessionRecord {
    let key: SessionKey
    let serial: UInt64
    /// An access session's.
    let circuit: PPPoECircuit?
    let ticket = Ticket()
    /// Jobs that the setup worker has not answered; the objects stay as long as there are any.
    var jobs = 0
    var objects: SessionObjects?
    var unit: PPPUnit?
    /// Units asked for and not answered count as well, so that there is never a second.
    var hasUnit = false
    var networks: [NetworkProtocol: UnitNetwork] = [:]
    /// How often `networks` was changed.
    var revision = 0
    /// Somebody else may have changed the interface: to be verified when no job is under way.
    var isUnitInDoubt = false
    /// Somebody else took the interface or something of it, and that was reported.
    var isUnitLost = false
    /// What it receives is not for user space, for good.
    var isBridged = false
    /// The other side, as long as there is one.
    weak var bridge: SessionRecord?
    /// The address whose route is pinned on this session's account.
    var pinned: IPAddress?
    var isDeleting = false
    /// Somebody else deleted it in the kernel, and that was reported.
    var isLost = false

    init(key: SessionKey, serial: UInt64, circuit: PPPoECircuit?) {
        self.key = key
        self.serial = serial
        self.circuit = circuit
    }
}
