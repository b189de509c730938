/// What the daemon answers: one JSON object a line, `{"reply": NAME, ...}`.
///
/// A list comes as one line an element and then `end`, so that no list, however long, needs a huge object. `error` may come
/// in place of any reply, also in the middle of a list, and ends it.
package enum Reply: Hashable, Sendable {
    /// `{"reply":"version","version":"1.2.3","protocol":1}`.
    case version(VersionRecord)
    /// `{"reply":"summary", ...}` with the keys of `SummaryRecord`; likewise for every record below.
    case summary(SummaryRecord)
    case tunnel(TunnelRecord)
    case session(SessionRecord)
    case peer(PeerRecord)
    case pool(PoolRecord)
    case client(ClientRecord)
    case pppoe(PPPoERecord)
    case lease(LeaseRecord)
    case call(CallRecord)
    case statistics(StatisticsRecord)
    /// Something that happened: of a list, or as it happens.
    case event(EventRecord)
    case sessionStory(SessionStory)
    case tunnelStory(TunnelStory)
    case configuration(ConfigurationRecord)
    case health(HealthRecord)
    /// `{"reply":"packet", ...}`, to who taps.
    case packet(PacketRecord)
    /// The list is complete: `{"reply":"end","count":2}`.
    case end(count: Int)
    /// What became of each tunnel that was to be opened:
    /// `{"reply":"opened","tunnel_group":"isp","tunnels":[{"lns":"192.0.2.1","tunnel_id":7}]}`.
    case opened(OpenRecord)
    /// What is being closed, and what was not: `{"reply":"closed","closed":["7/12"],"refused":[]}`.
    case closed(CloseRecord)
    /// `{"reply":"reloaded","applied":[...],"not_applied":[...]}`.
    case reloaded(ReloadRecord)
    /// Done, and there is nothing to say; or, to a client that asked to be told of what happens: from here on it is.
    case done
    /// `{"reply":"missed","count":12}`: the client reads more slowly than things happen, and this many lines that belong here
    /// were not kept for it.
    case missed(count: Int)
    /// `{"reply":"error","code":"not_found","message":"..."}`.
    case error(ControlError)
}

extension Reply: Codable {
    /// What replies are called.
    package static var names: [String] { Name.allCases.map(\.rawValue) }

    private enum Name: String, Codable, CaseIterable {
        case version, summary, health, tunnel, session, peer, pool, client, pppoe, lease, call, packet
        case end, opened, closed, reloaded, done, missed, error
        case event
        case statistics = "stats"
        case configuration = "config"
        case sessionStory = "session_story"
        case tunnelStory = "tunnel_story"
    }

    private enum CodingKeys: String, CodingKey {
        case reply, count
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self =
            switch try values.decode(Name.self, forKey: .reply) {
            case .version: .version(try VersionRecord(from: decoder))
            case .summary: .summary(try SummaryRecord(from: decoder))
            case .tunnel: .tunnel(try TunnelRecord(from: decoder))
            case .session: .session(try SessionRecord(from: decoder))
            case .peer: .peer(try PeerRecord(from: decoder))
            case .pool: .pool(try PoolRecord(from: decoder))
            case .client: .client(try ClientRecord(from: decoder))
            case .pppoe: .pppoe(try PPPoERecord(from: decoder))
            case .lease: .lease(try LeaseRecord(from: decoder))
            case .call: .call(try CallRecord(from: decoder))
            case .packet: .packet(try PacketRecord(from: decoder))
            case .statistics: .statistics(try StatisticsRecord(from: decoder))
            case .event: .event(try EventRecord(from: decoder))
            case .sessionStory: .sessionStory(try SessionStory(from: decoder))
            case .tunnelStory: .tunnelStory(try TunnelStory(from: decoder))
            case .configuration: .configuration(try ConfigurationRecord(from: decoder))
            case .health: .health(try HealthRecord(from: decoder))
            case .end: .end(count: try values.decode(Int.self, forKey: .count))
            case .opened: .opened(try OpenRecord(from: decoder))
            case .closed: .closed(try CloseRecord(from: decoder))
            case .reloaded: .reloaded(try ReloadRecord(from: decoder))
            case .done: .done
            case .missed: .missed(count: try values.decode(Int.self, forKey: .count))
            case .error: .error(try ControlError(from: decoder))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        func encode(_ name: Name, _ record: any Encodable) throws {
            try values.encode(name, forKey: .reply)
            try record.encode(to: encoder)
        }
        func encode(_ name: Name, _ count: Int) throws {
            try values.encode(name, forKey: .reply)
            try values.encode(count, forKey: .count)
        }
        switch self {
        case .version(let record): try encode(.version, record)
        case .summary(let record): try encode(.summary, record)
        case .tunnel(let record): try encode(.tunnel, record)
        case .session(let record): try encode(.session, record)
        case .peer(let record): try encode(.peer, record)
        case .pool(let record): try encode(.pool, record)
        case .client(let record): try encode(.client, record)
        case .pppoe(let record): try encode(.pppoe, record)
        case .lease(let record): try encode(.lease, record)
        case .call(let record): try encode(.call, record)
        case .packet(let record): try encode(.packet, record)
        case .statistics(let record): try encode(.statistics, record)
        case .event(let record): try encode(.event, record)
        case .sessionStory(let story): try encode(.sessionStory, story)
        case .tunnelStory(let story): try encode(.tunnelStory, story)
        case .configuration(let record): try encode(.configuration, record)
        case .health(let record): try encode(.health, record)
        case .end(let count): try encode(.end, count)
        case .opened(let record): try encode(.opened, record)
        case .closed(let record): try encode(.closed, record)
        case .reloaded(let record): try encode(.reloaded, record)
        case .done: try values.encode(Name.done, forKey: .reply)
        case .missed(let count): try encode(.missed, count)
        case .error(let error): try encode(.error, error)
        }
    }
}
