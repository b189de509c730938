/// A message that cannot be accepted, and what follows from it (RFC 2661 sections 4.1 and 7.1).
package struct MessageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What ends, and what the peer is told. Ends it even when nobody can be told: nothing answers a StopCCN or CDN.
    package enum Answer: Equatable, Sendable {
        /// The tunnel and all of its sessions.
        case stopCCN(ResultCode<StopCCNResult>)
        /// This session alone.
        case cdn(ResultCode<CDNResult>)
    }

    /// Nil when it could not be read.
    package var messageType: MessageType?
    package var fault: MessageFault
    /// The sender's ids where they could be read in spite of the fault: whom the answer goes to when the header's
    /// ids tell nothing.
    package var assignedTunnelID: TunnelID?
    package var assignedSessionID: SessionID?
    /// What else was odd in the message.
    package var notes: [MessageNote]

    package init(
        messageType: MessageType?, fault: MessageFault, assignedTunnelID: TunnelID? = nil,
        assignedSessionID: SessionID? = nil, notes: [MessageNote] = []
    ) {
        self.messageType = messageType
        self.fault = fault
        self.assignedTunnelID = assignedTunnelID
        self.assignedSessionID = assignedSessionID
        self.notes = notes
    }

    /// Result 2 with the fault's error code and text; result 5 with the highest version for a version not spoken here.
    package var answer: Answer {
        let text = Text(fault.description)
        if case .unsupportedVersion = fault {
            let highest = GeneralError(rawValue: UInt16(ProtocolVersion.rfc2661.version) << 8)
            return .stopCCN(ResultCode(.unsupportedVersion, error: highest, text: text))
        }
        return switch messageType?.scope ?? .tunnel {
        case .tunnel: .stopCCN(ResultCode(.generalError, error: fault.error, text: text))
        case .session: .cdn(ResultCode(.seeErrorCode, error: fault.error, text: text))
        }
    }

    package var description: String {
        "\(messageType.map { "\($0)" } ?? "message of unknown type"): \(fault)"
    }
}
