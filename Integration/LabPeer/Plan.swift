import Addresses
import L2TPControl
import L2TPWire
import PPP

/// What the peer is asked to do, as its options say it.
struct Plan: Sendable {
    /// How a round ends.
    enum Closing: String, CaseIterable, Sendable {
        /// One StopCCN a tunnel.
        case stopccn
        /// A CDN for each call, then StopCCN.
        case cdn
        /// A PADT for each subscriber.
        case padt
        /// An LCP Terminate-Request in each call; the server's CDN or PADT is waited for, then StopCCN.
        case terminate
        /// The server ends all calls or tunnels while we hold; then StopCCN where a tunnel is left.
        case server
        /// Not a word: the process is gone.
        case kill
    }

    /// When the server's address is pinged through a session.
    enum Pings {
        /// As soon as its network protocols are up; a call is up when it was answered.
        case atOnce
        /// When all calls are up.
        case atTheEnd
    }

    /// By what the calls go.
    enum Carriage: Sendable {
        case l2tp(Tunnels)
        case pppoe(interface: String)
    }

    /// Tunnels to an LNS that the calls are spread over.
    struct Tunnels: Sendable {
        var server: Endpoint
        var bind: IPAddress?
        var count: Int
        var configuration: TunnelConfiguration
        var proxy: ProxyStyle?
    }

    var carriage: Carriage
    var sessions: Int
    /// Calls that may be on their way up at a time.
    var window: Int
    /// New calls a second; nil is as many as the window lets.
    var rate: Double?
    var hold: Duration
    /// For everything that the server has to do: the set-up of all calls, and their end.
    var patience: Duration
    var closing: Closing
    var subscribers: Subscribers
    var ipv6: Bool
    var pings: Pings?
    /// Echo-Requests that each subscriber sends besides those from his proof to his network protocols; nil sends none.
    var burst: Int?

    /// - Parameter round: counts the rounds: tunnel ids differ from round to round.
    func carriers(round: Int) throws -> [any Carrier] {
        switch carriage {
        case .pppoe(let interface): return [try PPPoELine(plan: self, interface: interface)]
        case .l2tp(let tunnels):
            return try (0..<tunnels.count).map { index in
                let id = TunnelID(UInt16(truncatingIfNeeded: (round * tunnels.count + index) % 65_535 + 1))
                return try LACTunnel(plan: self, tunnels, id: id)
            }
        }
    }
}

/// Who calls: a name a call, where the pattern has a `%d` for its number.
struct Subscribers: Sendable {
    /// What stands between the numbers in a name.
    private let parts: [String]
    var password: Password
    var methods: [AuthenticationMethod]
    var mru: UInt16

    init(pattern: String, password: Password, methods: [AuthenticationMethod], mru: UInt16) {
        parts = pattern.split(separator: "%d", omittingEmptySubsequences: false).map(String.init)
        self.password = password
        self.methods = methods
        self.mru = mru
    }

    func name(_ number: Int) -> String { parts.joined(separator: String(number)) }

    /// The subscriber's end of PPP.
    func link(_ number: Int, over medium: LinkConfiguration.Medium, ipv6: Bool) -> Link {
        Link(
            configuration: LinkConfiguration(
                role: .peer(
                    LinkConfiguration.Peer(user: name(number), password: password, methods: methods)),
                medium: medium, mru: mru, echoInterval: nil, ipv6: ipv6))
    }
}
