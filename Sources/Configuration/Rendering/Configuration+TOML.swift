private import Addresses
private import ControlProtocol
private import PPP

extension Configuration {
    /// A file that says the same, table by table: every key that means something there with the value in force, and secrets
    /// redacted. Each table is written when its turn has come.
    package var tables: some Sequence<String> {
        let parts: [AnySequence<String>] = [
            AnySequence([daemon.table, logTable]), AnySequence([metricsTable].compactMap(\.self)),
            AnySequence(listeners.lazy.map(\.table)),
            AnySequence(peers.lazy.map(\.table)),
            AnySequence(profiles.lazy.map(\.table)),
            AnySequence(pools.lazy.map(\.table)),
            AnySequence(users.lazy.map(\.table)),
            AnySequence(groups.lazy.map(\.tables)),
            AnySequence(
                clients.lazy.map { [groups] client in client.table(isGroupDeclared: groups.contains(client.group)) }),
            AnySequence(accessInterfaces.lazy.map(\.table)),
            AnySequence(realms.lazy.map(\.table)),
            AnySequence(callees.lazy.map(\.table)),
        ]
        return parts.lazy.joined()
    }

    private var metricsTable: String? {
        guard let metrics else { return nil }
        var table = TableWriter("[metrics]")
        table.string("listen", "\(metrics)")
        return table.text
    }

    private var logTable: String {
        var table = TableWriter("[log]")
        table.string("level", logLevel.rawValue)
        table.string("format", logFormat.rawValue)
        return table.text
    }
}

extension Daemon {
    fileprivate var table: String {
        var table = TableWriter("[daemon]")
        table.string("control_socket", controlSocket)
        table.string("control_group", controlGroup)
        table.string("host_name", hostName)
        table.integer("max_tunnels", maxTunnels)
        table.integer("max_sessions", maxSessions)
        table.integer("max_half_open", maxHalfOpen)
        table.integer("max_half_open_per_source", maxHalfOpenPerSource)
        table.integer("sccrq_rate", sccrqRate)
        table.integer("sccrq_rate_per_source", sccrqRatePerSource)
        table.integer("refusal_rate", refusalRate)
        table.seconds("shutdown_timeout", shutdownTimeout)
        table.interval("reconcile_interval", reconcileInterval)
        return table.text
    }
}

extension Endpoint {
    fileprivate var table: String {
        var table = TableWriter("[[listener]]")
        table.string("address", "\(address)")
        table.integer("port", port)
        return table.text
    }
}

extension Peer {
    fileprivate var table: String {
        var table = TableWriter("[[peer]]")
        table.string("name", name)
        if !addresses.isEmpty { table.list("addresses", addresses.map(\.description)) }
        if !hostNames.isEmpty { table.list("host_names", hostNames) }
        table.write(tunnel)
        table.integer("max_tunnels", maxTunnels)
        table.integer("max_sessions", maxSessions)
        table.write(ending)
        if case .here = ending { table.boolean("realms", followsRealms) }
        table.seconds("linger", linger)
        table.string("proxy_lcp", proxyLCP.rawValue)
        table.string("proxy_authentication", proxyAuthentication.rawValue)
        return table.text
    }
}

extension PPPProfile {
    fileprivate var table: String {
        var table = TableWriter("[[ppp]]")
        table.string("name", name)
        table.list("authentication", authentication.isEmpty ? ["none"] : authentication.map(\.rawValue))
        table.integer("authentication_attempts", authenticationAttempts)
        table.seconds("authentication_failure_delay", authenticationFailureDelay)
        table.interval("rechallenge_interval", rechallengeInterval)
        table.string("local_address", "\(localAddress)")
        table.string("pool", pool)
        table.list("dns", dns.map(\.description))
        table.list("nbns", nbns.map(\.description))
        table.integer("mru", mru)
        table.interval("echo_interval", echoInterval)
        table.integer("echo_failures", echoFailures)
        table.boolean("ipv6", ipv6)
        table.string("interface_name", "\(interfaceName)")
        table.integer("interface_group", interfaceGroup)
        table.seconds("restart_timer", restartTimer)
        table.integer("max_configure", maxConfigure)
        table.integer("max_terminate", maxTerminate)
        table.integer("max_failure", maxFailure)
        table.seconds("establish_timeout", establishTimeout)
        table.seconds("authentication_timeout", authenticationTimeout)
        table.seconds("network_timeout", networkTimeout)
        return table.text
    }
}

extension Pool {
    fileprivate var table: String {
        var table = TableWriter("[[pool]]")
        table.string("name", name)
        table.list("ranges", ranges.map(\.description))
        return table.text
    }
}

extension User {
    fileprivate var table: String {
        var table = TableWriter("[[user]]")
        table.string("name", name)
        table.secret("password", password)
        table.string("address", address.map { "\($0)" })
        return table.text
    }
}

extension TunnelGroup {
    /// Its own, and one for each LNS.
    fileprivate var tables: String {
        var table = TableWriter("[[tunnel_group]]")
        table.string("name", name)
        table.boolean("persistent", isPersistent)
        if !isPersistent { table.seconds("linger", linger) }
        table.string("ppp", ppp?.name)
        return ([table.text] + members.map(\.table)).joined(separator: "\n")
    }
}

extension TunnelGroup.Member {
    fileprivate var table: String {
        var table = TableWriter("[[tunnel_group.lns]]")
        table.string("address", "\(lns.place)")
        table.write(lns)
        table.integer("preference", preference)
        table.integer("weight", weight)
        table.integer("max_sessions", maxSessions)
        table.seconds("retry_after", retryAfter)
        table.list("access_line", LineInformation.allCases.filter(accessLine.contains).map(\.rawValue))
        return table.text
    }
}

extension Client {
    fileprivate func table(isGroupDeclared: Bool) -> String {
        var table = TableWriter("[[client]]")
        table.string("name", name)
        if isGroupDeclared {
            table.string("tunnel_group", group.name)
        } else if let first = group.members.first {
            table.list("server", group.members.map { "\($0.lns.place)" })
            table.write(first.lns)
        }
        table.boolean("own_tunnel", ownTunnel)
        table.string("user", user)
        table.secret("password", password)
        if !authentication.isEmpty { table.list("authentication", authentication.map(\.rawValue)) }
        table.boolean("persistent", isPersistent)
        table.seconds("redial_initial", redialInitial)
        table.seconds("redial_cap", redialCap)
        table.boolean("default_route", defaultRoute)
        table.list("routes", routes.map(\.description))
        table.boolean("request_dns", requestDNS)
        table.boolean("ipv6", ipv6)
        table.string("hook", hook)
        table.seconds("hook_timeout", hookTimeout)
        switch interface {
        case .numbered(let pattern): table.string("interface", "\(pattern)")
        case .exact(let name): table.string("interface", name)
        }
        table.integer("mru", mru)
        table.interval("echo_interval", echoInterval)
        table.integer("echo_failures", echoFailures)
        return table.text
    }
}

extension AccessInterface {
    fileprivate var table: String {
        var table = TableWriter("[[pppoe]]")
        table.string("interface", interface)
        table.string("ac_name", acName)
        table.list("service_names", services)
        table.integer("max_sessions", maxSessions)
        table.integer("max_sessions_per_mac", maxSessionsPerMAC)
        table.integer("padi_rate", padiRate)
        table.integer("padi_rate_per_mac", padiRatePerMAC)
        table.integer("padr_rate", padrRate)
        table.integer("padr_rate_per_mac", padrRatePerMAC)
        table.boolean("trust_access_node", trustsAccessNode)
        table.string("ppp", ppp.name)
        table.string("tunnel_group", group?.name)
        return table.text
    }
}

extension Realm {
    fileprivate var table: String {
        var table = TableWriter("[[realm]]")
        switch selector {
        case .name(let name): table.string("name", name)
        case .service(let name): table.string("service_name", name)
        }
        table.write(ending)
        return table.text
    }
}

extension Callee {
    fileprivate var table: String {
        var table = TableWriter("[[callee]]")
        table.string("number", number)
        table.string("interface", interface)
        table.string("mac", "\(mac)")
        table.string("hook", hook)
        table.seconds("hook_timeout", hookTimeout)
        table.seconds("timeout", timeout)
        return table.text
    }
}

extension TableWriter {
    fileprivate mutating func write(_ ending: Realm.Ending) {
        switch ending {
        case .here(let profile): string("ppp", profile.name)
        case .tunnel(let group): string("tunnel_group", group.name)
        }
    }

    /// All of it but where it is.
    fileprivate mutating func write(_ lns: RemoteLNS) {
        integer("port", lns.port)
        string("local_address", lns.localAddress.map { "\($0)" })
        write(lns.tunnel)
    }

    fileprivate mutating func write(_ settings: TunnelSettings) {
        secret("secret", settings.secret)
        boolean("require_authentication", settings.requireAuthentication)
        boolean("hide_avps", settings.hideAVPs)
        interval("hello_interval", settings.helloInterval)
        integer("receive_window", settings.receiveWindow)
        seconds("retransmit_initial", settings.retransmission.initial)
        seconds("retransmit_cap", settings.retransmission.cap)
        integer("retransmit_limit", settings.retransmission.limit)
        seconds("establishment_timeout", settings.establishmentTimeout)
        seconds("call_setup_timeout", settings.callSetupTimeout)
    }
}
