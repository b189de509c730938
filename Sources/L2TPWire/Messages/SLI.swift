/// Set-Link-Info: an LNS reports what PPP negotiated (RFC 2661 section 6.14).
package struct SLI: Hashable, Sendable {
    /// Absent only beside the LCP options of RFC 3437.
    package var accm: ACCM?
    /// Options of the LNS's last Configure-Request (RFC 3437).
    package var lnsLastSentLCP: [UInt8]?
    /// Options of the client's last Configure-Request to the LNS (RFC 3437).
    package var lnsLastReceivedLCP: [UInt8]?
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(
        accm: ACCM? = nil, lnsLastSentLCP: [UInt8]? = nil, lnsLastReceivedLCP: [UInt8]? = nil, extensions: [AVP] = []
    ) {
        self.accm = accm
        self.lnsLastSentLCP = lnsLastSentLCP
        self.lnsLastReceivedLCP = lnsLastReceivedLCP
        self.extensions = extensions
    }
}

extension SLI: ControlMessage {
    static var type: MessageType { .sli }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        accm = try avps.optional(.accm)
        lnsLastSentLCP = try avps.optional(.lnsLastSentLCP)
        lnsLastReceivedLCP = try avps.optional(.lnsLastReceivedLCP)
        guard accm != nil || lnsLastSentLCP != nil || lnsLastReceivedLCP != nil else { throw .missing(.accm) }
        extensions = avps.rest()
    }

    var avps: [AVP] {
        [
            AVP(.accm, accm),
            AVP(.lnsLastSentLCP, lnsLastSentLCP),
            AVP(.lnsLastReceivedLCP, lnsLastReceivedLCP),
        ].compactMap(\.self) + extensions
    }
}
