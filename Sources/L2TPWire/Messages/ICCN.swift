/// Incoming-Call-Connected: the call is up (RFC 2661 section 6.8).
package struct ICCN: Hashable, Sendable {
    /// From the LAC to the client; both ways when there is no Rx Connect Speed.
    package var txConnectSpeed: ConnectSpeed
    package var framingType: FramingType
    /// The LCP negotiation that the LAC held already.
    package var proxyLCP: ProxyLCP?
    /// The authentication that the LAC held already, complete or not; nil without a Proxy Authen Type.
    package var proxyAuthentication: ProxyAuthentication?
    /// The customer group that the call belongs to.
    package var privateGroupID: Text?
    /// From the client to the LAC.
    package var rxConnectSpeed: ConnectSpeed?
    /// Whether every data message must carry sequence numbers.
    package var sequencingRequired: Bool
    /// LCP options that the LAC wants the LNS to ask for (RFC 3437).
    package var lcpWantOptions: [UInt8]?
    /// LCP options that the LAC lets the LNS accept (RFC 3437).
    package var lcpAllowOptions: [UInt8]?
    /// AVPs of extensions that have no property here, in the message's order.
    package var extensions: [AVP]

    package init(
        txConnectSpeed: ConnectSpeed, framingType: FramingType, proxyLCP: ProxyLCP? = nil,
        proxyAuthentication: ProxyAuthentication? = nil, privateGroupID: Text? = nil,
        rxConnectSpeed: ConnectSpeed? = nil, sequencingRequired: Bool = false, lcpWantOptions: [UInt8]? = nil,
        lcpAllowOptions: [UInt8]? = nil, extensions: [AVP] = []
    ) {
        self.txConnectSpeed = txConnectSpeed
        self.framingType = framingType
        self.proxyLCP = proxyLCP
        self.proxyAuthentication = proxyAuthentication
        self.privateGroupID = privateGroupID
        self.rxConnectSpeed = rxConnectSpeed
        self.sequencingRequired = sequencingRequired
        self.lcpWantOptions = lcpWantOptions
        self.lcpAllowOptions = lcpAllowOptions
        self.extensions = extensions
    }

    /// From the client to the LAC, said or assumed to be as the other way.
    package var effectiveRxConnectSpeed: ConnectSpeed { rxConnectSpeed ?? txConnectSpeed }
}

extension ICCN: ControlMessage {
    static var type: MessageType { .iccn }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        txConnectSpeed = try avps.required(.txConnectSpeed)
        framingType = try avps.required(.framingType)
        proxyLCP = try ProxyLCP(&avps)
        proxyAuthentication = try ProxyAuthentication(&avps)
        privateGroupID = try avps.optional(.privateGroupID)
        rxConnectSpeed = try avps.optional(.rxConnectSpeed)
        sequencingRequired = try avps.flag(.sequencingRequired)
        lcpWantOptions = try avps.optional(.lcpWantOptions)
        lcpAllowOptions = try avps.optional(.lcpAllowOptions)
        extensions = avps.rest()
    }

    var avps: [AVP] {
        [
            AVP(.txConnectSpeed, txConnectSpeed),
            AVP(.framingType, framingType),
            AVP(.privateGroupID, privateGroupID),
            AVP(.rxConnectSpeed, rxConnectSpeed),
            AVP(.sequencingRequired, sequencingRequired ? Presence() : nil),
            AVP(.lcpWantOptions, lcpWantOptions),
            AVP(.lcpAllowOptions, lcpAllowOptions),
        ].compactMap(\.self) + (proxyLCP?.avps ?? []) + (proxyAuthentication?.avps ?? []) + extensions
    }
}
