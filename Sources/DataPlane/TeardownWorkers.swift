import EventLoop
import Linux
import Netlink

/// Deletes sessions and tunnels. Nearly all of the time is waiting for the kernel's grace periods, so many threads wait
/// side by side; and interfaces go quickest when the kernel is told to delete a whole group at once.
final class TeardownWorkers {
    enum Job: Sendable {
        case session(serial: UInt64, SessionKey, SessionObjects?, PPPUnit?)
        case tunnel(serial: UInt64, id: UInt32, isMade: Bool, socket: ClosableFD)
    }

    /// Interfaces about to be deleted are put in this group: "L2TP" in ASCII, which no configuration should use.
    static let condemned = InterfaceGroup(rawValue: 0x4c32_5450)
    private static let mostClosers = 32

    /// Nil ends a worker.
    private let incoming: Mailbox<Job?>
    private let closing: WorkQueue<Job?>
    private let family: L2TPFamily
    private let results: Mailbox<WorkerResult>
    private var closers = 0
    /// Jobs that have not been answered.
    private var waiting = 0

    init(_ family: L2TPFamily, results: Mailbox<WorkerResult>) throws(Errno) {
        incoming = try Mailbox()
        closing = try WorkQueue()
        self.family = family
        self.results = results
        try WorkerThread.start(named: "l2tpd-condemn") { [incoming, closing] in
            var route: RouteNetlink?
            while true {
                let batch = incoming.waitAndDrain()
                // Without this socket, descriptors having run out, the closers do it all.
                route = route ?? (try? RouteNetlink())
                if let route { Self.deleteInterfaces(of: batch.compactMap(\.self), by: route) }
                closing.post(batch)
                if batch.contains(where: { $0 == nil }) { return }
            }
        }
        try startCloser()
    }

    deinit {
        incoming.post([Job?](repeating: nil, count: closers))
    }

    /// Jobs posted together are done in the quickest order.
    func post(_ jobs: [Job]) {
        waiting += jobs.count
        // A thread that cannot be started is one fewer; the first was started at the beginning.
        while closers < min(Self.mostClosers, waiting), (try? startCloser()) != nil {}
        incoming.post(jobs)
    }

    /// To be told for each result.
    func answered() {
        waiting -= 1
    }

    private func startCloser() throws(Errno) {
        try WorkerThread.start(named: "l2tpd-close") { [closing, results, family] in
            var l2tp: L2TPNetlink?
            while true {
                let job = closing.take()
                l2tp = l2tp ?? (try? L2TPNetlink(family))
                switch job {
                case nil:
                    return
                case .session(let serial, let key, let objects, let unit):
                    results.post(.sessionDeleted(serial, Self.delete(key, objects, unit, l2tp)))
                case .tunnel(let serial, let id, let isMade, let socket):
                    if isMade { try? l2tp?.removeTunnel(id: id) }
                    socket.close()
                    results.post(.tunnelDeleted(serial))
                }
            }
        }
        closers += 1
    }

    /// One interface alone goes with its descriptor.
    private static func deleteInterfaces(of jobs: [Job], by route: RouteNetlink) {
        let indices = jobs.compactMap { job -> Int32? in
            guard case .session(_, _, _, let unit) = job else { return nil }
            return unit?.interfaceIndex
        }
        guard indices.count > 1 else { return }
        // What fails here is done by the closing of the descriptors, more slowly.
        guard (try? route.setGroup(condemned, of: indices)) != nil else { return }
        try? route.deleteLinks(of: condemned)
    }

    /// The counters are read last, when no interface can send any more.
    private static func delete(
        _ key: SessionKey, _ objects: SessionObjects?, _ unit: PPPUnit?, _ l2tp: L2TPNetlink?
    ) -> SessionCounters? {
        unit?.close()
        guard let objects else { return nil }
        let last = try? l2tp?.session(tunnel: key.tunnel, id: key.session)?.counters
        objects.channel.close()
        objects.socket.close()
        // The kernel deletes the session with its socket; this only waits, as a rule.
        try? l2tp?.removeSession(key)
        return last
    }
}
