import Configuration
import L2TPControl
import L2TPWire

extension TunnelConfiguration {
    /// Transmissions of the first message before the other end is given up (1 + 2 + 4 + 8 s). As responder: one who has
    /// not proven himself is not sent much (HRD-02). As initiator: there may be another LNS.
    private static let unprovenTransmissions = 4

    /// How a tunnel with this end behaves. `placesCalls`: an LNS may ask us for outgoing calls.
    init(_ counterpart: Counterpart, hostName: String, probeTimeout: Duration, placesCalls: Bool) {
        let settings = counterpart.settings
        self.init(hostName: Text(hostName))
        vendorName = "l2tpd"
        if placesCalls { bearerCapabilities = .digital }
        secret = settings.secret?.octets
        requiresAuthentication = settings.requireAuthentication
        hiding = settings.hideAVPs ? .everything : .credentials
        helloInterval = settings.helloInterval
        receiveWindow = Int(settings.receiveWindow)
        var retransmission = RetransmissionPolicy(
            initial: settings.retransmission.initial, cap: settings.retransmission.cap,
            limit: settings.retransmission.limit)
        switch counterpart {
        case .peer(let peer): retransmission.linger = peer.linger
        case .lns(let outbound): linger = outbound.linger
        }
        self.retransmission = retransmission
        establishmentLimit = min(settings.retransmission.limit, Self.unprovenTransmissions)
        establishmentTimeout = settings.establishmentTimeout
        callSetupTimeout = settings.callSetupTimeout
        self.probeTimeout = probeTimeout
    }
}
