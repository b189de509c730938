package import Addresses
package import PPP

/// `[[ppp]]`: how PPP is ended here.
package struct PPPProfile: Hashable, Sendable {
    package var name: String
    /// In order of preference; empty (written `["none"]`) lets everybody in.
    package var authentication: [AuthenticationMethod]
    /// Proofs that a peer may offer, and how long a refusal is held back.
    package var authenticationAttempts: Int
    package var authenticationFailureDelay: Duration
    /// How often a CHAP peer is challenged again on an open link; nil never.
    package var rechallengeInterval: Duration?
    /// Our end's address, the same on every link.
    package var localAddress: IPv4Address
    /// The name of the `[[pool]]` for users without an address of their own.
    package var pool: String?
    /// Name servers that IPCP offers, two at most.
    package var dns: [IPv4Address]
    package var nbns: [IPv4Address]
    package var mru: UInt16
    /// Idle time before an LCP Echo-Request; nil sends none.
    package var echoInterval: Duration?
    /// Echo-Requests that may stay unanswered.
    package var echoFailures: Int
    package var ipv6: Bool
    /// What interfaces are called.
    package var interfaceName: InterfaceName
    /// The interface group (ip-link(8)).
    package var interfaceGroup: UInt32
    /// RFC 1661 section 4.6: the restart timer and the counters.
    package var restartTimer: Duration
    package var maxConfigure: Int
    package var maxTerminate: Int
    package var maxFailure: Int
    /// Time for LCP to open, for authentication to end, and for the first network protocol to open.
    package var establishTimeout: Duration
    package var authenticationTimeout: Duration
    package var networkTimeout: Duration

    package init(
        name: String, authentication: [AuthenticationMethod], authenticationAttempts: Int = 1,
        authenticationFailureDelay: Duration = .seconds(1), rechallengeInterval: Duration? = nil,
        localAddress: IPv4Address, pool: String? = nil, dns: [IPv4Address] = [], nbns: [IPv4Address] = [],
        mru: UInt16 = 1460, echoInterval: Duration? = .seconds(30), echoFailures: Int = 3, ipv6: Bool = false,
        interfaceName: InterfaceName = .usual, interfaceGroup: UInt32 = 0, restartTimer: Duration = .seconds(3),
        maxConfigure: Int = 10, maxTerminate: Int = 2, maxFailure: Int = 5, establishTimeout: Duration = .seconds(60),
        authenticationTimeout: Duration = .seconds(60), networkTimeout: Duration = .seconds(60)
    ) {
        self.name = name
        self.authentication = authentication
        self.authenticationAttempts = authenticationAttempts
        self.authenticationFailureDelay = authenticationFailureDelay
        self.rechallengeInterval = rechallengeInterval
        self.localAddress = localAddress
        self.pool = pool
        self.dns = dns
        self.nbns = nbns
        self.mru = mru
        self.echoInterval = echoInterval
        self.echoFailures = echoFailures
        self.ipv6 = ipv6
        self.interfaceName = interfaceName
        self.interfaceGroup = interfaceGroup
        self.restartTimer = restartTimer
        self.maxConfigure = maxConfigure
        self.maxTerminate = maxTerminate
        self.maxFailure = maxFailure
        self.establishTimeout = establishTimeout
        self.authenticationTimeout = authenticationTimeout
        self.networkTimeout = networkTimeout
    }

    /// The machine's settings for a link that we authenticate; `hostName` is our name in CHAP challenges.
    package func linkConfiguration(hostName: String) -> LinkConfiguration {
        LinkConfiguration(
            role: .authenticator(
                .init(
                    methods: authentication, name: hostName, rechallengeInterval: rechallengeInterval,
                    attempts: authenticationAttempts, failureDelay: authenticationFailureDelay,
                    listening: .milliseconds(200))),
            mru: mru, echoInterval: echoInterval, echoFailures: echoFailures,
            limits: NegotiationLimits(
                restartTimer: restartTimer, maxTerminate: maxTerminate, maxConfigure: maxConfigure,
                maxFailure: maxFailure),
            ipv4: true, ipv6: ipv6, establishTimeout: establishTimeout, authenticationTimeout: authenticationTimeout,
            networkTimeout: networkTimeout)
    }
}

extension PPPProfile {
    init?(reading table: inout TableReader, pools: Declared<Pool>) {
        let name = table.requiredName("name")
        let authentication = table.authenticationMethods("authentication")
        let localAddress = table.required("local_address", "an IPv4 address") { IPv4Address($0) }
        let pool = table.has("pool") ? table.reference("pool", to: pools, declaredBy: "[[pool]]") : nil
        let ipv6 = table.boolean("ipv6") ?? false
        let mru = table.integer("mru", in: 128...16_384, default: 1460)
        if ipv6, mru < 1280 {
            table.refuse("mru", "is \(mru), but IPv6 needs 1280 octets; raise it or set ipv6 = false")
        }
        let usual = PPPProfile(name: "", authentication: [], localAddress: .any)
        var profile = usual
        profile.authenticationAttempts = table.integer("authentication_attempts", in: 1...100, default: 1)
        profile.authenticationFailureDelay = table.seconds(
            "authentication_failure_delay", in: 0...60, default: usual.authenticationFailureDelay)
        profile.rechallengeInterval = table.interval("rechallenge_interval", upTo: 86_400, default: nil)
        profile.dns = table.nameServers("dns")
        profile.nbns = table.nameServers("nbns")
        profile.echoInterval = table.interval("echo_interval", upTo: 86_400, default: usual.echoInterval)
        profile.echoFailures = table.integer("echo_failures", in: 1...1000, default: usual.echoFailures)
        profile.interfaceName = table.string("interface_name", default: .usual) {
            InterfaceName($0)
        } else: {
            "write a name with one %d for its number, at most \(InterfaceName.longest) octets of A-Z a-z 0-9 . _ - besides"
        }
        profile.interfaceGroup = UInt32(
            truncatingIfNeeded: table.integer("interface_group", in: 0...Int(UInt32.max), default: 0))
        profile.restartTimer = table.seconds("restart_timer", in: 0.1...60, default: usual.restartTimer)
        profile.maxConfigure = table.integer("max_configure", in: 1...1000, default: usual.maxConfigure)
        profile.maxTerminate = table.integer("max_terminate", in: 0...1000, default: usual.maxTerminate)
        profile.maxFailure = table.integer("max_failure", in: 1...1000, default: usual.maxFailure)
        profile.establishTimeout = table.seconds("establish_timeout", in: 1...3600, default: usual.establishTimeout)
        profile.authenticationTimeout = table.seconds(
            "authentication_timeout", in: 1...3600, default: usual.authenticationTimeout)
        profile.networkTimeout = table.seconds("network_timeout", in: 1...3600, default: usual.networkTimeout)
        guard let name, let localAddress else { return nil }
        profile.name = name
        profile.authentication = authentication
        profile.localAddress = localAddress
        profile.pool = pool?.name
        profile.mru = UInt16(truncatingIfNeeded: mru)
        profile.ipv6 = ipv6
        self = profile
    }
}

extension TableReader {
    mutating func authenticationMethods(_ key: String) -> [AuthenticationMethod] {
        let known = AuthenticationMethod.allCases.map(\.rawValue).joined(separator: ", ")
        guard has(key) else {
            refuse(key, "is missing; list, in order of preference, some of \(known), or write [\"none\"]")
            return []
        }
        let names = list(key, of: "methods (\(known), or \"none\" alone)") { text in
            text == "none" || AuthenticationMethod(rawValue: text) != nil ? text : nil
        }
        if isEmptyList(key) { refuse(key, "is empty; to let everybody in write [\"none\"]") }
        if names.contains("none"), names.count > 1 { refuse(key, "has \"none\" beside others; \"none\" stands alone") }
        if Set(names).count < names.count { refuse(key, "names a method twice") }
        return names.compactMap { AuthenticationMethod(rawValue: $0) }
    }

    fileprivate mutating func nameServers(_ key: String) -> [IPv4Address] {
        let servers = list(key, of: "IPv4 addresses") { IPv4Address($0) }
        if servers.count > 2 { refuse(key, "lists \(servers.count) servers; IPCP offers two at most") }
        return servers
    }
}
