import Addresses
import L2TPControl
import PPP

/// What the peer is asked to do, as its options say it.
struct Plan: Sendable {
    /// How a round ends.
    enum Closing: String, CaseIterable, Sendable {
        /// One StopCCN a tunnel.
        case stopccn
        /// A CDN for each call, then StopCCN.
        case cdn
        /// An LCP Terminate-Request in each call; the server's CDN is waited for, then StopCCN.
        case terminate
        /// The server ends all calls or tunnels while we hold; then StopCCN where a tunnel is left.
        case server
        /// Not a word: the process is gone.
        case kill
    }

    var server: Endpoint
    var bind: IPAddress?
    var tunnels: Int
    var sessions: Int
    /// Calls that may be on their way up at a time.
    var window: Int
    /// New calls a second; nil is as many as the window lets.
    var rate: Double?
    var hold: Duration
    /// For everything that the server has to do: the set-up of all calls, and their end.
    var patience: Duration
    var closing: Closing
    var tunnel: TunnelConfiguration
    var subscribers: Subscribers
    var proxy: ProxyStyle?
    var ipv6: Bool
    var pings: Bool
}

/// Who calls: a name a call, where the pattern has a `%d` for its number.
struct Subscribers: Sendable {
    var pattern: String
    var password: Password
    var methods: [AuthenticationMethod]
    var mru: UInt16

    func name(_ number: Int) -> String { pattern.replacing("%d", with: "\(number)") }

    /// The subscriber's end of PPP.
    func link(_ number: Int, ipv6: Bool) -> Link {
        Link(
            configuration: LinkConfiguration(
                role: .peer(
                    LinkConfiguration.Peer(user: name(number), password: password, methods: methods)),
                mru: mru, echoInterval: nil, ipv6: ipv6))
    }
}
