/// A tunnel (control connection) as the control socket shows it.
///
/// Made with what names it; everything else is set one by one. Optional keys are absent while they are not known.
package struct TunnelRecord: Codable, Hashable, Sendable {
    /// Our id, which the peer puts in its packets.
    package var tunnelID: UInt32
    /// The peer's id (its Assigned Tunnel ID); absent until it told us.
    package var peerTunnelID: UInt32?
    /// The `[[peer]]` that it belongs to; of a tunnel that we opened the LNS, as the configuration names it.
    package var peer: String
    /// "responder" where the peer opened the tunnel, "initiator" where we did.
    package var role = "responder"
    /// The peer's Host Name AVP; absent until it told us.
    package var peerHostName: String?
    package var peerVendorName: String?
    /// "192.0.2.1:1701".
    package var peerAddress: String
    package var localAddress: String
    /// RFC 2661 section 7.2.1's names: "idle", "wait-ctl-reply", "wait-ctl-conn", "established"; and "stopping" while a
    /// StopCCN waits for its acknowledgement.
    package var state: String
    /// 2 or 3.
    package var version = 2
    /// Whether each end proved that it knows the secret.
    package var authenticated = false
    package var sessions = 0
    package var uptimeSeconds: UInt64 = 0
    /// Our receive window and the peer's, in messages.
    package var receiveWindow = 0
    package var peerReceiveWindow = 0
    /// Congestion window, in messages (RFC 2661 appendix A).
    package var congestionWindow = 0
    /// Messages that wait for the window or for their acknowledgement.
    package var queuedMessages = 0
    /// Control messages sent again and received again since the tunnel began.
    package var retransmissions: UInt64 = 0
    package var duplicates: UInt64 = 0
    /// The kernel's counters of the sessions that stand.
    package var rxPackets: UInt64 = 0
    package var rxBytes: UInt64 = 0
    package var rxErrors: UInt64 = 0
    package var txPackets: UInt64 = 0
    package var txBytes: UInt64 = 0
    package var txErrors: UInt64 = 0

    package init(tunnelID: UInt32, peer: String, peerAddress: String, localAddress: String, state: String) {
        self.tunnelID = tunnelID
        self.peer = peer
        self.peerAddress = peerAddress
        self.localAddress = localAddress
        self.state = state
    }

    enum CodingKeys: String, CodingKey {
        case tunnelID = "tunnel_id"
        case peerTunnelID = "peer_tunnel_id"
        case peer, role, state, version, authenticated, sessions, retransmissions, duplicates
        case peerHostName = "peer_host_name"
        case peerVendorName = "peer_vendor_name"
        case peerAddress = "peer_address"
        case localAddress = "local_address"
        case uptimeSeconds = "uptime_seconds"
        case receiveWindow = "receive_window"
        case peerReceiveWindow = "peer_receive_window"
        case congestionWindow = "congestion_window"
        case queuedMessages = "queued_messages"
        case rxPackets = "rx_packets"
        case rxBytes = "rx_bytes"
        case rxErrors = "rx_errors"
        case txPackets = "tx_packets"
        case txBytes = "tx_bytes"
        case txErrors = "tx_errors"
    }
}
