/// The counters and the timer of the option-negotiation automaton (RFC 1661 section 4.6).
package struct NegotiationLimits: Equatable, Sendable {
    /// How long to wait for an answer before the request is sent again.
    package var restartTimer: Duration
    /// Terminate-Requests sent before the peer is taken to be gone.
    package var maxTerminate: Int
    /// Configure-Requests sent without an answer before the peer is taken to be absent.
    package var maxConfigure: Int
    /// Configure-Naks sent without an Ack between them before they become Rejects (RFC 1661 section 4.6).
    /// Twice as many are taken from the peer before what it objects to is given up.
    package var maxFailure: Int

    package init(
        restartTimer: Duration = .seconds(3), maxTerminate: Int = 2, maxConfigure: Int = 10, maxFailure: Int = 5
    ) {
        self.restartTimer = restartTimer
        self.maxTerminate = maxTerminate
        self.maxConfigure = maxConfigure
        self.maxFailure = maxFailure
    }
}

/// How this end of a PPP link behaves. Times are durations, sizes are octets.
package struct LinkConfiguration: Equatable, Sendable {
    /// The end that asks the other for proof: an LNS.
    package struct Authenticator: Equatable, Sendable {
        /// In order of preference; none means that nobody is asked.
        package var methods: [AuthenticationMethod]
        /// Our name in CHAP challenges.
        package var name: String
        /// About how often a CHAP peer is challenged again on an open link; nil never (RFC 1994 section 2).
        package var rechallengeInterval: Duration?
        /// How many proofs a peer may offer where the method knows a second attempt (PAP and MS-CHAPv2).
        package var attempts: Int
        /// How long a refusal is held back, so that guessing is slow.
        package var failureDelay: Duration
        /// How long the peer is left to speak first. Its PPP may begin a little after its call: what is sent before that is
        /// lost, and missed until the Restart timer expires.
        package var listening: Duration

        package init(
            methods: [AuthenticationMethod], name: String, rechallengeInterval: Duration? = nil, attempts: Int = 1,
            failureDelay: Duration = .seconds(1), listening: Duration = .zero
        ) {
            self.methods = methods
            self.name = name
            self.rechallengeInterval = rechallengeInterval
            self.attempts = attempts
            self.failureDelay = failureDelay
            self.listening = listening
        }
    }

    /// The end that proves itself: a client.
    package struct Peer: Equatable, Sendable {
        package var user: String
        package var password: Password
        /// What the other end may ask for; the first is suggested when it asks for something else.
        package var methods: [AuthenticationMethod]
        /// How often a refused MS-CHAPv2 response is tried again when the authenticator allows it.
        package var retries: Int
        /// Whether IPCP asks for name servers (RFC 1877).
        package var requestsDNS: Bool

        package init(
            user: String, password: Password, methods: [AuthenticationMethod] = AuthenticationMethod.allCases,
            retries: Int = 1, requestsDNS: Bool = true
        ) {
            self.user = user
            self.password = password
            self.methods = methods
            self.retries = retries
            self.requestsDNS = requestsDNS
        }
    }

    package enum Role: Equatable, Sendable {
        case authenticator(Authenticator)
        case peer(Peer)
    }

    /// What carries the frames, and so what LCP may agree on.
    package enum Medium: Equatable, Sendable {
        /// A tunnel: the peer's frames may come from any access network, so what it asks for is granted.
        case l2tp
        /// Ethernet without a tunnel. No information field is longer than `maxPayload` octets - 1492 unless discovery
        /// agreed on more - and nothing is negotiated that has no meaning there (RFC 2516 section 7, RFC 4638 section 5).
        case pppoe(maxPayload: UInt16)
    }

    package var role: Role
    package var medium: Medium
    /// The largest information field that we ask the peer to send, as far as the medium goes; 1500 is always accepted (RFC
    /// 1661 section 6.1).
    package var mru: UInt16
    /// Idle time before an Echo-Request; nil sends none.
    package var echoInterval: Duration?
    /// Echo-Requests that may stay unanswered before the link is taken to be dead.
    package var echoFailures: Int
    package var limits: NegotiationLimits
    package var ipv4: Bool
    package var ipv6: Bool
    /// Time for LCP to open.
    package var establishTimeout: Duration
    /// Time for authentication to end, the daemon's own look-up included.
    package var authenticationTimeout: Duration
    /// Time for the first network protocol to open once `networkReady` was given.
    package var networkTimeout: Duration

    package init(
        role: Role, medium: Medium = .l2tp, mru: UInt16 = 1500, echoInterval: Duration? = .seconds(30),
        echoFailures: Int = 3,
        limits: NegotiationLimits = NegotiationLimits(), ipv4: Bool = true, ipv6: Bool = true,
        establishTimeout: Duration = .seconds(60), authenticationTimeout: Duration = .seconds(60),
        networkTimeout: Duration = .seconds(60)
    ) {
        self.role = role
        self.medium = medium
        self.mru = mru
        self.echoInterval = echoInterval
        self.echoFailures = echoFailures
        self.limits = limits
        self.ipv4 = ipv4
        self.ipv6 = ipv6
        self.establishTimeout = establishTimeout
        self.authenticationTimeout = authenticationTimeout
        self.networkTimeout = networkTimeout
    }

    /// How long LCP waits for the peer's first word.
    var listening: Duration {
        if case .authenticator(let role) = role { role.listening } else { .zero }
    }

    /// The largest information field that is sent or asked for.
    var largestPayload: UInt16 {
        switch medium {
        case .l2tp: mru
        case .pppoe(let maxPayload): min(mru, maxPayload)
        }
    }
}
