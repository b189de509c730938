/// Incoming-Call-Reply: the LNS takes the call (RFC 2661 section 6.7).
package struct ICRP: Hashable, Sendable {
    /// What the sender calls the session; never 0.
    package var assignedSessionID: SessionID
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(assignedSessionID: SessionID, extensions: [AVP] = []) {
        self.assignedSessionID = assignedSessionID
        self.extensions = extensions
    }
}

extension ICRP: ControlMessage {
    static var type: MessageType { .icrp }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        assignedSessionID = try avps.required(.assignedSessionID)
        extensions = avps.rest()
    }

    var avps: [AVP] {
        [
            AVP(.assignedSessionID, assignedSessionID)
        ].compactMap(\.self) + extensions
    }
}
