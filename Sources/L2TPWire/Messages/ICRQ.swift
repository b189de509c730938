/// Incoming-Call-Request: a LAC has a call for the LNS (RFC 2661 section 6.6).
package struct ICRQ: Hashable, Sendable {
    /// What the sender calls the session; never 0.
    package var assignedSessionID: SessionID
    /// Names the call for administrators of both ends.
    package var callSerialNumber: UInt32
    /// Empty when the call came over no physical line.
    package var bearerType: BearerType?
    /// For logs only.
    package var physicalChannelID: UInt32?
    package var callingNumber: Text?
    package var calledNumber: Text?
    package var subAddress: Text?
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(
        assignedSessionID: SessionID, callSerialNumber: UInt32, bearerType: BearerType? = nil,
        physicalChannelID: UInt32? = nil, callingNumber: Text? = nil, calledNumber: Text? = nil,
        subAddress: Text? = nil, extensions: [AVP] = []
    ) {
        self.assignedSessionID = assignedSessionID
        self.callSerialNumber = callSerialNumber
        self.bearerType = bearerType
        self.physicalChannelID = physicalChannelID
        self.callingNumber = callingNumber
        self.calledNumber = calledNumber
        self.subAddress = subAddress
        self.extensions = extensions
    }
}

extension ICRQ: ControlMessage {
    static var type: MessageType { .icrq }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        assignedSessionID = try avps.required(.assignedSessionID)
        callSerialNumber = try avps.required(.callSerialNumber)
        bearerType = try avps.optional(.bearerType)
        physicalChannelID = try avps.optional(.physicalChannelID)
        callingNumber = try avps.optional(.callingNumber)
        calledNumber = try avps.optional(.calledNumber)
        subAddress = try avps.optional(.subAddress)
        extensions = avps.rest()
    }

    var avps: [AVP] {
        [
            AVP(.assignedSessionID, assignedSessionID),
            AVP(.callSerialNumber, callSerialNumber),
            AVP(.bearerType, bearerType),
            AVP(.physicalChannelID, physicalChannelID),
            AVP(.callingNumber, callingNumber),
            AVP(.calledNumber, calledNumber),
            AVP(.subAddress, subAddress),
        ].compactMap(\.self) + extensions
    }
}
