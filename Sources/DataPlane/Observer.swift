import EventLoop
import Linux
import Netlink

/// Asks the kernel how things are: a dump of many sessions takes a while.
final class Observer: Sendable {
    enum Job: Sendable {
        case readCounters
        /// Which of these does the kernel not have?
        case verify(tunnels: [UInt64: UInt32], sessions: [UInt64: SessionKey])
    }

    /// Nil ends the worker.
    private let jobs: Mailbox<Job?>

    init(_ family: L2TPFamily, results: Mailbox<WorkerResult>) throws(Errno) {
        jobs = try Mailbox()
        try WorkerThread.start(named: "l2tpd-observe") { [jobs] in
            var l2tp: L2TPNetlink?
            while true {
                for job in jobs.waitAndDrain() {
                    l2tp = l2tp ?? (try? L2TPNetlink(family))
                    switch job {
                    case nil: return
                    case .readCounters: results.post(.counters(Self.counters(l2tp)))
                    case .verify(let tunnels, let sessions): results.post(Self.missing(tunnels, sessions, l2tp))
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

    private static func missing(
        _ tunnels: [UInt64: UInt32], _ sessions: [UInt64: SessionKey], _ l2tp: L2TPNetlink?
    ) -> WorkerResult {
        guard let l2tp else { return .missing(tunnels: [], sessions: []) }
        let lostTunnels = tunnels.filter { tunnel in
            isMissing { () throws(Errno) in try l2tp.tunnel(id: tunnel.value) == nil }
        }
        let lostSessions = sessions.filter { session in
            isMissing { () throws(Errno) in
                try l2tp.session(tunnel: session.value.tunnel, id: session.value.session) == nil
            }
        }
        return .missing(tunnels: Array(lostTunnels.keys), sessions: Array(lostSessions.keys))
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
