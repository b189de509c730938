package import Addresses

/// A host asks for a session, and everything about the request is in order.
package struct AccessRequest: Equatable, Sendable {
    /// The session's id, should it come to be; unique on the interface.
    package var id: PPPoESessionID
    package var host: MACAddress
    /// As the host spelled it, printable; empty where any service will do.
    package var serviceName: String
    /// The largest MRU that LCP may agree on, in either direction.
    package var maxPayload: UInt16
    /// Whether the host and this end agreed on more than 1492 octets (RFC 4638).
    package var exceedsStandardPayload: Bool { maxPayload > MaxPayload.standard }
    /// What an access node said about the line.
    package var line: AccessLine?

    package init(
        id: PPPoESessionID, host: MACAddress, serviceName: String, maxPayload: UInt16, line: AccessLine? = nil
    ) {
        self.id = id
        self.host = host
        self.serviceName = serviceName
        self.maxPayload = maxPayload
        self.line = line
    }
}
