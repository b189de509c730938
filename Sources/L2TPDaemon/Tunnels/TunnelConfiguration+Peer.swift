import Configuration
import L2TPControl
import L2TPWire

extension TunnelConfiguration {
    /// Transmissions of an SCCRP before the one who asked for it is given up: one who has not proven himself is not sent
    /// much (1 + 2 + 4 + 8 s, HRD-02).
    private static let unprovenTransmissions = 4

    /// How a tunnel of this `[[peer]]` behaves.
    init(_ peer: Peer, hostName: String, probeTimeout: Duration) {
        self.init(hostName: Text(hostName))
        vendorName = "l2tpd"
        secret = peer.secret?.octets
        requiresAuthentication = peer.requireAuthentication
        hiding = peer.hideAVPs ? .everything : .credentials
        helloInterval = peer.helloInterval
        receiveWindow = Int(peer.receiveWindow)
        retransmission = RetransmissionPolicy(
            initial: peer.retransmission.initial, cap: peer.retransmission.cap, limit: peer.retransmission.limit,
            linger: peer.linger)
        establishmentLimit = min(peer.retransmission.limit, Self.unprovenTransmissions)
        establishmentTimeout = peer.establishmentTimeout
        callSetupTimeout = peer.callSetupTimeout
        self.probeTimeout = probeTimeout
    }
}
