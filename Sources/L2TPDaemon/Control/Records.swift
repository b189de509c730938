import Addresses
import Configuration
import ControlProtocol
import DataPlane
import L2TPControl
import L2TPWire
import Netlink
import PPP

extension TunnelRecord {
    init(_ context: TunnelContext, sessions: [LNSSession], at now: ContinuousClock.Instant) {
        let machine = context.machine
        self.init(
            tunnelID: context.kernelID, peer: context.peer.name, peerAddress: "\(context.path.remote)",
            localAddress: "\(context.path.local)", state: context.state)
        peerTunnelID = UInt32(context.peerTunnelID.rawValue)
        if let description = machine.peer {
            peerHostName = "\(description.hostName)"
            peerVendorName = description.vendorName.map { "\($0)" }
            peerReceiveWindow = description.receiveWindow
        }
        authenticated = context.opened != nil && context.peer.requireAuthentication
        self.sessions = sessions.count
        uptimeSeconds = (context.opened ?? context.began).seconds(until: now)
        receiveWindow = Int(context.peer.receiveWindow)
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
    init(_ session: LNSSession, at now: ContinuousClock.Instant) {
        self.init(
            tunnelID: session.key.tunnel, sessionID: session.key.session, peer: session.peer.name,
            state: session.state)
        peerTunnelID = session.peerKey.tunnel
        peerSessionID = session.peerKey.session
        user = session.link.user.map { "\(Text($0))" }
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
        proxyLCP = session.connection?.proxyLCP != nil
        proxyAuthentication = session.connection?.proxyAuthentication != nil
        mtu = session.interfaceName == nil ? nil : Int(session.link.mtu)
        mru = Int(session.link.peerParameters.mru)
        callingNumber = session.offer.callingNumber.map { "\($0)" }
        calledNumber = session.offer.calledNumber.map { "\($0)" }
        callSerialNumber = session.offer.callSerialNumber
        txConnectSpeed = session.connection.map { UInt64($0.txConnectSpeed.bitsPerSecond) }
        rxConnectSpeed = session.connection.map { UInt64(($0.rxConnectSpeed ?? $0.txConnectSpeed).bitsPerSecond) }
        sequencing = session.connection?.sequencingRequired ?? false
        uptimeSeconds = session.began.seconds(until: now)
        rxPackets = session.counters.receivedPackets
        rxBytes = session.counters.receivedOctets
        rxErrors = session.counters.receiveErrors
        txPackets = session.counters.sentPackets
        txBytes = session.counters.sentOctets
        txErrors = session.counters.sendErrors
    }
}

extension PeerRecord {
    init(_ peer: Peer, tunnels: Int, sessions: Int) {
        self.init(
            name: peer.name, addresses: peer.addresses.map(\.description), hostNames: peer.hostNames,
            authentication: peer.secret != nil, ppp: peer.ppp.name, tunnels: tunnels, maxTunnels: peer.maxTunnels,
            sessions: sessions, maxSessions: peer.maxSessions)
    }
}

extension ContinuousClock.Instant {
    /// Whole seconds from here to there.
    func seconds(until later: Self) -> UInt64 {
        UInt64(max(0, (later - self).components.seconds))
    }
}
