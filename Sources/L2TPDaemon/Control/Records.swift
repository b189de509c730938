import Addresses
import Configuration
import ControlProtocol
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import Netlink
import PPP
import PPPoE

extension TunnelRecord {
    init(_ context: TunnelContext, sessions: [PPPSession], at now: Instant) {
        let machine = context.machine
        self.init(
            tunnelID: context.kernelID, peer: context.counterpart.name, peerAddress: "\(context.path.remote)",
            localAddress: "\(context.path.local)", state: context.state)
        if context.peerTunnelID != .none { peerTunnelID = UInt32(context.peerTunnelID.rawValue) }
        role = context.role
        if let description = machine.peer {
            peerHostName = "\(description.hostName)"
            peerVendorName = description.vendorName.map { "\($0)" }
            peerReceiveWindow = description.receiveWindow
        }
        authenticated = context.opened != nil && context.counterpart.settings.requireAuthentication
        self.sessions = sessions.count
        uptimeSeconds = (context.opened ?? context.began).seconds(until: now)
        receiveWindow = Int(context.counterpart.settings.receiveWindow)
        let statistics = machine.statistics
        congestionWindow = statistics.window.size
        queuedMessages = statistics.queueDepth
        retransmissions = UInt64(statistics.delivery.retransmissions)
        duplicates = UInt64(statistics.delivery.duplicates)
        for session in sessions {
            rxPackets += session.counters.receivedPackets
            rxBytes += session.counters.receivedOctets
            rxErrors += session.counters.receiveErrors
            txPackets += session.counters.sentPackets
            txBytes += session.counters.sentOctets
            txErrors += session.counters.sendErrors
        }
    }
}

extension SessionRecord {
    /// `other` is the other side of the bridge that it is in: the call, whose counters count.
    init(_ session: PPPSession, bridgedTo other: PPPSession?, at now: Instant) {
        self.init(
            tunnelID: session.key.tunnel, sessionID: session.key.session, peer: session.role.peerName,
            state: session.state)
        let destination = (session.role as? any SubscriberRole)?.destination
        // A switched call is shown by its incoming leg.
        let isSwitched = session.roleName == "switch"
        let call = isSwitched ? session : other ?? session
        direction = session.offer.direction.rawValue
        role = session.roleName
        peerTunnelID = call.peerKey?.tunnel
        peerSessionID = call.peerKey?.session
        bridgedTo = other.map { SessionName(tunnelID: $0.key.tunnel, sessionID: $0.key.session).description }
        if let access = session.role as? any AccessRole {
            mac = "\(access.request.host)"
            accessInterface = access.port.interface
            serviceName = access.request.serviceName
            pppoeSessionID = access.request.id.rawValue
            circuitID = access.request.line?.circuitID.map { "\(Text(octets: $0))" }
            remoteID = access.request.line?.remoteID.map { "\(Text(octets: $0))" }
        }
        realm = destination?.user.flatMap(Realm.name).map { "\(Text($0))" }
        user = session.user.map { "\(Text($0))" }
        interface = session.interfaceName
        authentication = session.link.authenticationMethod?.rawValue
        if let addresses = session.link.ipv4 {
            address = "\(addresses.peer)"
            localAddress = "\(addresses.local)"
        }
        if let identifiers = session.link.ipv6 {
            ipv6LinkLocal = "\(IPv6Address(linkLocal: identifiers.peer))"
            localIPv6LinkLocal = "\(IPv6Address(linkLocal: identifiers.local))"
        }
        proxyLCP = call.connection?.proxyLCP != nil
        proxyAuthentication = call.connection?.proxyAuthentication != nil
        mtu = session.interfaceName == nil ? nil : Int(session.link.mtu)
        mru = Int(session.link.peerParameters.mru)
        callingNumber = session.offer.callingNumber.map { "\($0)" }
        calledNumber = session.offer.calledNumber.map { "\($0)" }
        callSerialNumber = call.key.isAccess ? nil : call.offer.callSerialNumber
        txConnectSpeed = call.connection.map { UInt64($0.txConnectSpeed.bitsPerSecond) }
        rxConnectSpeed = call.connection.map { UInt64($0.rxConnectSpeed.bitsPerSecond) }
        sequencing = call.connection?.sequencingRequired ?? false
        uptimeSeconds = session.began.seconds(until: now)
        rxPackets = call.counters.receivedPackets
        rxBytes = call.counters.receivedOctets
        rxErrors = call.counters.receiveErrors
        txPackets = call.counters.sentPackets
        txBytes = call.counters.sentOctets
        txErrors = call.counters.sendErrors
    }
}

extension LeaseRecord {
    /// Nil of a session whose user was given no address here.
    init?(_ session: PPPSession, _ pools: AddressPools, at now: Instant) {
        guard let address = (session.role as? any TerminatingRole)?.termination.address else { return nil }
        self.init(
            pool: pools.pool(of: address), address: "\(address)", user: session.user.map { "\(Text($0))" },
            session: SessionName(tunnelID: session.key.tunnel, sessionID: session.key.session),
            uptimeSeconds: session.opened?.seconds(until: now) ?? 0)
    }
}

extension ClientRecord {
    init(_ line: ClientLine, at now: Instant) {
        let client = line.client
        self.init(
            name: client.name, state: line.state, persistent: client.isPersistent,
            servers: client.group.members.map { "\($0.lns.place)" }, user: client.user)
        failures = line.failures
        lastFailure = line.lastFailure
        if case .waiting(let until) = line.stage { redialSeconds = now.seconds(until: until) }
        guard let call = line.call, let context = call.context else { return }
        peerAddress = "\(context.path.remote)"
        tunnelID = context.kernelID
        guard let session = call.session else { return }
        sessionID = session.key.session
        interface = session.interfaceName
        if let addresses = session.link.ipv4 {
            address = "\(addresses.local)"
            peerPPPAddress = "\(addresses.peer)"
            dns = session.dns.map(\.description)
        }
        uptimeSeconds = session.isOpen ? session.opened?.seconds(until: now) : nil
    }
}

extension PPPoERecord {
    init(_ port: AccessPort) {
        let configuration = port.concentrator.configuration
        let services: [String] =
            switch configuration.services {
            case .any: []
            case .names(let names): names
            }
        self.init(
            interface: port.interface, acName: configuration.name, services: services,
            sessions: port.concentrator.sessionCount, maxSessions: configuration.sessionLimit,
            maxSessionsPerMAC: configuration.sessionLimitPerHost)
        let counters = port.concentrator.counters
        padiReceived = counters.padiReceived
        padoSent = counters.padoSent
        padrReceived = counters.padrReceived
        padsSent = counters.padsSent
        refusalsSent = counters.refusalsSent
        padtReceived = counters.padtReceived
        padtSent = counters.padtSent
        discarded = Dictionary(uniqueKeysWithValues: counters.discarded.map { ($0.key.rawValue, $0.value) })
    }
}

extension PeerRecord {
    init(_ peer: Peer, tunnels: Int, sessions: Int) {
        let (profile, group): (String?, String?) =
            switch peer.ending {
            case .here(let profile): (profile.name, nil)
            case .tunnel(let group): (nil, group.name)
            }
        self.init(
            name: peer.name, addresses: peer.addresses.map(\.description), hostNames: peer.hostNames,
            authentication: peer.tunnel.secret != nil, ppp: profile, tunnelGroup: group, tunnels: tunnels,
            maxTunnels: peer.maxTunnels, sessions: sessions, maxSessions: peer.maxSessions)
    }
}

extension Instant {
    /// Whole seconds from here to there.
    func seconds(until later: Self) -> UInt64 {
        UInt64(max(0, (later - self).components.seconds))
    }
}
