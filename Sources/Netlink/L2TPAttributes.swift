import Addresses
import CNetlink

/// The attributes of the family "l2tp" (linux/l2tp.h): the one place that writes and reads them.
extension NetlinkMessage {
    func append(tunnel id: UInt32) {
        append(L2TP_ATTR_CONN_ID, id)
    }

    func append(session id: UInt32, of tunnel: UInt32) {
        append(tunnel: tunnel)
        append(L2TP_ATTR_SESSION_ID, id)
    }

    /// For TUNNEL_CREATE, but for the socket or the addresses.
    func append(_ tunnel: KernelTunnel) {
        append(tunnel: tunnel.id)
        append(L2TP_ATTR_PEER_CONN_ID, tunnel.peerID)
        append(L2TP_ATTR_PROTO_VERSION, tunnel.version)
        append(L2TP_ATTR_ENCAP_TYPE, tunnel.encapsulation.rawValue)
    }

    /// What the kernel needs to make the tunnel's socket.
    func append(addressesOf tunnel: KernelTunnel) {
        for (endpoint, ipv4, ipv6, port) in [
            (tunnel.local, L2TP_ATTR_IP_SADDR, L2TP_ATTR_IP6_SADDR, L2TP_ATTR_UDP_SPORT),
            (tunnel.remote, L2TP_ATTR_IP_DADDR, L2TP_ATTR_IP6_DADDR, L2TP_ATTR_UDP_DPORT),
        ] {
            guard let endpoint else { continue }
            switch endpoint.address {
            case .v4(let address): append(ipv4, octets: address.octets)
            case .v6(let address): append(ipv6, octets: address.octets)
            }
            if tunnel.encapsulation == .udp { append(port, endpoint.port) }
        }
        guard tunnel.encapsulation == .udp else { return }
        // All three are flags: present means yes, whatever their value.
        if case .v6? = tunnel.local?.address {
            if tunnel.checksums == false { append(L2TP_ATTR_UDP_ZERO_CSUM6_TX, octets: []) }
            if tunnel.takesNoChecksum { append(L2TP_ATTR_UDP_ZERO_CSUM6_RX, octets: []) }
        } else if tunnel.checksums != false {
            append(L2TP_ATTR_UDP_CSUM, UInt8(1))
        }
    }

    /// For SESSION_CREATE.
    func append(_ session: KernelSession, sublayer: L2SpecificSublayer?) {
        append(session: session.id, of: session.tunnel)
        append(L2TP_ATTR_PEER_SESSION_ID, session.peerID)
        append(L2TP_ATTR_PW_TYPE, session.pseudowire.rawValue)
        append(
            SessionChanges(
                isLNS: session.isLNS, sendsSequence: session.sendsSequence,
                requiresSequence: session.requiresSequence,
                reorderTimeout: session.reorderTimeout > 0 ? session.reorderTimeout : nil))
        if let sublayer { append(L2TP_ATTR_L2SPEC_TYPE, sublayer.rawValue) }
        if !session.cookie.isEmpty { append(L2TP_ATTR_COOKIE, octets: session.cookie) }
        if !session.peerCookie.isEmpty { append(L2TP_ATTR_PEER_COOKIE, octets: session.peerCookie) }
        if let interface = session.interface { append(L2TP_ATTR_IFNAME, string: interface) }
    }

    func append(_ changes: SessionChanges) {
        if let isLNS = changes.isLNS { append(L2TP_ATTR_LNS_MODE, UInt8(isLNS ? 1 : 0)) }
        if let sends = changes.sendsSequence { append(L2TP_ATTR_SEND_SEQ, UInt8(sends ? 1 : 0)) }
        if let requires = changes.requiresSequence { append(L2TP_ATTR_RECV_SEQ, UInt8(requires ? 1 : 0)) }
        if let timeout = changes.reorderTimeout { append(L2TP_ATTR_RECV_TIMEOUT, timeout) }
    }
}

extension KernelTunnel {
    /// What TUNNEL_GET answers; nil without an id.
    init?(_ attributes: NetlinkAttributes) {
        guard let id = attributes[uint32: L2TP_ATTR_CONN_ID] else { return nil }
        let encapsulation = attributes[uint16: L2TP_ATTR_ENCAP_TYPE].flatMap(Encapsulation.init) ?? .udp
        func endpoint(_ ipv4: Int, _ ipv6: Int, _ port: Int) -> Endpoint? {
            let told = attributes[octets: ipv4] ?? attributes[octets: ipv6]
            guard let address = told.flatMap({ IPAddress(octets: Array($0)) }) else { return nil }
            if encapsulation == .ip { return Endpoint(address: address, port: 0) }
            return attributes[uint16: port].map { Endpoint(address: address, port: $0) }
        }
        let overIPv6 = attributes[octets: L2TP_ATTR_IP6_SADDR] != nil
        let withoutChecksum = attributes[octets: L2TP_ATTR_UDP_ZERO_CSUM6_TX] != nil
        let checksums = overIPv6 ? !withoutChecksum : attributes[uint8: L2TP_ATTR_UDP_CSUM].map { $0 != 0 }
        self.init(
            id: id, peerID: attributes[uint32: L2TP_ATTR_PEER_CONN_ID] ?? 0,
            version: attributes[uint8: L2TP_ATTR_PROTO_VERSION] ?? 0, encapsulation: encapsulation,
            local: endpoint(L2TP_ATTR_IP_SADDR, L2TP_ATTR_IP6_SADDR, L2TP_ATTR_UDP_SPORT),
            remote: endpoint(L2TP_ATTR_IP_DADDR, L2TP_ATTR_IP6_DADDR, L2TP_ATTR_UDP_DPORT),
            checksums: encapsulation == .udp ? checksums : nil,
            takesNoChecksum: attributes[octets: L2TP_ATTR_UDP_ZERO_CSUM6_RX] != nil,
            counters: attributes[nested: L2TP_ATTR_STATS].map(SessionCounters.init) ?? SessionCounters())
    }
}

extension KernelSession {
    /// What SESSION_GET answers; nil without ids.
    init?(_ attributes: NetlinkAttributes) {
        guard let tunnel = attributes[uint32: L2TP_ATTR_CONN_ID],
            let id = attributes[uint32: L2TP_ATTR_SESSION_ID]
        else { return nil }
        self.init(
            tunnel: tunnel, id: id, peerTunnel: attributes[uint32: L2TP_ATTR_PEER_CONN_ID] ?? 0,
            peerID: attributes[uint32: L2TP_ATTR_PEER_SESSION_ID] ?? 0,
            pseudowire: Pseudowire(rawValue: attributes[uint16: L2TP_ATTR_PW_TYPE] ?? 0),
            interface: attributes[string: L2TP_ATTR_IFNAME],
            cookie: attributes[octets: L2TP_ATTR_COOKIE].map(Array.init) ?? [],
            peerCookie: attributes[octets: L2TP_ATTR_PEER_COOKIE].map(Array.init) ?? [],
            isLNS: attributes[uint8: L2TP_ATTR_LNS_MODE] == 1,
            sendsSequence: attributes[uint8: L2TP_ATTR_SEND_SEQ] == 1,
            requiresSequence: attributes[uint8: L2TP_ATTR_RECV_SEQ] == 1,
            reorderTimeout: attributes[uint64: L2TP_ATTR_RECV_TIMEOUT] ?? 0,
            usesIPsec: attributes[uint8: L2TP_ATTR_USING_IPSEC] == 1,
            counters: attributes[nested: L2TP_ATTR_STATS].map(SessionCounters.init) ?? SessionCounters())
    }
}

extension SessionCounters {
    fileprivate init(_ attributes: NetlinkAttributes) {
        func value(_ type: Int) -> UInt64 { attributes[uint64: type] ?? 0 }
        self.init()
        sentPackets = value(L2TP_ATTR_TX_PACKETS)
        sentOctets = value(L2TP_ATTR_TX_BYTES)
        sendErrors = value(L2TP_ATTR_TX_ERRORS)
        receivedPackets = value(L2TP_ATTR_RX_PACKETS)
        receivedOctets = value(L2TP_ATTR_RX_BYTES)
        receiveErrors = value(L2TP_ATTR_RX_ERRORS)
        sequenceDiscards = value(L2TP_ATTR_RX_SEQ_DISCARDS)
        outOfSequence = value(L2TP_ATTR_RX_OOS_PACKETS)
        cookieDiscards = value(L2TP_ATTR_RX_COOKIE_DISCARDS)
        invalid = value(L2TP_ATTR_RX_INVALID)
    }
}
