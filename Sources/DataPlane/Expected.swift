import Netlink

/// What of ours the kernel should have, by the serial numbers of the records.
struct Expected: Sendable {
    var tunnels: [UInt64: UInt32] = [:]
    var sessions: [UInt64: SessionKey] = [:]
    var units: [UnitClaim] = []

    var isEmpty: Bool { tunnels.isEmpty && sessions.isEmpty && units.isEmpty }
}

/// What a session needs of its interface, which is to be up and to have these addresses.
struct UnitClaim: Sendable {
    var serial: UInt64
    var key: SessionKey
    /// The session's, when nothing was under way: another one is about another state of affairs.
    var revision: Int
    var index: Int32
    var addresses: [InterfaceAddress]
}

/// What of it the kernel does not have any more.
struct Losses: Sendable {
    var tunnels: [UInt64: UInt32] = [:]
    var sessions: [UInt64: SessionKey] = [:]
    var units: [LostUnit] = []

    var isEmpty: Bool { tunnels.isEmpty && sessions.isEmpty && units.isEmpty }
}

struct LostUnit: Sendable {
    var claim: UnitClaim
    var loss: InterfaceLoss
}
