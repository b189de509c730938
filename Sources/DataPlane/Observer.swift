import EventLoop
import Glibc
import Linux
import Netlink

/// Tunnels and sessions that may have been deleted by somebody else, by the serial numbers of their records.
struct Suspects: Sendable {
    var tunnels: [UInt64: UInt32] = [:]
    var sessions: [UInt64: SessionKey] = [:]
    /// How often the kernel was asked and still had them.
    var attempts = 0

    var isEmpty: Bool { tunnels.isEmpty && sessions.isEmpty }
}

/// Asks the kernel how things are: a dump of many sessions takes a while.
final class Observer: Sendable {
    enum Job: Sendable {
        /// Of the sessions of tunnels, and of these, which have none, by their interfaces.
        case readCounters(interfaces: [Int32: SessionKey])
        case verify(Suspects)
    }

    /// Nil ends the worker.
    private let jobs: Mailbox<Job?>

    init(_ family: L2TPFamily, results: Mailbox<WorkerResult>) throws(Errno) {
        jobs = try Mailbox()
        try WorkerThread.start(named: "l2tpd-observe") { [jobs] in
            var l2tp: L2TPNetlink?
            var route: RouteNetlink?
            while true {
                for job in jobs.waitAndDrain() {
                    l2tp = l2tp ?? (try? L2TPNetlink(family))
                    switch job {
                    case nil: return
                    case .readCounters(let interfaces):
                        if !interfaces.isEmpty { route = route ?? (try? RouteNetlink()) }
                        let others = Self.counters(route, of: interfaces)
                        results.post(.counters(Self.counters(l2tp).merging(others) { $1 }))
                    case .verify(let suspects): results.post(Self.verify(suspects, l2tp))
                    }
                }
            }
        }
    }

    deinit {
        jobs.post(nil)
    }

    func post(_ job: Job) {
        jobs.post(job)
    }

    private static func counters(_ l2tp: L2TPNetlink?) -> [SessionKey: SessionCounters] {
        let sessions = (try? l2tp?.sessions()) ?? []
        let pairs = sessions.map { (SessionKey(tunnel: $0.tunnel, session: $0.id), $0.counters) }
        // A dump that runs while sessions come and go may tell one twice.
        return Dictionary(pairs) { _, later in later }
    }

    private static func counters(
        _ route: RouteNetlink?, of interfaces: [Int32: SessionKey]
    ) -> [SessionKey: SessionCounters] {
        guard !interfaces.isEmpty, let all = try? route?.counters() else { return [:] }
        let pairs = interfaces.compactMap { index, key in all[index].map { (key, $0) } }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The kernel announces a deletion before it is done with it, so what is still there is asked for again.
    private static func verify(_ suspects: Suspects, _ l2tp: L2TPNetlink?) -> WorkerResult {
        guard let l2tp else { return .verified(lost: Suspects(), rest: suspects) }
        usleep(min(250_000, 1000 << UInt32(min(8, suspects.attempts))))
        var lost = suspects
        lost.tunnels = suspects.tunnels.filter { tunnel in
            isMissing { () throws(Errno) in try l2tp.tunnel(id: tunnel.value) == nil }
        }
        lost.sessions = suspects.sessions.filter { session in
            isMissing { () throws(Errno) in
                try l2tp.session(tunnel: session.value.tunnel, id: session.value.session) == nil
            }
        }
        var rest = suspects
        rest.attempts += 1
        rest.tunnels = suspects.tunnels.filter { lost.tunnels[$0.key] == nil }
        rest.sessions = suspects.sessions.filter { lost.sessions[$0.key] == nil }
        return .verified(lost: lost, rest: rest)
    }

    /// Only a plain "there is none" counts.
    private static func isMissing(_ look: () throws(Errno) -> Bool) -> Bool {
        do throws(Errno) {
            return try look()
        } catch {
            return false
        }
    }
}
