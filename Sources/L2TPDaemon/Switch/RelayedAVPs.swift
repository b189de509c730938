import L2TPWire

// What becomes of each AVP when a call goes on into another tunnel (MHP-01). Hidden ones were revealed with the one tunnel's
// secret, and are hidden again, or not, as the other tunnel has it.
//
//                                                                  | relayed | made anew | dropped
// Host Name, Assigned Tunnel ID, Tie Breaker, Challenge (Response),|         |           |
//   Receive Window Size, capabilities: of the tunnels, not of calls|         |     x     |
// Assigned Session ID, Call Serial Number, Random Vector           |         |     x     |
// Bearer Type, Physical Channel ID, Calling and Called Number,     |         |           |
//   Sub-Address                                                    |    x    |           |
// Framing Type, (Tx) and Rx Connect Speed, Private Group ID,       |         |           |
//   LCP Want and Allow Options (RFC 3437)                          |    x    |           |
// Sequencing Required: each leg counts for itself                  |    x    |           |
// Proxy LCP (26-28) and authentication (29-33)                     |    x    |           |
// Access lines (vendor 3561, RFC 5515)                             |    x    |           |
// Result Code, Q.931 Cause, PPP Disconnect Cause (RFC 3145)        | as `Disconnection` says
// Extensions that are agreed with one neighbour (session DS,       |         |           |
//   PPPoE relay, modem on hold, multicast, fail-over, ...)         |         |           |    x
// Whatever the decoder does not know, its M bit clear              |         |           |    x

extension ICRQ {
    /// The request for the outgoing leg; the tunnel fills in the session id.
    init(switching offer: ICRQ, serial: UInt32) {
        self.init(
            assignedSessionID: .none, callSerialNumber: serial, bearerType: offer.bearerType,
            physicalChannelID: offer.physicalChannelID, callingNumber: offer.callingNumber,
            calledNumber: offer.calledNumber, subAddress: offer.subAddress, extensions: offer.extensions.relayed)
    }
}

extension CallConnection {
    /// What the other leg is told when one is connected.
    var switched: Self {
        switch self {
        case .incoming(var message):
            message.extensions = message.extensions.relayed
            return .incoming(message)
        case .outgoing(var message):
            message.extensions = message.extensions.relayed
            return .outgoing(message)
        }
    }
}

extension [AVP] {
    /// The enterprise number of the Broadband Forum, whose AVPs say what line the subscriber has.
    private static var broadbandForum: UInt16 { 3561 }

    /// Those of them that mean the same at the next hop.
    fileprivate var relayed: [AVP] { filter { $0.attribute.vendor == Self.broadbandForum } }
}
