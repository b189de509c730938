import Configuration
import L2TPControl
import L2TPWire

extension TunnelConfiguration {
    /// How a tunnel of this `[[peer]]` behaves.
    init(_ peer: Peer, hostName: String) {
        self.init(hostName: Text(hostName))
        vendorName = "l2tpd"
        secret = peer.secret?.octets
        requiresAuthentication = peer.requireAuthentication
        hiding = peer.hideAVPs ? .everything : .credentials
        helloInterval = peer.helloInterval
        receiveWindow = Int(peer.receiveWindow)
        retransmission = RetransmissionPolicy(
            initial: peer.retransmission.initial, cap: peer.retransmission.cap, limit: peer.retransmission.limit)
        establishmentTimeout = peer.establishmentTimeout
        callSetupTimeout = peer.callSetupTimeout
    }
}
