package import L2TPWire

/// What a tunnel must know of its own end and of the peer's policy. All of it comes from the daemon's configuration.
package struct TunnelConfiguration: Sendable {
    /// Our Host Name AVP, at least 1 octet.
    package var hostName: Text
    /// Our Vendor Name and Firmware Revision AVPs; none are sent when nil.
    package var vendorName: Text?
    package var firmwareRevision: UInt16?
    package var framingCapabilities: FramingCapabilities = [.synchronous, .asynchronous]
    /// Nil or empty: we cannot place outgoing calls (RFC 2661 section 4.4.3).
    package var bearerCapabilities: BearerCapabilities?

    /// The secret that both ends share, for authentication and hiding; nil or empty: there is none.
    package var secret: [UInt8]?
    /// Whether the peer must show that it knows the secret. Without a secret no tunnel then comes up.
    package var requiresAuthentication = false
    /// What is hidden in what we send, where there is a secret.
    package var hiding: Hiding.Extent = .credentials

    /// Whether AVPs of extensions have the M bit that their RFCs give them. A peer that does not know one then ends the
    /// call (RFC 2661 section 4.2).
    package var extensionsMandatory = false

    /// Our Receive Window Size AVP, 1 to 32,768.
    package var receiveWindow = 64
    package var retransmission = RetransmissionPolicy()
    /// `RetransmissionPolicy.limit` until the tunnel is established: for an initiator that turns to the next LNS soon,
    /// for a responder that sends little to who has proven nothing.
    package var establishmentLimit = 5
    /// The whole handshake must be over in this time.
    package var establishmentTimeout = Duration.seconds(60)
    /// Nothing received, control or data, for this long: is the peer there? Nil: never asked.
    package var helloInterval: Duration? = .seconds(60)
    /// How long `TunnelInput.probe` waits for an answer.
    package var probeTimeout = Duration.seconds(3)

    /// From a call's request until it is answered, and from there until it is connected, unless it rings somewhere.
    package var callSetupTimeout = Duration.seconds(30)
    /// LNS: how long an outgoing call may ring at the LAC before we give it up.
    package var answerTimeout = Duration.seconds(300)
    /// Calls at a time, 1 to 65,535.
    package var maxSessions = 65_535
    /// An established tunnel without calls is closed after this time. Nil: it stays.
    package var linger: Duration?
    /// Whether our SCCRQ has a Tie Breaker: one tunnel between the two ends, not one from each.
    package var asksForSingleTunnel = false

    package init(hostName: Text) {
        self.hostName = hostName
    }

    /// What the Receive Window Size AVP tells.
    var advertisedWindow: UInt16 { UInt16(min(max(receiveWindow, 1), 32_768)) }

    /// The secret, if there is one that says anything.
    var usableSecret: [UInt8]? { secret?.isEmpty == false ? secret : nil }
}
