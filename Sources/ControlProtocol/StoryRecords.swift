/// All that is known of one session: what lists show, what was negotiated, what is waited for, and what happened.
package struct SessionStory: Codable, Hashable, Sendable {
    /// LCP's options as one end has told them to the other; what was not negotiated has its default (RFC 1661 section 6).
    package struct LCPOptions: Codable, Hashable, Sendable {
        package var mru: Int
        /// The proof that this end asks for: "pap", "chap-md5", "ms-chap-v2".
        package var authentication: String?
        /// Eight hexadecimal digits.
        package var magicNumber: String
        /// Likewise; ffffffff means nothing in L2TP.
        package var accm: String
        package var protocolFieldCompression: Bool
        package var addressAndControlFieldCompression: Bool

        package init(
            mru: Int, authentication: String?, magicNumber: String, accm: String, protocolFieldCompression: Bool,
            addressAndControlFieldCompression: Bool
        ) {
            self.mru = mru
            self.authentication = authentication
            self.magicNumber = magicNumber
            self.accm = accm
            self.protocolFieldCompression = protocolFieldCompression
            self.addressAndControlFieldCompression = addressAndControlFieldCompression
        }

        enum CodingKeys: String, CodingKey {
            case mru, authentication, accm
            case magicNumber = "magic_number"
            case protocolFieldCompression = "protocol_field_compression"
            case addressAndControlFieldCompression = "address_and_control_field_compression"
        }
    }

    package var session: SessionRecord
    /// "dead", "establish", "authenticate", "network", "terminate", "closed" (RFC 1661 section 3.2).
    package var pppPhase: String
    /// What we told the peer, and what it told us; absent where LCP is not ours.
    package var localLCP: LCPOptions?
    package var peerLCP: LCPOptions?
    /// "ipv4", "ipv6": the network protocols that pass.
    package var networks: [String] = []
    /// Name servers: those that the peer is told, or that we were told.
    package var dns: [String] = []
    package var nbns: [String] = []
    /// Seconds between LCP Echo-Requests, 0 where none are sent, and how many may go unanswered.
    package var echoIntervalSeconds: Double = 0
    package var echoFailures = 0
    /// Since the call was asked for, and since it was first of use.
    package var ageSeconds: UInt64 = 0
    package var openSeconds: UInt64?
    /// Until PPP's next timer: a restart, an echo, the end of a phase.
    package var timerSeconds: Double?
    /// The first and the latest of what happened, oldest first.
    package var events: [EventRecord] = []

    package init(session: SessionRecord, pppPhase: String) {
        self.session = session
        self.pppPhase = pppPhase
    }

    enum CodingKeys: String, CodingKey {
        case session, networks, dns, nbns, events
        case pppPhase = "ppp_phase"
        case localLCP = "local_lcp"
        case peerLCP = "peer_lcp"
        case echoIntervalSeconds = "echo_interval_seconds"
        case echoFailures = "echo_failures"
        case ageSeconds = "age_seconds"
        case openSeconds = "open_seconds"
        case timerSeconds = "timer_seconds"
    }
}

/// All that is known of one tunnel.
package struct TunnelStory: Codable, Hashable, Sendable {
    package var tunnel: TunnelRecord
    /// What the kernel has of it: "none", "requested", "ready", "deleting", "gone".
    package var kernel: String
    /// Seconds of silence after which a HELLO is sent; 0 where none is.
    package var helloIntervalSeconds: Double = 0
    /// Messages that wait for the window, and those that wait for their acknowledgement.
    package var waitingMessages = 0
    package var unacknowledgedMessages = 0
    /// SSTHRESH, in messages (RFC 2661 appendix A).
    package var slowStartThreshold = 0
    /// Until the tunnel's next timer: a retransmission, a HELLO, the end of a state.
    package var timerSeconds: Double?
    /// Its sessions, as "TUNNEL/SESSION".
    package var sessions: [String] = []
    /// The first and the latest of what happened to the tunnel itself, oldest first.
    package var events: [EventRecord] = []

    package init(tunnel: TunnelRecord, kernel: String) {
        self.tunnel = tunnel
        self.kernel = kernel
    }

    enum CodingKeys: String, CodingKey {
        case tunnel, kernel, sessions, events
        case helloIntervalSeconds = "hello_interval_seconds"
        case waitingMessages = "waiting_messages"
        case unacknowledgedMessages = "unacknowledged_messages"
        case slowStartThreshold = "slow_start_threshold"
        case timerSeconds = "timer_seconds"
    }
}
