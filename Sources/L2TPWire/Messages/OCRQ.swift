/// Outgoing-Call-Request: an LNS asks a LAC to place a call (RFC 2661 section 6.9).
package struct OCRQ: Hashable, Sendable {
    /// What the sender calls the session; never 0.
    package var assignedSessionID: SessionID
    /// Names the call for administrators of both ends.
    package var callSerialNumber: UInt32
    /// The lowest speed that will do.
    package var minimumBPS: ConnectSpeed
    /// The highest speed that will do.
    package var maximumBPS: ConnectSpeed
    package var bearerType: BearerType
    package var framingType: FramingType
    package var calledNumber: Text
    package var subAddress: Text?
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(
        assignedSessionID: SessionID, callSerialNumber: UInt32, minimumBPS: ConnectSpeed, maximumBPS: ConnectSpeed,
        bearerType: BearerType, framingType: FramingType, calledNumber: Text, subAddress: Text? = nil,
        extensions: [AVP] = []
    ) {
        self.assignedSessionID = assignedSessionID
        self.callSerialNumber = callSerialNumber
        self.minimumBPS = minimumBPS
        self.maximumBPS = maximumBPS
        self.bearerType = bearerType
        self.framingType = framingType
        self.calledNumber = calledNumber
        self.subAddress = subAddress
        self.extensions = extensions
    }
}

extension OCRQ: ControlMessage {
    static var type: MessageType { .ocrq }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        assignedSessionID = try avps.required(.assignedSessionID)
        callSerialNumber = try avps.required(.callSerialNumber)
        minimumBPS = try avps.required(.minimumBPS)
        maximumBPS = try avps.required(.maximumBPS)
        bearerType = try avps.required(.bearerType)
        framingType = try avps.required(.framingType)
        calledNumber = try avps.required(.calledNumber)
        subAddress = try avps.optional(.subAddress)
        extensions = avps.rest()
    }

    var avps: [AVP] {
        [
            AVP(.assignedSessionID, assignedSessionID),
            AVP(.callSerialNumber, callSerialNumber),
            AVP(.minimumBPS, minimumBPS),
            AVP(.maximumBPS, maximumBPS),
            AVP(.bearerType, bearerType),
            AVP(.framingType, framingType),
            AVP(.calledNumber, calledNumber),
            AVP(.subAddress, subAddress),
        ].compactMap(\.self) + extensions
    }
}
