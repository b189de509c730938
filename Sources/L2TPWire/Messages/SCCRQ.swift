/// Start-Control-Connection-Request: opens a tunnel (RFC 2661 section 6.1).
package struct SCCRQ: Hashable, Sendable {
    package var protocolVersion: ProtocolVersion
    /// The sender's name, 1 octet or more.
    package var hostName: Text
    package var framingCapabilities: FramingCapabilities
    /// What the sender calls the tunnel; never 0.
    package var assignedTunnelID: TunnelID
    /// Absent or empty: the sender cannot place outgoing calls.
    package var bearerCapabilities: BearerCapabilities?
    /// Messages that may be outstanding towards the sender; absent means 4, never 0.
    package var receiveWindowSize: UInt16?
    /// 1 octet or more, to be answered in the SCCRP.
    package var challenge: [UInt8]?
    package var tieBreaker: TieBreaker?
    package var firmwareRevision: UInt16?
    package var vendorName: Text?
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(
        protocolVersion: ProtocolVersion = .rfc2661, hostName: Text,
        framingCapabilities: FramingCapabilities = [.synchronous, .asynchronous], assignedTunnelID: TunnelID,
        bearerCapabilities: BearerCapabilities? = nil, receiveWindowSize: UInt16? = nil, challenge: [UInt8]? = nil,
        tieBreaker: TieBreaker? = nil, firmwareRevision: UInt16? = nil, vendorName: Text? = nil, extensions: [AVP] = []
    ) {
        self.protocolVersion = protocolVersion
        self.hostName = hostName
        self.framingCapabilities = framingCapabilities
        self.assignedTunnelID = assignedTunnelID
        self.bearerCapabilities = bearerCapabilities
        self.receiveWindowSize = receiveWindowSize
        self.challenge = challenge
        self.tieBreaker = tieBreaker
        self.firmwareRevision = firmwareRevision
        self.vendorName = vendorName
        self.extensions = extensions
    }

    /// Whether the sender can place outgoing calls (RFC 2661 section 4.4.3).
    package var canPlaceOutgoingCalls: Bool { bearerCapabilities?.isEmpty == false }
}

extension SCCRQ: ControlMessage {
    static var type: MessageType { .sccrq }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        protocolVersion = try avps.required(.protocolVersion)
        guard protocolVersion.isSupported else { throw .unsupportedVersion(protocolVersion) }
        hostName = try avps.required(.hostName)
        framingCapabilities = try avps.required(.framingCapabilities)
        assignedTunnelID = try avps.required(.assignedTunnelID)
        bearerCapabilities = try avps.optional(.bearerCapabilities)
        receiveWindowSize = try avps.optional(.receiveWindowSize)
        challenge = try avps.optional(.challenge)
        tieBreaker = try avps.optional(.tieBreaker)
        firmwareRevision = try avps.optional(.firmwareRevision)
        vendorName = try avps.optional(.vendorName)
        extensions = avps.rest()
    }

    var avps: [AVP] {
        [
            AVP(.protocolVersion, protocolVersion),
            AVP(.hostName, hostName),
            AVP(.framingCapabilities, framingCapabilities),
            AVP(.assignedTunnelID, assignedTunnelID),
            AVP(.bearerCapabilities, bearerCapabilities),
            AVP(.receiveWindowSize, receiveWindowSize),
            AVP(.challenge, challenge),
            AVP(.tieBreaker, tieBreaker),
            AVP(.firmwareRevision, firmwareRevision),
            AVP(.vendorName, vendorName),
        ].compactMap(\.self) + extensions
    }
}
