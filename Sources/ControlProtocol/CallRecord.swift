/// What has become of an outgoing call that was asked for. Optional keys are absent while they mean nothing.
package struct CallRecord: Codable, Hashable, Sendable {
    /// As the order named them.
    package var peer: String
    package var calledNumber: String
    package var callSerialNumber: UInt32
    /// The session of a call that is connected, as "TUNNEL/SESSION".
    package var session: SessionName?
    /// Why there is none.
    package var failure: String?
    /// The Result Code of the CDN that ended it, from either end (RFC 2661 section 4.4.2), and its Error Code.
    package var resultCode: UInt16?
    package var errorCode: UInt16?

    package init(peer: String, calledNumber: String, callSerialNumber: UInt32) {
        self.peer = peer
        self.calledNumber = calledNumber
        self.callSerialNumber = callSerialNumber
    }

    enum CodingKeys: String, CodingKey {
        case peer, session, failure
        case calledNumber = "called_number"
        case callSerialNumber = "call_serial_number"
        case resultCode = "result_code"
        case errorCode = "error_code"
    }
}
