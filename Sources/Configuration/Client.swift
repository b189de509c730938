package import Addresses
package import PPP

/// `[[client]]`: a call that this host makes for itself, with PPP ended here.
package struct Client: Hashable, Sendable {
    package var name: String
    /// The LNSes that will do: a `[[tunnel_group]]`, or one of the servers named here, in their order.
    package var group: TunnelGroup
    /// Whether its call has a tunnel of its own, shared with no other client.
    package var ownTunnel: Bool
    package var user: String
    package var password: Secret
    /// What the LNS may ask for; the first is suggested when it asks for something else.
    package var authentication: [AuthenticationMethod]
    /// Whether it dials when the daemon begins, and again whenever the call is lost.
    package var isPersistent: Bool
    /// The first pause before dialling again, which doubles with every failure, and the longest.
    package var redialInitial: Duration
    package var redialCap: Duration
    /// Whether IPv4's default route leads through it.
    package var defaultRoute: Bool
    package var routes: [IPPrefix]
    package var requestDNS: Bool
    package var ipv6: Bool
    /// A program that is told of every up and down; an absolute path.
    package var hook: String?
    package var hookTimeout: Duration
    package var interface: InterfaceNaming
    package var mru: UInt16
    /// Idle time before an LCP Echo-Request; nil sends none.
    package var echoInterval: Duration?
    package var echoFailures: Int

    package init(
        name: String, group: TunnelGroup, ownTunnel: Bool = false, user: String, password: Secret,
        authentication: [AuthenticationMethod] = Self.usualAuthentication, isPersistent: Bool = true,
        redialInitial: Duration = .seconds(2), redialCap: Duration = .seconds(120), defaultRoute: Bool = false,
        routes: [IPPrefix] = [], requestDNS: Bool = false, ipv6: Bool = false, hook: String? = nil,
        hookTimeout: Duration = .seconds(10), interface: InterfaceNaming = .numbered(.usual), mru: UInt16 = 1460,
        echoInterval: Duration? = .seconds(30), echoFailures: Int = 3
    ) {
        self.name = name
        self.group = group
        self.ownTunnel = ownTunnel
        self.user = user
        self.password = password
        self.authentication = authentication
        self.isPersistent = isPersistent
        self.redialInitial = redialInitial
        self.redialCap = redialCap
        self.defaultRoute = defaultRoute
        self.routes = routes
        self.requestDNS = requestDNS
        self.ipv6 = ipv6
        self.hook = hook
        self.hookTimeout = hookTimeout
        self.interface = interface
        self.mru = mru
        self.echoInterval = echoInterval
        self.echoFailures = echoFailures
    }

    /// What hides the password; PAP only where it is asked for.
    package static let usualAuthentication = [AuthenticationMethod.msChapV2, .chapMD5]

    /// The machine's settings for a link on which we prove ourselves.
    package var linkConfiguration: LinkConfiguration {
        LinkConfiguration(
            role: .peer(
                .init(
                    user: user, password: Password(octets: password.octets), methods: authentication,
                    requestsDNS: requestDNS)),
            mru: mru, echoInterval: echoInterval, echoFailures: echoFailures, ipv4: true, ipv6: ipv6)
    }
}

extension Client {
    init?(reading table: inout TableReader, groups: Declared<TunnelGroup>) {
        let name = table.requiredName("name")
        let group = Self.group(reading: &table, name, groups)
        let user = table.requiredName("user")
        let password = table.secret("password")
        if !table.has("password"), !table.has("password_file") {
            table.refuse("password", "is missing; write password or password_file")
        }
        let authentication =
            table.has("authentication")
            ? table.authenticationMethods("authentication") : Self.usualAuthentication
        if table.has("authentication"), authentication.isEmpty, !table.isEmptyList("authentication") {
            table.refuse("authentication", "lists no method to prove ourselves by; leave it out or list some")
        }
        let redialInitial = table.seconds("redial_initial", in: 1...3600, default: .seconds(2))
        let redialCap = table.seconds("redial_cap", in: 1...86_400, default: max(redialInitial, .seconds(120)))
        if redialCap < redialInitial {
            table.refuse("redial_cap", "is less than redial_initial; the pause only grows")
        }
        let ipv6 = table.boolean("ipv6") ?? false
        let mru = table.integer("mru", in: 128...16_384, default: 1460)
        if ipv6, mru < 1280 {
            table.refuse("mru", "is \(mru), but IPv6 needs 1280 octets; raise it or set ipv6 = false")
        }
        let routes = table.list("routes", of: "prefixes (\"192.0.2.0/24\")") { IPPrefix($0) }
        if !ipv6, let route = routes.first(where: \.isIPv6) {
            table.refuse("routes", "has \(route), which cannot be reached without ipv6 = true")
        }
        let isPersistent = table.boolean("persistent") ?? true
        let ownTunnel = table.boolean("own_tunnel") ?? false
        let defaultRoute = table.boolean("default_route") ?? false
        let requestDNS = table.boolean("request_dns") ?? false
        let hook = table.hook()
        let interface = table.string("interface", default: InterfaceNaming.numbered(.usual)) {
            InterfaceNaming($0)
        } else: {
            InterfaceNaming.advice
        }
        let echoInterval = table.interval("echo_interval", upTo: 86_400, default: .seconds(30))
        let echoFailures = table.integer("echo_failures", in: 1...1000, default: 3)
        guard let name, let group, let user, let password else { return nil }
        self.init(
            name: name, group: group, ownTunnel: ownTunnel, user: user, password: password,
            authentication: authentication, isPersistent: isPersistent, redialInitial: redialInitial,
            redialCap: redialCap, defaultRoute: defaultRoute, routes: routes, requestDNS: requestDNS, ipv6: ipv6,
            hook: hook.program, hookTimeout: hook.timeout, interface: interface, mru: UInt16(truncatingIfNeeded: mru),
            echoInterval: echoInterval, echoFailures: echoFailures)
    }

    /// A group that is named, or one of the servers that stand here.
    private static func group(
        reading table: inout TableReader, _ name: String?, _ groups: Declared<TunnelGroup>
    ) -> TunnelGroup? {
        if table.has("tunnel_group") {
            let group = table.reference("tunnel_group", to: groups, declaredBy: "[[tunnel_group]]")
            table.refuse(["server", "port", "secret", "secret_file"], beside: "tunnel_group")
            return group
        }
        let places = table.oneOrSeveral("server", of: RemoteLNS.Place.advice) { RemoteLNS.Place($0) }
        let pattern = RemoteLNS(reading: &table, place: places.first ?? .name("none"))
        guard let pattern, let name, !places.isEmpty else { return nil }
        if Set(places).count < places.count { table.refuse("server", "names a server twice") }
        // With `retryAfter` zero none is ever left alone: the pauses before dialling again are the client's own.
        let members = places.enumerated().map { index, place in
            var lns = pattern
            lns.place = place
            return TunnelGroup.Member(lns: lns, preference: index, retryAfter: .zero)
        }
        return TunnelGroup(name: name, members: members)
    }
}

extension IPPrefix {
    fileprivate var isIPv6: Bool { if case .v6 = address { true } else { false } }
}
