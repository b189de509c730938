import ControlProtocol

/// What a session or a tunnel has carried so far, as the kernel counts it.
struct Traffic: Equatable {
    var rxBytes: UInt64
    var txBytes: UInt64
    var rxPackets: UInt64
    var txPackets: UInt64
}

/// A second's worth of it: bits and packets.
struct Rates: Equatable {
    var rxBits = 0.0
    var txBits = 0.0
    var rxPackets = 0.0
    var txPackets = 0.0

    var bits: Double { rxBits + txBits }
    var packets: Double { rxPackets + txPackets }

    init() {}

    /// Between two looks; nil when something was counted backwards: then it is another session of the same name.
    init?(from earlier: Traffic, to later: Traffic, in duration: Duration) {
        let seconds = duration / .seconds(1)
        let isForward =
            later.rxBytes >= earlier.rxBytes && later.txBytes >= earlier.txBytes
            && later.rxPackets >= earlier.rxPackets && later.txPackets >= earlier.txPackets
        guard seconds > 0, isForward else { return nil }
        rxBits = Double(later.rxBytes - earlier.rxBytes) * 8 / seconds
        txBits = Double(later.txBytes - earlier.txBytes) * 8 / seconds
        rxPackets = Double(later.rxPackets - earlier.rxPackets) / seconds
        txPackets = Double(later.txPackets - earlier.txPackets) / seconds
    }

    static func += (sum: inout Rates, other: Rates) {
        sum.rxBits += other.rxBits
        sum.txBits += other.txBits
        sum.rxPackets += other.rxPackets
        sum.txPackets += other.txPackets
    }
}

/// A session or a tunnel as `top` shows it.
struct TopRow: Equatable {
    /// "7/12": unique among the rows.
    var name: String
    /// The local ids, to sort by.
    var ids: [UInt32]
    /// Who: the user, or the peer.
    var who: String
    /// The cells between the name and the rates.
    var cells: [String]
    var uptimeSeconds: UInt64
    var traffic: Traffic

    static let sessionColumns: [TextTable.Column] = [
        .left("SESSION"), .left("USER"), .left("PEER"), .left("INTERFACE"), .left("ADDRESS"), .left("STATE"),
    ]

    init(_ session: SessionRecord) {
        name = "\(session.name)"
        ids = [session.tunnelID, session.sessionID]
        who = session.user ?? ""
        cells = [
            session.user ?? "", session.peer, session.interface ?? session.accessInterface ?? "",
            session.address ?? session.ipv6LinkLocal ?? session.mac ?? "", session.state,
        ]
        uptimeSeconds = session.uptimeSeconds
        traffic = Traffic(
            rxBytes: session.rxBytes, txBytes: session.txBytes, rxPackets: session.rxPackets,
            txPackets: session.txPackets)
    }

    static let tunnelColumns: [TextTable.Column] = [
        .left("TUNNEL"), .left("PEER"), .left("HOST NAME"), .left("ADDRESS"), .left("STATE"), .right("SESSIONS"),
    ]

    init(_ tunnel: TunnelRecord) {
        name = "\(tunnel.tunnelID)"
        ids = [tunnel.tunnelID]
        who = tunnel.peer
        cells = [tunnel.peer, tunnel.peerHostName ?? "", tunnel.peerAddress, tunnel.state, "\(tunnel.sessions)"]
        uptimeSeconds = tunnel.uptimeSeconds
        traffic = Traffic(
            rxBytes: tunnel.rxBytes, txBytes: tunnel.txBytes, rxPackets: tunnel.rxPackets, txPackets: tunnel.txPackets)
    }
}
