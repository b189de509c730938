/// Start-Control-Connection-Connected: completes a tunnel (RFC 2661 section 6.3).
package struct SCCCN: Hashable, Sendable {
    /// 16 octets: the answer to the SCCRP's challenge.
    package var challengeResponse: [UInt8]?
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(challengeResponse: [UInt8]? = nil, extensions: [AVP] = []) {
        self.challengeResponse = challengeResponse
        self.extensions = extensions
    }
}

extension SCCCN: ControlMessage {
    static var type: MessageType { .scccn }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        challengeResponse = try avps.optional(.challengeResponse)
        extensions = avps.rest()
    }

    var avps: [AVP] {
        [
            AVP(.challengeResponse, challengeResponse)
        ].compactMap(\.self) + extensions
    }
}
