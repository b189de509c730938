import EventLoop
import Glibc
import Instants
import Linux
import Netlink

/// Reports sessions as deleted when the kernel does not know them any more: it deletes a session some time after its
/// socket was closed. One thread asks for all, because the kernel answers such questions one at a time.
final class DeletionCheck: Sendable {
    struct Closed: Sendable {
        var serial: UInt64
        var key: SessionKey
        var counters: SessionCounters?
    }

    /// Nil ends the worker when it has nothing left to ask for.
    private let closed: Mailbox<Closed?>

    init(_ family: L2TPFamily, results: Mailbox<WorkerResult>) throws(Errno) {
        closed = try Mailbox()
        try WorkerThread.start(named: "l2tpd-gone") { [closed] in
            var rounds = Rounds(family, results: results)
            while true {
                let news = rounds.isEmpty ? closed.waitAndDrain() : closed.drain()
                if !rounds.ask(news.compactMap(\.self), family) { rounds.pause() }
                if news.contains(where: { $0 == nil }) {
                    while !rounds.isEmpty {
                        if !rounds.ask([], family) { rounds.pause() }
                    }
                    return
                }
            }
        }
    }

    deinit {
        closed.post(nil)
    }

    func post(_ session: Closed) {
        closed.post(session)
    }

    /// The worker's own.
    private struct Rounds {
        let results: Mailbox<WorkerResult>
        private var l2tp: L2TPNetlink?
        private var waiting: [(session: Closed, since: Instant)] = []
        private var length: UInt32 = 1000

        /// The kernel deletes by itself what is given this long; then it is told to.
        private static let patience = Duration.milliseconds(500)

        init(_ family: L2TPFamily, results: Mailbox<WorkerResult>) {
            self.results = results
            l2tp = try? L2TPNetlink(family)
        }

        var isEmpty: Bool { waiting.isEmpty }

        /// Asks for all that wait; whether any was gone.
        mutating func ask(_ news: [Closed], _ family: L2TPFamily) -> Bool {
            let now = Instant.now
            waiting += news.map { ($0, now) }
            l2tp = l2tp ?? (try? L2TPNetlink(family))
            var gone: [WorkerResult] = []
            var left: [(session: Closed, since: Instant)] = []
            for (session, since) in waiting {
                if isGone(session.key, isLate: now - since > Self.patience) {
                    gone.append(.sessionDeleted(session.serial, session.counters))
                } else {
                    left.append((session, since))
                }
            }
            waiting = left
            results.post(gone)
            if !gone.isEmpty { length = 1000 }
            return !gone.isEmpty
        }

        mutating func pause() {
            usleep(length)
            length = min(50_000, length * 2)
        }

        private func isGone(_ key: SessionKey, isLate: Bool) -> Bool {
            guard let l2tp else { return false }
            do throws(Errno) {
                guard try l2tp.session(tunnel: key.tunnel, id: key.session) != nil else { return true }
                if isLate { try l2tp.deleteSession(tunnel: key.tunnel, id: key.session) }
                return false
            } catch {
                // ENODEV: gone between question and command. Memory or descriptors may come back; the right to ask
                // does not.
                return error.code == EPERM
            }
        }
    }
}
