package import Addresses

/// A PPPoE session as the kernel knows it: it takes PPP frames with this session id from this station on this interface
/// alone, and sends its own there (POE-05).
package struct PPPoECircuit: Hashable, Sendable {
    /// The Ethernet interface, which must be up; a VLAN's sub-interface is an interface like any other. At most 15 octets.
    package var interface: String
    package var peer: MACAddress
    /// The SESSION_ID that the PADS tells; not 0. Unique for this peer on this interface until `.sessionDeleted`: the
    /// kernel holds it after the subscriber has gone.
    package var sessionID: UInt16

    package init(interface: String, peer: MACAddress, sessionID: UInt16) {
        self.interface = interface
        self.peer = peer
        self.sessionID = sessionID
    }
}
