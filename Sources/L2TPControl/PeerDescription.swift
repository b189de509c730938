package import L2TPWire

/// What the other end said of itself in its SCCRQ or SCCRP.
package struct PeerDescription: Equatable, Sendable {
    /// What it calls the tunnel.
    package var assignedTunnelID: TunnelID
    package var hostName: Text
    package var vendorName: Text?
    package var firmwareRevision: UInt16?
    package var protocolVersion: ProtocolVersion
    package var framingCapabilities: FramingCapabilities
    package var bearerCapabilities: BearerCapabilities?
    /// Messages that it lets us have outstanding; 4 when it did not say (RFC 2661 section 4.4.3).
    package var receiveWindow: Int

    init(_ message: SCCRQ) {
        assignedTunnelID = message.assignedTunnelID
        hostName = message.hostName
        vendorName = message.vendorName
        firmwareRevision = message.firmwareRevision
        protocolVersion = message.protocolVersion
        framingCapabilities = message.framingCapabilities
        bearerCapabilities = message.bearerCapabilities
        receiveWindow = message.receiveWindowSize.map(Int.init) ?? 4
    }

    init(_ message: SCCRP) {
        assignedTunnelID = message.assignedTunnelID
        hostName = message.hostName
        vendorName = message.vendorName
        firmwareRevision = message.firmwareRevision
        protocolVersion = message.protocolVersion
        framingCapabilities = message.framingCapabilities
        bearerCapabilities = message.bearerCapabilities
        receiveWindow = message.receiveWindowSize.map(Int.init) ?? 4
    }
}
