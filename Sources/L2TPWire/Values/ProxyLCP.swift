/// The LCP negotiation that a LAC held before the LNS took over (RFC 2661 section 4.4.5): each is the option list of
/// a Configure-Request, without code, identifier and length.
package struct ProxyLCP: Hashable, Sendable {
    /// The first request from the client, AVP 26.
    package var initialReceived: [UInt8]?
    /// The last request to the client, AVP 27.
    package var lastSent: [UInt8]?
    /// The last request from the client, AVP 28.
    package var lastReceived: [UInt8]?

    package init(initialReceived: [UInt8]? = nil, lastSent: [UInt8]? = nil, lastReceived: [UInt8]? = nil) {
        self.initialReceived = initialReceived
        self.lastSent = lastSent
        self.lastReceived = lastReceived
    }
}

extension ProxyLCP {
    /// Nil when the message has none of them.
    init?(_ avps: inout AVPSet) throws(MessageFault) {
        initialReceived = try avps.optional(.initialReceivedLCP)
        lastSent = try avps.optional(.lastSentLCP)
        lastReceived = try avps.optional(.lastReceivedLCP)
        if initialReceived == nil, lastSent == nil, lastReceived == nil { return nil }
    }

    var avps: [AVP] {
        [
            AVP(.initialReceivedLCP, initialReceived),
            AVP(.lastSentLCP, lastSent),
            AVP(.lastReceivedLCP, lastReceived),
        ].compactMap(\.self)
    }
}
