import DataPlane
import Instants
import Linux
import Netlink
import PPP

/// What tunnels and sessions are counted by.
struct CountedKind: Hashable {
    var peer: String
    var role: String
    var state: String
}

/// A walk over all sessions with the kernel's fresh counters, a piece a turn of the loop: with tens of thousands of sessions the
/// whole would keep everybody else waiting.
struct Survey {
    private let counters: [SessionKey: SessionCounters]
    private let keys: [SessionKey]
    private var next = 0
    /// Those that were looked at.
    var census: [CountedKind: Int] = [:]

    /// Sessions between two looks at the clock.
    static let piece = 64

    init(_ counters: [SessionKey: SessionCounters], of keys: some Collection<SessionKey>) {
        self.counters = counters
        self.keys = Array(keys)
    }

    var isOver: Bool { next >= keys.count }

    /// The next few, each with its counters, if the kernel told any.
    mutating func nextPiece() -> [(key: SessionKey, counters: SessionCounters?)] {
        let end = min(next + Self.piece, keys.count)
        defer { next = end }
        return keys[next..<end].map { ($0, counters[$0]) }
    }
}

extension Sessions {
    /// Goes on with the survey, at least a little.
    func goOnSurveying(until end: Instant, at now: Instant) -> [SessionOrder] {
        guard var survey else { return [] }
        // Moved out and back, so that the census is not copied.
        self.survey = nil
        var orders: [SessionOrder] = []
        var tunnels: Set<UInt32> = []
        repeat {
            for (key, counters) in survey.nextPiece() {
                guard let session = self[key] else { continue }
                if !session.role.isSecondSide { survey.census[session.kind, default: 0] += 1 }
                guard let counters else { continue }
                orders += note(counters, of: session, at: now, &tunnels)
            }
        } while !survey.isOver && .now < end
        if survey.isOver { census = survey.census } else { self.survey = survey }
        return orders + tunnels.map { .dataReceived(tunnel: $0) }
    }

    /// Traffic that the kernel saw spares an LCP echo (LCP-12) and a HELLO (KA-01).
    private func note(
        _ counters: SessionCounters, of session: PPPSession, at now: Instant, _ tunnels: inout Set<UInt32>
    ) -> [SessionOrder] {
        let hasMoved = counters.receivedPackets != session.counters.receivedPackets
        take(counters, of: session)
        guard hasMoved else { return [] }
        if !session.key.isAccess { tunnels.insert(session.key.tunnel) }
        return session.isLinked ? advance(session, .dataReceived, at: now) : []
    }
}

extension PPPSession {
    var kind: CountedKind { CountedKind(peer: role.peerName, role: roleName, state: state) }
}
