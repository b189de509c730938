/// Call-Disconnect-Notify: ends one session (RFC 2661 section 6.12).
package struct CDN: Hashable, Sendable {
    package var resultCode: ResultCode<CDNResult>
    /// What the sender calls the session, as it said first: the receiver finds the session by it when the header's
    /// session id is 0.
    package var assignedSessionID: SessionID
    package var q931Cause: Q931Cause?
    /// Why PPP ended (RFC 3145).
    package var pppDisconnectCause: PPPDisconnectCause?
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(
        resultCode: ResultCode<CDNResult>, assignedSessionID: SessionID, q931Cause: Q931Cause? = nil,
        pppDisconnectCause: PPPDisconnectCause? = nil, extensions: [AVP] = []
    ) {
        self.resultCode = resultCode
        self.assignedSessionID = assignedSessionID
        self.q931Cause = q931Cause
        self.pppDisconnectCause = pppDisconnectCause
        self.extensions = extensions
    }
}

extension CDN: ControlMessage {
    static var type: MessageType { .cdn }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        resultCode = try avps.required(.resultCode)
        assignedSessionID = try avps.required(.assignedSessionID)
        q931Cause = try avps.optional(.q931Cause)
        let draft: PPPDisconnectCause? = try avps.optional(.pppDisconnectCause3Com)
        pppDisconnectCause = try avps.optional(.pppDisconnectCause) ?? draft
        extensions = avps.rest()
    }

    var avps: [AVP] {
        [
            AVP(.resultCode, resultCode),
            AVP(.assignedSessionID, assignedSessionID),
            AVP(.q931Cause, q931Cause),
            AVP(.pppDisconnectCause, pppDisconnectCause),
        ].compactMap(\.self) + extensions
    }
}
