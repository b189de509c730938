/// Start-Control-Connection-Reply: accepts an SCCRQ (RFC 2661 section 6.2).
package struct SCCRP: Hashable, Sendable {
    package var protocolVersion: ProtocolVersion
    package var framingCapabilities: FramingCapabilities
    /// The sender's name, 1 octet or more.
    package var hostName: Text
    /// What the sender calls the tunnel; never 0.
    package var assignedTunnelID: TunnelID
    /// Absent or empty: the sender cannot place outgoing calls.
    package var bearerCapabilities: BearerCapabilities?
    package var firmwareRevision: UInt16?
    package var vendorName: Text?
    /// Messages that may be outstanding towards the sender; absent means 4, never 0.
    package var receiveWindowSize: UInt16?
    /// 1 octet or more, to be answered in the SCCCN.
    package var challenge: [UInt8]?
    /// 16 octets: the answer to the SCCRQ's challenge.
    package var challengeResponse: [UInt8]?
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(
        protocolVersion: ProtocolVersion = .rfc2661,
        framingCapabilities: FramingCapabilities = [.synchronous, .asynchronous], hostName: Text,
        assignedTunnelID: TunnelID, bearerCapabilities: BearerCapabilities? = nil, firmwareRevision: UInt16? = nil,
        vendorName: Text? = nil, receiveWindowSize: UInt16? = nil, challenge: [UInt8]? = nil,
        challengeResponse: [UInt8]? = nil, extensions: [AVP] = []
    ) {
        self.protocolVersion = protocolVersion
        self.framingCapabilities = framingCapabilities
        self.hostName = hostName
        self.assignedTunnelID = assignedTunnelID
        self.bearerCapabilities = bearerCapabilities
        self.firmwareRevision = firmwareRevision
        self.vendorName = vendorName
        self.receiveWindowSize = receiveWindowSize
        self.challenge = challenge
        self.challengeResponse = challengeResponse
        self.extensions = extensions
    }

    /// Whether the sender can place outgoing calls (RFC 2661 section 4.4.3).
    package var canPlaceOutgoingCalls: Bool { bearerCapabilities?.isEmpty == false }
}

extension SCCRP: ControlMessage {
    static var type: MessageType { .sccrp }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        protocolVersion = try avps.required(.protocolVersion)
        guard protocolVersion.isSupported else { throw .unsupportedVersion(protocolVersion) }
        framingCapabilities = try avps.required(.framingCapabilities)
        hostName = try avps.required(.hostName)
        assignedTunnelID = try avps.required(.assignedTunnelID)
        bearerCapabilities = try avps.optional(.bearerCapabilities)
        firmwareRevision = try avps.optional(.firmwareRevision)
        vendorName = try avps.optional(.vendorName)
        receiveWindowSize = try avps.optional(.receiveWindowSize)
        challenge = try avps.optional(.challenge)
        challengeResponse = try avps.optional(.challengeResponse)
        extensions = avps.rest()
    }

    var avps: [AVP] {
        [
            AVP(.protocolVersion, protocolVersion),
            AVP(.framingCapabilities, framingCapabilities),
            AVP(.hostName, hostName),
            AVP(.assignedTunnelID, assignedTunnelID),
            AVP(.bearerCapabilities, bearerCapabilities),
            AVP(.firmwareRevision, firmwareRevision),
            AVP(.vendorName, vendorName),
            AVP(.receiveWindowSize, receiveWindowSize),
            AVP(.challenge, challenge),
            AVP(.challengeResponse, challengeResponse),
        ].compactMap(\.self) + extensions
    }
}
