/// Stop-Control-Connection-Notification: ends a tunnel and all of its sessions (RFC 2661 section 6.4).
package struct StopCCN: Hashable, Sendable {
    /// What the sender calls the tunnel, as it said first.
    package var assignedTunnelID: TunnelID
    package var resultCode: ResultCode<StopCCNResult>
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(assignedTunnelID: TunnelID, resultCode: ResultCode<StopCCNResult>, extensions: [AVP] = []) {
        self.assignedTunnelID = assignedTunnelID
        self.resultCode = resultCode
        self.extensions = extensions
    }
}

extension StopCCN: ControlMessage {
    static var type: MessageType { .stopCCN }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        assignedTunnelID = try avps.required(.assignedTunnelID)
        resultCode = try avps.required(.resultCode)
        extensions = avps.rest()
    }

    var avps: [AVP] {
        [
            AVP(.assignedTunnelID, assignedTunnelID),
            AVP(.resultCode, resultCode),
        ].compactMap(\.self) + extensions
    }
}
