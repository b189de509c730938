/// Outgoing-Call-Reply: the LAC is about to place the call (RFC 2661 section 6.10).
package struct OCRP: Hashable, Sendable {
    /// What the sender calls the session; never 0.
    package var assignedSessionID: SessionID
    /// For logs only.
    package var physicalChannelID: UInt32?
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(assignedSessionID: SessionID, physicalChannelID: UInt32? = nil, extensions: [AVP] = []) {
        self.assignedSessionID = assignedSessionID
        self.physicalChannelID = physicalChannelID
        self.extensions = extensions
    }
}

extension OCRP: ControlMessage {
    static var type: MessageType { .ocrp }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        assignedSessionID = try avps.required(.assignedSessionID)
        physicalChannelID = try avps.optional(.physicalChannelID)
        extensions = avps.rest()
    }

    var avps: [AVP] {
        [
            AVP(.assignedSessionID, assignedSessionID),
            AVP(.physicalChannelID, physicalChannelID),
        ].compactMap(\.self) + extensions
    }
}
