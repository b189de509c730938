/// How a session is named by people: "TUNNEL/SESSION", both local ids, or the session id alone while it is unique.
package struct SessionName: Hashable, Sendable, CustomStringConvertible {
    /// The local tunnel id, 0 for a PPPoE subscriber's session; nil asks for the only session with this id in any tunnel.
    package var tunnelID: UInt32?
    /// The local session id.
    package var sessionID: UInt32

    package init(tunnelID: UInt32? = nil, sessionID: UInt32) {
        self.tunnelID = tunnelID
        self.sessionID = sessionID
    }

    /// "7/12" or "12", decimal, ids from 1 but for the tunnel 0 of PPPoE subscribers; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let ids = text.split(separator: "/", omittingEmptySubsequences: false).map { part -> UInt32? in
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let id = UInt32(part) else { return nil }
            return id
        }
        guard ids.last != .some(0) else { return nil }
        switch ids.count {
        case 1:
            guard let session = ids[0] else { return nil }
            self.init(sessionID: session)
        case 2:
            guard let tunnel = ids[0], let session = ids[1] else { return nil }
            self.init(tunnelID: tunnel, sessionID: session)
        default: return nil
        }
    }

    package var description: String {
        tunnelID.map { "\($0)/\(sessionID)" } ?? "\(sessionID)"
    }
}

extension SessionName: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = SessionName(text) else {
            throw ControlError(
                code: .badRequest,
                message: "\"\(text)\" names no session; write TUNNEL/SESSION, two local ids, or the session id alone")
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
