/// What a LAC says it has negotiated with the peer: the values of AVPs 26, 27 and 28, each an LCP option list without
/// code, identifier and length (RFC 2661 section 4.4.5).
package struct ProxiedLCP: Equatable, Sendable {
    package var initialReceived: [UInt8]?
    /// The last Configure-Request that the LAC sent: what the peer believes of this end.
    package var lastSent: [UInt8]?
    /// The last Configure-Request that the LAC received: what the peer asked for itself.
    package var lastReceived: [UInt8]?

    package init(initialReceived: [UInt8]? = nil, lastSent: [UInt8]? = nil, lastReceived: [UInt8]? = nil) {
        self.initialReceived = initialReceived
        self.lastSent = lastSent
        self.lastReceived = lastReceived
    }
}

/// What a LAC says the peer has answered to its authentication: the values of AVPs 29 to 33 (RFC 2661 section 4.4.5).
package struct ProxiedAuthentication: Equatable, Sendable {
    /// The Proxy Authen Types that a method of ours can be told by; MS-CHAPv2 has none.
    package enum Kind {
        package static let chap: UInt16 = 2
        package static let pap: UInt16 = 3
        /// Nobody was asked.
        package static let none: UInt16 = 4
    }

    /// Proxy Authen Type: 1 textual, 2 CHAP, 3 PAP, 4 none, 5 MS-CHAPv1.
    package var type: UInt16
    package var name: [UInt8]?
    package var challenge: [UInt8]?
    /// The low octet of Proxy Authen ID.
    package var identifier: UInt8?
    package var response: [UInt8]?

    package init(
        type: UInt16, name: [UInt8]? = nil, challenge: [UInt8]? = nil, identifier: UInt8? = nil,
        response: [UInt8]? = nil
    ) {
        self.type = type
        self.name = name
        self.challenge = challenge
        self.identifier = identifier
        self.response = response
    }
}

/// How much of a LAC's word counts. Proxied credentials are verified in any case, never believed (RFC 2661 section 9.5).
package struct ProxyPolicy: Equatable, Sendable {
    /// Use the LAC's LCP when it is consistent and suits us; otherwise LCP is negotiated anew.
    package var acceptsLCP: Bool
    /// Verify what the peer told the LAC; otherwise the peer is asked by ourselves.
    package var acceptsAuthentication: Bool

    package init(acceptsLCP: Bool, acceptsAuthentication: Bool) {
        self.acceptsLCP = acceptsLCP
        self.acceptsAuthentication = acceptsAuthentication
    }
}
