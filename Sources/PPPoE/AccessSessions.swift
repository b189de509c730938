import Addresses
import Instants

/// The sessions of an interface: ids, owners, and for a while the requests that they came from.
struct AccessSessions: Sendable {
    /// A request as its repetition shows it. A host that wants two sessions at once tells them apart by Host-Uniq.
    struct RequestKey: Hashable, Sendable {
        var host: MACAddress
        var hostUniq: [UInt8]?
        var serviceName: [UInt8]
    }

    struct Session: Sendable {
        enum Stage: Sendable {
            /// The owner has not decided; the tags that any answer carries, and what a PADS has besides.
            case asked(echoed: [DiscoveryTag], granted: [DiscoveryTag])
            case confirmed
        }

        var host: MACAddress
        var isInterworked: Bool
        var stage: Stage
        /// Tells relays on the way which session a PADT means.
        var relaySessionID: DiscoveryTag?
        /// Nil when its repetition would be a request of its own.
        var request: RequestKey?
    }

    private struct Request: Sendable {
        var id: PPPoESessionID
        /// Nil while the owner has not decided.
        var confirmation: [UInt8]?
    }

    private var sessions: [PPPoESessionID: Session] = [:]
    private var perHost: [MACAddress: Int] = [:]
    private var requests: [RequestKey: Request] = [:]
    /// When requests are forgotten, the earliest first.
    private var expiries: [(at: Instant, id: PPPoESessionID)] = []
    /// Where the search for a free id begins: ids are used in turn, so that one rests for the longest time.
    private var candidate: PPPoESessionID

    init(first: PPPoESessionID) {
        candidate = first
    }

    var count: Int { sessions.count }

    subscript(id: PPPoESessionID) -> Session? { sessions[id] }

    /// Sessions of a host that count for its limit.
    func count(of host: MACAddress) -> Int { perHost[host] ?? 0 }

    /// How many requests are remembered.
    var requestCount: Int { requests.count }

    /// The session that this request has made, and the PADS if it was sent.
    func made(by request: RequestKey) -> (id: PPPoESessionID, confirmation: [UInt8]?)? {
        requests[request].map { ($0.id, $0.confirmation) }
    }

    /// Nil when every id is in use.
    mutating func add(_ session: Session) -> PPPoESessionID? {
        guard sessions.count < PPPoESessionID.range.count else { return nil }
        while sessions[candidate] != nil { candidate = candidate.next }
        let id = candidate
        candidate = candidate.next
        sessions[id] = session
        if !session.isInterworked { perHost[session.host, default: 0] += 1 }
        if let request = session.request { requests[request] = Request(id: id) }
        return id
    }

    /// The session was granted with this PADS; its request is remembered until then.
    mutating func confirm(_ id: PPPoESessionID, with pads: [UInt8], rememberUntil: Instant) {
        guard let request = sessions[id]?.request else { return }
        sessions[id]?.stage = .confirmed
        requests[request]?.confirmation = pads
        expiries.append((rememberUntil, id))
    }

    @discardableResult
    mutating func remove(_ id: PPPoESessionID) -> Session? {
        guard let session = sessions.removeValue(forKey: id) else { return nil }
        if let request = session.request { requests[request] = nil }
        if !session.isInterworked {
            let left = count(of: session.host) - 1
            perHost[session.host] = left > 0 ? left : nil
        }
        return session
    }

    /// Forgets requests whose time is over.
    mutating func forget(at now: Instant) {
        let over = expiries.prefix { $0.at <= now }
        guard !over.isEmpty else { return }
        for (_, id) in over {
            guard let request = sessions[id]?.request else { continue }
            requests[request] = nil
            sessions[id]?.request = nil
        }
        expiries.removeFirst(over.count)
    }
}
