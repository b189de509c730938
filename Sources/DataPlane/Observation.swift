import Instants
import Linux
import Netlink

/// What the observer's thread asks, and what it is in doubt about. That thread's own.
struct Observation {
    private enum Subject: Hashable {
        case tunnel(serial: UInt64, UInt32)
        case session(serial: UInt64, SessionKey)
    }

    private let family: L2TPFamily
    private var l2tp: L2TPNetlink?
    private var route: RouteNetlink?
    private var doubts: [Subject: (attempts: Int, next: Instant)] = [:]
    private var units: [UnitClaim] = []

    /// How often the kernel is asked about something whose deletion it announced, at growing intervals: half a minute in
    /// all, which Linux 6.1 takes for a tunnel of 1,800 sessions. Another network namespace may have had one of the same
    /// ids.
    private static let mostAttempts = 130

    // Opened at the start, so that a daemon that has worked holds no more descriptors than one that has not.
    init(_ family: L2TPFamily) {
        self.family = family
        l2tp = try? L2TPNetlink(family)
        route = try? RouteNetlink()
    }

    /// When `lookAgain` is due.
    var deadline: Instant? { doubts.values.map(\.next).min() }

    mutating func doubt(_ expected: Expected) {
        for (serial, id) in expected.tunnels { doubts[.tunnel(serial: serial, id)] = (0, .now) }
        for (serial, key) in expected.sessions { doubts[.session(serial: serial, key)] = (0, .now) }
        units += expected.units
    }

    /// What of all that is in doubt is gone. The kernel announces a deletion before it is done with it, so what is still
    /// there stays in doubt for a while.
    mutating func lookAgain() -> Losses {
        open()
        var losses = Losses(units: units.compactMap(lostUnit))
        units = []
        for (subject, doubt) in doubts where doubt.next <= .now {
            if isMissing(subject) {
                note(subject, in: &losses)
                doubts[subject] = nil
            } else {
                let pause = Duration.milliseconds(1 << min(8, doubt.attempts))
                doubts[subject] = doubt.attempts < Self.mostAttempts ? (doubt.attempts + 1, .now + pause) : nil
            }
        }
        return losses
    }

    /// All counters, and what of the expected is gone. The lists may leave something out while others come and go, so what is
    /// not in them is asked for.
    mutating func look(
        _ interfaces: [Int32: SessionKey], _ expected: Expected
    ) -> ([SessionKey: SessionCounters], Losses) {
        open()
        let sessions = (try? l2tp?.sessions()) ?? []
        let pairs = sessions.map { (SessionKey(tunnel: $0.tunnel, session: $0.id), $0.counters) }
        // A dump that runs while sessions come and go may tell one twice.
        let counters = Dictionary(pairs) { _, later in later }
        var losses = Losses(units: incomplete(expected.units))
        for subject in absent(from: counters, expected) where isMissing(subject) { note(subject, in: &losses) }
        // A tunnel's deletion begins with its sessions: it may be under way.
        let robbed = Set(losses.sessions.values.map(\.tunnel))
        doubt(Expected(tunnels: expected.tunnels.filter { robbed.contains($0.value) && losses.tunnels[$0.key] == nil }))
        return (counters.merging(interfaceCounters(interfaces)) { $1 }, losses)
    }

    private func absent(from sessions: [SessionKey: SessionCounters], _ expected: Expected) -> [Subject] {
        var absent = expected.sessions.filter { sessions[$0.value] == nil }.map { Subject.session(serial: $0, $1) }
        if !expected.tunnels.isEmpty, let tunnels = try? l2tp?.tunnels() {
            let ids = Set(tunnels.map(\.id))
            absent += expected.tunnels.filter { !ids.contains($0.value) }.map { .tunnel(serial: $0, $1) }
        }
        return absent
    }

    private func incomplete(_ claims: [UnitClaim]) -> [LostUnit] {
        guard !claims.isEmpty, let links = try? route?.links(), let addresses = try? route?.addresses() else {
            return []
        }
        let up = Set(links.filter(\.isUp).map(\.index))
        return claims.filter { claim in
            !up.contains(claim.index) || !addresses[claim.index, default: []].isSuperset(of: claim.addresses)
        }.compactMap(lostUnit)
    }

    private mutating func open() {
        l2tp = l2tp ?? (try? L2TPNetlink(family))
        route = route ?? (try? RouteNetlink())
    }

    private func note(_ subject: Subject, in losses: inout Losses) {
        switch subject {
        case .tunnel(let serial, let id): losses.tunnels[serial] = id
        case .session(let serial, let key): losses.sessions[serial] = key
        }
    }

    /// Only a plain "there is none" counts.
    private func isMissing(_ subject: Subject) -> Bool {
        guard let l2tp else { return false }
        do throws(Errno) {
            return switch subject {
            case .tunnel(_, let id): try l2tp.tunnel(id: id) == nil
            case .session(_, let key): try l2tp.session(tunnel: key.tunnel, id: key.session) == nil
            }
        } catch {
            return false
        }
    }

    private func lostUnit(_ claim: UnitClaim) -> LostUnit? {
        (try? loss(of: claim)).map { LostUnit(claim: claim, loss: $0) }
    }

    private func loss(of claim: UnitClaim) throws(Errno) -> InterfaceLoss? {
        guard let route else { return nil }
        guard let link = try route.link(claim.index) else { return .deleted }
        guard link.isUp else { return .down }
        let present = try route.addresses(ofInterface: claim.index)[claim.index, default: []]
        return claim.addresses.first { !present.contains($0) }.map { .address($0.local) }
    }

    private func interfaceCounters(_ interfaces: [Int32: SessionKey]) -> [SessionKey: SessionCounters] {
        guard !interfaces.isEmpty, let all = try? route?.counters() else { return [:] }
        let pairs = interfaces.compactMap { index, key in all[index].map { (key, $0) } }
        return Dictionary(pairs) { first, _ in first }
    }
}
