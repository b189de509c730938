import ControlProtocol

/// One subscriber's packets out of many, also those that came before anybody gave his name: of every session whose user is not
/// known yet, and of every tunnel that may turn out to be his, the latest are kept.
struct UserStory {
    /// Packets kept of each, and how many sessions and tunnels are remembered at once.
    static let packets = 48
    static let owners = 4096

    /// Whose a packet is, as well as it can be told.
    private enum Owner: Hashable {
        /// By our ids, by the peer's id in our tunnel, and by the host that looks for an access concentrator.
        case session(tunnel: UInt32, UInt32)
        case peerSession(tunnel: UInt32, UInt32)
        case host(String)
        /// A tunnel's own, and what comes before it has an id.
        case tunnel(UInt32)
        case stranger(String)
    }

    private let user: String
    /// The packets of those whose user is not known.
    private var kept: [Owner: [TracedPacket]] = [:]
    /// When who was heard last, to forget the longest silent.
    private var heard: [Owner: Int64] = [:]
    /// The sessions that are the user's and those that are another's; the tunnels that have carried one of his.
    private var belongs: [Owner: Bool] = [:]

    init(of user: String) {
        self.user = user
    }

    /// What is to be shown now that this packet has come, the oldest first.
    mutating func take(_ packet: TracedPacket) -> [TracedPacket] {
        let record = packet.record
        let owner = Self.owner(of: record)
        for alias in Self.aliases(of: record) where alias != owner { adopt(alias, by: owner) }
        defer { if packet.reading.title == "CDN" || packet.reading.title == "PADT" { forget(owner) } }
        switch owner {
        case .tunnel, .stranger:
            guard !packet.reading.isRoutine else { return [] }
            if belongs[owner] == true { return [packet] }
            keep(packet, of: owner)
            return []
        case .session, .peerSession, .host: break
        }
        if let name = packet.reading.user ?? record.user { belongs[owner] = name == user }
        switch belongs[owner] {
        case true:
            let before = release(owner) + (record.tunnelID.map { claim(tunnel: $0) } ?? [])
            return before.sorted { $0.record.time < $1.record.time } + [packet]
        case false: kept[owner] = nil
        case nil: keep(packet, of: owner)
        }
        return []
    }

    private static func owner(of record: PacketRecord) -> Owner {
        let tunnel = record.tunnelID ?? 0
        if let session = record.sessionID { return .session(tunnel: tunnel, session) }
        if let session = record.peerSessionID { return .peerSession(tunnel: tunnel, session) }
        if record.kind == .pppoe { return .host(record.remote) }
        return record.tunnelID.map { .tunnel($0) } ?? .stranger(record.remote)
    }

    /// By what the same was known before more was known of it.
    private static func aliases(of record: PacketRecord) -> [Owner] {
        guard let tunnel = record.tunnelID else { return [] }
        guard record.sessionID != nil else { return record.peerSessionID == nil ? [.stranger(record.remote)] : [] }
        return record.kind == .pppoe
            ? [.host(record.remote)] : record.peerSessionID.map { [.peerSession(tunnel: tunnel, $0)] } ?? []
    }

    private mutating func adopt(_ alias: Owner, by owner: Owner) {
        for packet in release(alias) { keep(packet, of: owner) }
        if let verdict = belongs.removeValue(forKey: alias) { belongs[owner] = verdict }
    }

    /// The tunnel carries the user: its own messages are shown from now on, and those kept.
    private mutating func claim(tunnel: UInt32) -> [TracedPacket] {
        guard tunnel != 0, belongs.updateValue(true, forKey: .tunnel(tunnel)) == nil else { return [] }
        return release(.tunnel(tunnel))
    }

    private mutating func keep(_ packet: TracedPacket, of owner: Owner) {
        heard[owner] = packet.record.time
        kept[owner, default: []].append(packet)
        if kept[owner, default: []].count > Self.packets { kept[owner]?.removeFirst() }
        guard heard.count > Self.owners else { return }
        // Half of them at once: the search is not for every packet.
        for (owner, _) in heard.sorted(by: { $0.value < $1.value }).prefix(Self.owners / 2) { forget(owner) }
    }

    private mutating func release(_ owner: Owner) -> [TracedPacket] {
        heard[owner] = nil
        return kept.removeValue(forKey: owner) ?? []
    }

    private mutating func forget(_ owner: Owner) {
        _ = release(owner)
        belongs[owner] = nil
    }
}
