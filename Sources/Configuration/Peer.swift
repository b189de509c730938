package import Addresses

/// `[[peer]]`: who may open tunnels with us, and how they are treated.
package struct Peer: Hashable, Sendable {
    /// How control messages are sent again (RFC 2661 section 5.8): after `initial`, then after twice as long each time, but no
    /// longer than `cap`; after `limit` retransmissions the peer is taken to be gone.
    package struct Retransmission: Hashable, Sendable {
        package var initial: Duration
        package var cap: Duration
        package var limit: Int

        package init(initial: Duration = .seconds(1), cap: Duration = .seconds(8), limit: Int = 5) {
            self.initial = initial
            self.cap = cap
            self.limit = limit
        }
    }

    /// What is done with a LAC's proxy AVPs (RFC 2661 section 4.4.5).
    package enum ProxyPolicy: String, CaseIterable, Hashable, Sendable {
        /// They are believed, when they fit what `[[ppp]]` asks for.
        case accept
        /// They are put aside and the link begins anew.
        case renegotiate
    }

    package var name: String
    /// Source prefixes; empty is any source.
    package var addresses: [IPPrefix]
    /// Host Name AVPs; empty is any.
    package var hostNames: [String]
    /// The tunnel secret, for both directions and for hiding.
    package var secret: Secret?
    /// Whether we challenge the peer; never without a secret.
    package var requireAuthentication: Bool
    /// Whether we hide the AVPs that may be hidden; never without a secret.
    package var hideAVPs: Bool
    /// Silence after which a HELLO is sent; nil sends none.
    package var helloInterval: Duration?
    /// Our Receive Window Size AVP, in messages.
    package var receiveWindow: UInt16
    /// Nil is without limit.
    package var maxTunnels: Int?
    package var maxSessions: Int?
    /// How PPP is ended for this peer's calls.
    package var ppp: PPPProfile
    package var retransmission: Retransmission
    /// From the first message until the tunnel stands, and from ICRQ until the call stands.
    package var establishmentTimeout: Duration
    package var callSetupTimeout: Duration
    /// How long a tunnel that was stopped by the peer is still answered for (a full retransmission cycle: 31 s).
    package var linger: Duration
    package var proxyLCP: ProxyPolicy
    package var proxyAuthentication: ProxyPolicy

    package init(
        name: String, addresses: [IPPrefix] = [], hostNames: [String] = [], secret: Secret? = nil,
        requireAuthentication: Bool? = nil, hideAVPs: Bool = false, helloInterval: Duration? = .seconds(60),
        receiveWindow: UInt16 = 64, maxTunnels: Int? = nil, maxSessions: Int? = nil, ppp: PPPProfile,
        retransmission: Retransmission = Retransmission(), establishmentTimeout: Duration = .seconds(60),
        callSetupTimeout: Duration = .seconds(60), linger: Duration = .seconds(31),
        proxyLCP: ProxyPolicy = .renegotiate,
        proxyAuthentication: ProxyPolicy = .renegotiate
    ) {
        self.name = name
        self.addresses = addresses
        self.hostNames = hostNames
        self.secret = secret
        self.requireAuthentication = requireAuthentication ?? (secret != nil)
        self.hideAVPs = hideAVPs
        self.helloInterval = helloInterval
        self.receiveWindow = receiveWindow
        self.maxTunnels = maxTunnels
        self.maxSessions = maxSessions
        self.ppp = ppp
        self.retransmission = retransmission
        self.establishmentTimeout = establishmentTimeout
        self.callSetupTimeout = callSetupTimeout
        self.linger = linger
        self.proxyLCP = proxyLCP
        self.proxyAuthentication = proxyAuthentication
    }
}

extension Peer {
    init?(reading table: inout TableReader, profiles: Declared<PPPProfile>) {
        let name = table.requiredName("name")
        let addresses = table.list("addresses", of: "prefixes (\"192.0.2.0/24\")") { IPPrefix($0) }
        let hostNames = table.list("host_names", of: "Host Names") { $0.isEmpty ? nil : $0 }
        if addresses.isEmpty, hostNames.isEmpty, !table.has("addresses") || table.isEmptyList("addresses") {
            table.refuse(
                "addresses",
                "says nothing and neither does host_names; write source prefixes, Host Names or both "
                    + "(addresses = [\"0.0.0.0/0\", \"::/0\"] is everybody)")
        }
        let secret = table.secret("secret")
        let requireAuthentication = table.boolean("require_authentication")
        let hideAVPs = table.boolean("hide_avps") ?? false
        if secret == nil, !table.has("secret"), !table.has("secret_file") {
            if requireAuthentication == true {
                table.refuse("require_authentication", "is true without a secret; add secret or secret_file")
            }
            if hideAVPs {
                table.refuse("hide_avps", "is true without a secret to hide with; add secret or secret_file")
            }
        }
        let retransmission = Retransmission(
            initial: table.seconds("retransmit_initial", in: 0.1...60, default: Retransmission().initial),
            cap: table.seconds("retransmit_cap", in: 0.1...600, default: Retransmission().cap),
            limit: table.integer("retransmit_limit", in: 1...100, default: Retransmission().limit))
        if retransmission.cap < retransmission.initial {
            table.refuse("retransmit_cap", "is less than retransmit_initial; the interval only grows")
        }
        let helloInterval = table.interval("hello_interval", upTo: 86_400, default: .seconds(60))
        let receiveWindow = table.integer("receive_window", in: 1...32_767, default: 64)
        let maxTunnels = table.integer("max_tunnels", in: 1...65_535)
        let maxSessions = table.integer("max_sessions", in: 1...10_000_000)
        let profile = table.reference("ppp", to: profiles, declaredBy: "[[ppp]]")
        let establishmentTimeout = table.seconds("establishment_timeout", in: 1...3600, default: .seconds(60))
        let callSetupTimeout = table.seconds("call_setup_timeout", in: 1...3600, default: .seconds(60))
        let linger = table.seconds("linger", in: 0...600, default: .seconds(31))
        let proxyLCP = table.choice("proxy_lcp", default: ProxyPolicy.renegotiate)
        let proxyAuthentication = table.choice("proxy_authentication", default: ProxyPolicy.renegotiate)
        guard let name, let profile, let receiveWindow = UInt16(exactly: receiveWindow) else { return nil }
        self.init(
            name: name, addresses: addresses, hostNames: hostNames, secret: secret,
            requireAuthentication: requireAuthentication, hideAVPs: hideAVPs, helloInterval: helloInterval,
            receiveWindow: receiveWindow, maxTunnels: maxTunnels, maxSessions: maxSessions, ppp: profile,
            retransmission: retransmission, establishmentTimeout: establishmentTimeout,
            callSetupTimeout: callSetupTimeout, linger: linger, proxyLCP: proxyLCP,
            proxyAuthentication: proxyAuthentication)
    }
}
