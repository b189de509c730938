/// How a tunnel behaves towards the other end, whoever of the two opens it: what `[[peer]]`, `[[tunnel_group.lns]]` and
/// `[[client]]` say alike.
package struct TunnelSettings: Hashable, Sendable {
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
    package var retransmission: Retransmission
    /// From the first message until the tunnel stands, and from ICRQ until the call stands.
    package var establishmentTimeout: Duration
    package var callSetupTimeout: Duration

    package init(
        secret: Secret? = nil, requireAuthentication: Bool? = nil, hideAVPs: Bool = false,
        helloInterval: Duration? = .seconds(60), receiveWindow: UInt16 = 64,
        retransmission: Retransmission = Retransmission(), establishmentTimeout: Duration = .seconds(60),
        callSetupTimeout: Duration = .seconds(60)
    ) {
        self.secret = secret
        self.requireAuthentication = requireAuthentication ?? (secret != nil)
        self.hideAVPs = hideAVPs
        self.helloInterval = helloInterval
        self.receiveWindow = receiveWindow
        self.retransmission = retransmission
        self.establishmentTimeout = establishmentTimeout
        self.callSetupTimeout = callSetupTimeout
    }
}

extension TunnelSettings {
    init(reading table: inout TableReader) {
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
        self.init(
            secret: secret, requireAuthentication: requireAuthentication, hideAVPs: hideAVPs,
            helloInterval: table.interval("hello_interval", upTo: 86_400, default: .seconds(60)),
            receiveWindow: UInt16(truncatingIfNeeded: table.integer("receive_window", in: 1...32_767, default: 64)),
            retransmission: retransmission,
            establishmentTimeout: table.seconds("establishment_timeout", in: 1...3600, default: .seconds(60)),
            callSetupTimeout: table.seconds("call_setup_timeout", in: 1...3600, default: .seconds(60)))
    }
}
