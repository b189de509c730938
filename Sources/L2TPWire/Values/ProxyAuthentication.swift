/// The PPP authentication that a LAC held with the client (RFC 2661 section 4.4.5, AVPs 29 to 33).
package struct ProxyAuthentication: Hashable, Sendable, CustomStringConvertible {
    package var type: ProxyAuthenticationType
    /// The client's name.
    package var name: [UInt8]?
    /// The challenge that the LAC gave.
    package var challenge: [UInt8]?
    /// The identifier of the challenge, or of PAP's request.
    package var id: UInt8?
    /// The client's response; the password itself for text and PAP.
    package var response: [UInt8]?

    package init(
        type: ProxyAuthenticationType, name: [UInt8]? = nil, challenge: [UInt8]? = nil, id: UInt8? = nil,
        response: [UInt8]? = nil
    ) {
        self.type = type
        self.name = name
        self.challenge = challenge
        self.id = id
        self.response = response
    }

    /// Whether all is there that the RFC demands of this type. What is not complete is neither sent nor used.
    /// A type without a definition is never complete.
    package var isComplete: Bool {
        switch type {
        case .none: true
        case .text: name != nil && response != nil
        case .pap: name != nil && response != nil && id != nil
        case .chap, .msCHAPv1: name != nil && response != nil && id != nil && challenge?.isEmpty == false
        default: false
        }
    }

    /// Type and name; never challenge or response.
    package var description: String {
        "\(type)" + (name.map { " for \(Text(octets: $0))" } ?? "")
    }
}

/// The Proxy Authen Type AVP. MS-CHAPv2 and EAP have none.
package struct ProxyAuthenticationType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let text = ProxyAuthenticationType(rawValue: 1)
    package static let chap = ProxyAuthenticationType(rawValue: 2)
    package static let pap = ProxyAuthenticationType(rawValue: 3)
    /// The client was not authenticated.
    package static let none = ProxyAuthenticationType(rawValue: 4)
    package static let msCHAPv1 = ProxyAuthenticationType(rawValue: 5)

    package var description: String {
        let name = ["reserved", "text", "CHAP", "PAP", "no authentication", "MS-CHAPv1"]
        return "\(rawValue < name.count ? name[Int(rawValue)] : "type") (\(rawValue))"
    }
}

extension ProxyAuthentication {
    /// Nil when the message has no Proxy Authen Type.
    init?(_ avps: inout AVPSet) throws(MessageFault) {
        let type: ProxyAuthenticationType? = try avps.optional(.proxyAuthenType)
        name = try avps.optional(.proxyAuthenName)
        challenge = try avps.optional(.proxyAuthenChallenge)
        // The high octet is reserved: sent as 0, ignored here.
        let number: UInt16? = try avps.optional(.proxyAuthenID)
        id = number.map { UInt8(truncatingIfNeeded: $0) }
        response = try avps.optional(.proxyAuthenResponse)
        guard let type else { return nil }
        self.type = type
    }

    var avps: [AVP] {
        [
            AVP(.proxyAuthenType, type),
            AVP(.proxyAuthenName, name),
            AVP(.proxyAuthenChallenge, challenge),
            AVP(.proxyAuthenID, id.map(UInt16.init)),
            AVP(.proxyAuthenResponse, response),
        ].compactMap(\.self)
    }
}
