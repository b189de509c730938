/// `[daemon]`: what concerns the whole daemon.
package struct Daemon: Hashable, Sendable {
    /// Absolute path of the control socket.
    package var controlSocket: String
    /// The group that may use it beside root, by its name or number; nil leaves it to the group that the daemon runs as.
    package var controlGroup: String?
    /// Our Host Name AVP; nil asks the system.
    package var hostName: String?
    /// Nil is without limit. Reaching one gives the peer a code.
    package var maxTunnels: Int?
    package var maxSessions: Int?
    /// Tunnels whose peer has not proven itself yet: over all, and from one source address.
    package var maxHalfOpen: Int
    package var maxHalfOpenPerSource: Int
    /// New SCCRQs a second that are looked at: over all, and from one source address. As many may come at once.
    package var sccrqRate: Int
    package var sccrqRatePerSource: Int
    /// Answers a second to what cannot be accepted (StopCCN, CDN): more are dropped.
    package var refusalRate: Int
    /// How long SIGTERM waits for the peers' acknowledgements.
    package var shutdownTimeout: Duration
    /// How often what the kernel has is compared with what it should have, in case its events were lost; nil: never.
    package var reconcileInterval: Duration?

    package init(
        controlSocket: String = "/run/l2tpd/control.sock", controlGroup: String? = nil, hostName: String? = nil,
        maxTunnels: Int? = nil,
        maxSessions: Int? = nil, maxHalfOpen: Int = 1000, maxHalfOpenPerSource: Int = 50, sccrqRate: Int = 500,
        sccrqRatePerSource: Int = 50, refusalRate: Int = 50, shutdownTimeout: Duration = .seconds(5),
        reconcileInterval: Duration? = .seconds(30)
    ) {
        self.controlSocket = controlSocket
        self.controlGroup = controlGroup
        self.hostName = hostName
        self.maxTunnels = maxTunnels
        self.maxSessions = maxSessions
        self.maxHalfOpen = maxHalfOpen
        self.maxHalfOpenPerSource = maxHalfOpenPerSource
        self.sccrqRate = sccrqRate
        self.sccrqRatePerSource = sccrqRatePerSource
        self.refusalRate = refusalRate
        self.shutdownTimeout = shutdownTimeout
        self.reconcileInterval = reconcileInterval
    }
}

extension Daemon {
    /// `sun_path` holds 108 octets, a final NUL among them (unix(7)).
    private static let longestSocketPath = 107

    init(reading table: inout TableReader) {
        let usual = Daemon()
        self.init(
            controlSocket: table.string("control_socket", default: usual.controlSocket) { path in
                path.hasPrefix("/") && path.utf8.count <= Self.longestSocketPath
                    ? path : nil
            } else: {
                "write an absolute path of at most \(Self.longestSocketPath) octets"
            },
            controlGroup: table.name("control_group"),
            hostName: table.name("host_name"),
            maxTunnels: table.integer("max_tunnels", in: 1...65_535),
            maxSessions: table.integer("max_sessions", in: 1...10_000_000),
            maxHalfOpen: table.integer("max_half_open", in: 1...65_535, default: usual.maxHalfOpen),
            maxHalfOpenPerSource: table.integer(
                "max_half_open_per_source", in: 1...65_535, default: usual.maxHalfOpenPerSource),
            sccrqRate: table.integer("sccrq_rate", in: 1...1_000_000, default: usual.sccrqRate),
            sccrqRatePerSource: table.integer(
                "sccrq_rate_per_source", in: 1...1_000_000, default: usual.sccrqRatePerSource),
            refusalRate: table.integer("refusal_rate", in: 0...1_000_000, default: usual.refusalRate),
            shutdownTimeout: table.seconds("shutdown_timeout", in: 0...300, default: usual.shutdownTimeout),
            reconcileInterval: table.interval("reconcile_interval", upTo: 86_400, default: usual.reconcileInterval)
        )
    }
}
