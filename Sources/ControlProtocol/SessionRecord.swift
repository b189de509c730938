/// A session (call) as the control socket shows it.
///
/// Made with what names it; everything else is set one by one. Optional keys are absent while they are not known.
package struct SessionRecord: Codable, Hashable, Sendable {
    /// Our tunnel id and our session id: together they name the session, "TUNNEL/SESSION".
    package var tunnelID: UInt32
    package var sessionID: UInt32
    /// The peer's ids.
    package var peerTunnelID: UInt32?
    package var peerSessionID: UInt32?
    /// The `[[peer]]` whose tunnel carries it; of a tunnel that we opened the LNS.
    package var peer: String
    /// What we are to the call: "lns", "lac", or "switch" where both: then this is the incoming leg.
    package var role = "lns"
    /// Who asked for the call (RFC 2661 section 5.2): "incoming" the LAC, "outgoing" the LNS.
    package var direction = "incoming"
    /// The name that the subscriber authenticated with, or, where an LNS judges him, claimed; and its realm.
    package var user: String?
    package var realm: String?
    /// RFC 2661 section 7.4's names ("wait-connect", "wait-cs-answer", ...) until the call stands, then PPP's phase
    /// (RFC 1661 section 3.2): "establish", "authenticate", "network", "open" once an NCP is open, "terminate"; "bridged"
    /// where PPP ends elsewhere.
    package var state: String
    /// "ppp0".
    package var interface: String?
    /// A PPPoE subscriber's: his MAC address, the interface that he is on, the service that he asked for and what PPPoE
    /// calls the session.
    package var mac: String?
    package var accessInterface: String?
    package var serviceName: String?
    package var pppoeSessionID: UInt16?
    /// "TUNNEL/SESSION": the call that the kernel passes a PPPoE subscriber's frames to, or will, and whose counters are here; or the
    /// outgoing leg of a switched call.
    package var bridgedTo: String?
    /// The subscriber's IPv4 address, and ours.
    package var address: String?
    package var localAddress: String?
    /// IPV6CP's link-local addresses: "fe80::1".
    package var ipv6LinkLocal: String?
    package var localIPv6LinkLocal: String?
    /// "pap", "chap-md5", "ms-chap-v2"; absent without authentication.
    package var authentication: String?
    /// Whether LCP, or the authentication, was taken over from the LAC's proxy AVPs.
    package var proxyLCP = false
    package var proxyAuthentication = false
    /// What we may send and what we may receive, in octets.
    package var mtu: Int?
    package var mru: Int?
    package var callingNumber: String?
    package var calledNumber: String?
    package var callSerialNumber: UInt32?
    /// Bits a second, as the LAC reported them.
    package var txConnectSpeed: UInt64?
    package var rxConnectSpeed: UInt64?
    /// Whether data messages carry sequence numbers.
    package var sequencing = false
    package var uptimeSeconds: UInt64 = 0
    /// The kernel's counters.
    package var rxPackets: UInt64 = 0
    package var rxBytes: UInt64 = 0
    package var rxErrors: UInt64 = 0
    package var txPackets: UInt64 = 0
    package var txBytes: UInt64 = 0
    package var txErrors: UInt64 = 0

    package init(tunnelID: UInt32, sessionID: UInt32, peer: String, state: String) {
        self.tunnelID = tunnelID
        self.sessionID = sessionID
        self.peer = peer
        self.state = state
    }

    package var name: SessionName { SessionName(tunnelID: tunnelID, sessionID: sessionID) }

    enum CodingKeys: String, CodingKey {
        case tunnelID = "tunnel_id"
        case sessionID = "session_id"
        case peerTunnelID = "peer_tunnel_id"
        case peerSessionID = "peer_session_id"
        case mac, realm
        case accessInterface = "access_interface"
        case serviceName = "service_name"
        case pppoeSessionID = "pppoe_session_id"
        case bridgedTo = "bridged_to"
        case peer, role, direction, user, state, interface, address, authentication, mtu, mru, sequencing
        case localAddress = "local_address"
        case ipv6LinkLocal = "ipv6_link_local"
        case localIPv6LinkLocal = "local_ipv6_link_local"
        case proxyLCP = "proxy_lcp"
        case proxyAuthentication = "proxy_authentication"
        case callingNumber = "calling_number"
        case calledNumber = "called_number"
        case callSerialNumber = "call_serial_number"
        case txConnectSpeed = "tx_connect_speed"
        case rxConnectSpeed = "rx_connect_speed"
        case uptimeSeconds = "uptime_seconds"
        case rxPackets = "rx_packets"
        case rxBytes = "rx_bytes"
        case rxErrors = "rx_errors"
        case txPackets = "tx_packets"
        case txBytes = "tx_bytes"
        case txErrors = "tx_errors"
    }
}
