import Addresses
import ControlProtocol
import Netlink

/// Records in which every key is there.
enum Samples {
    static let name = SessionName(tunnelID: 7, sessionID: 12)

    static let tunnel: TunnelRecord = {
        var tunnel = TunnelRecord(
            tunnelID: 7, peer: "bras-1", peerAddress: "192.0.2.2:1701", localAddress: "192.0.2.1:1701",
            state: "established")
        tunnel.peerTunnelID = 40_001
        tunnel.peerHostName = "bras"
        tunnel.peerVendorName = "test"
        return tunnel
    }()

    static let session: SessionRecord = {
        var session = SessionRecord(tunnelID: 7, sessionID: 12, peer: "bras-1", state: "open")
        session.peerTunnelID = 1
        session.peerSessionID = 2
        session.user = "alice@example.net"
        session.realm = "example.net"
        session.interface = "ppp0"
        session.mac = "02:00:00:00:00:01"
        session.accessInterface = "access0"
        session.serviceName = "internet"
        session.pppoeSessionID = 77
        session.circuitID = "eth 0/7"
        session.remoteID = "line 7"
        session.bridgedTo = "8/13"
        session.address = "100.64.0.2"
        session.localAddress = "100.64.0.1"
        session.ipv6LinkLocal = "fe80::2"
        session.localIPv6LinkLocal = "fe80::1"
        session.authentication = "pap"
        session.mtu = 1460
        session.mru = 1460
        session.callingNumber = "5"
        session.calledNumber = "6"
        session.callSerialNumber = 9
        session.txConnectSpeed = 1000
        session.rxConnectSpeed = 1000
        return session
    }()

    static let peer = PeerRecord(
        name: "bras-1", addresses: ["192.0.2.0/24"], hostNames: ["bras"], authentication: true, ppp: "subscribers",
        tunnelGroup: "isp", tunnels: 1, maxTunnels: 8, sessions: 3, maxSessions: 9)

    static let pool = PoolRecord(
        name: "p", ranges: ["10.0.0.2-10.0.0.9"], addresses: 8, leased: 2, reserved: 1, free: 5)

    static let client: ClientRecord = {
        var client = ClientRecord(
            name: "office", state: "open", persistent: true, servers: ["192.0.2.1"], user: "alice")
        client.peerAddress = "192.0.2.1:1701"
        client.tunnelID = 7
        client.sessionID = 12
        client.interface = "ppp0"
        client.address = "100.64.0.2"
        client.peerPPPAddress = "100.64.0.1"
        client.dns = ["192.0.2.53"]
        client.uptimeSeconds = 61
        client.redialSeconds = 8
        client.lastFailure = "the peer refused our pap"
        return client
    }()

    static let access: PPPoERecord = {
        var access = PPPoERecord(
            interface: "access0", acName: "bras-1", services: ["internet"], sessions: 2, maxSessions: 100,
            maxSessionsPerMAC: 8)
        access.discarded = ["wrong_cookie": 1]
        return access
    }()

    static let lease = LeaseRecord(pool: "p", address: "10.0.0.2", user: "alice", session: name, uptimeSeconds: 61)

    static let call: CallRecord = {
        var call = CallRecord(peer: "bras-1", calledNumber: "5551234", callSerialNumber: 9)
        call.session = name
        call.failure = "busy"
        call.resultCode = 8
        call.errorCode = 0
        return call
    }()

    static let event: EventRecord = {
        var event = EventRecord(time: "2026-01-02T03:04:05.678Z", level: .notice, event: "authentication refused")
        event.tunnelID = 7
        event.sessionID = 12
        event.peer = "bras-1"
        event.user = "alice"
        event.interface = "ppp0"
        event.details = ["reason": "wrong password"]
        return event
    }()

    static let opened = OpenRecord(
        group: "far",
        tunnels: [
            .init(lns: "192.0.2.1", tunnelID: 7), .init(lns: "lns.example.net", failure: "the peer does not answer"),
        ])

    static let summary = SummaryRecord(
        version: "1.0.0", hostName: "lns-1", processID: 42, uptimeSeconds: 61, kernel: "6.1.0",
        listeners: ["192.0.2.1:1701"], tunnels: .init(), sessions: .init(), maxTunnels: 10, maxSessions: 50_000,
        peers: 1, users: 2, pools: 1, addresses: 65_533, leasedAddresses: 9)

    static let kernelTunnel = KernelTunnel(
        id: 10, peerID: 20, version: 3, local: Endpoint(address: .v4(IPv4Address(192, 0, 2, 1)), port: 1701),
        remote: Endpoint(address: .v4(IPv4Address(192, 0, 2, 2)), port: 1702), checksums: false)
    static let kernelSession = KernelSession(
        tunnel: 10, id: 1, peerTunnel: 20, peerID: 2, pseudowire: .ethernet, interface: "wire0", cookie: [0, 1, 2, 3],
        peerCookie: [4, 5, 6, 7], isLNS: false, sendsSequence: true, reorderTimeout: 100)
}
