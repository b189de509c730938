/// Outgoing-Call-Connected: the call was answered (RFC 2661 section 6.11).
package struct OCCN: Hashable, Sendable {
    /// From the LAC to the client; both ways when there is no Rx Connect Speed.
    package var txConnectSpeed: ConnectSpeed
    package var framingType: FramingType
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
        txConnectSpeed: ConnectSpeed, framingType: FramingType, rxConnectSpeed: ConnectSpeed? = nil,
        sequencingRequired: Bool = false, lcpWantOptions: [UInt8]? = nil, lcpAllowOptions: [UInt8]? = nil,
        extensions: [AVP] = []
    ) {
        self.txConnectSpeed = txConnectSpeed
        self.framingType = framingType
        self.rxConnectSpeed = rxConnectSpeed
        self.sequencingRequired = sequencingRequired
        self.lcpWantOptions = lcpWantOptions
        self.lcpAllowOptions = lcpAllowOptions
        self.extensions = extensions
    }

    /// From the client to the LAC, said or assumed to be as the other way.
    package var effectiveRxConnectSpeed: ConnectSpeed { rxConnectSpeed ?? txConnectSpeed }
}

extension OCCN: ControlMessage {
    static var type: MessageType { .occn }

    init(_ avps: inout AVPSet) throws(MessageFault) {
        txConnectSpeed = try avps.required(.txConnectSpeed)
        framingType = try avps.required(.framingType)
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
            AVP(.rxConnectSpeed, rxConnectSpeed),
            AVP(.sequencingRequired, sequencingRequired ? Presence() : nil),
            AVP(.lcpWantOptions, lcpWantOptions),
            AVP(.lcpAllowOptions, lcpAllowOptions),
        ].compactMap(\.self) + extensions
    }
}
