import EventLoop
import Linux
import Netlink

/// Deletes sessions and tunnels. Nearly all of the time is waiting for the kernel's grace periods, so many threads close
/// descriptors side by side; and interfaces go quickest when the kernel is told to delete a whole group at once. Netlink
/// is spoken by one thread before and by one after the closing: the kernel answers one question at a time, and threads
/// that queue there do not close.
final class TeardownWorkers {
    enum Job: Sendable {
        case session(serial: UInt64, SessionKey, SessionObjects?, PPPUnit?)
        case tunnel(serial: UInt64, id: UInt32, isMade: Bool, socket: ClosableFD)
    }

    /// What is left to be done by a closing thread.
    private enum Closing: Sendable {
        case session(DeletionCheck.Closed, SessionObjects?, PPPUnit?)
        case tunnel(serial: UInt64, id: UInt32, isMade: Bool, socket: ClosableFD)
    }

    /// Interfaces about to be deleted are put in this group: "L2TP" in ASCII, which no configuration should use.
    static let condemned = InterfaceGroup(rawValue: 0x4c32_5450)
    private static let mostClosers = 32

    /// Nil ends a worker.
    private let incoming: Mailbox<Job?>
    private let closing = WorkQueue<Closing?>()
    private let check: DeletionCheck
    private let family: L2TPFamily
    private let results: Mailbox<WorkerResult>
    private var closers = 0
    /// Jobs that have not been answered.
    private var waiting = 0

    init(_ family: L2TPFamily, results: Mailbox<WorkerResult>) throws(Errno) {
        incoming = try Mailbox()
        check = try DeletionCheck(family, results: results)
        self.family = family
        self.results = results
        try WorkerThread.start(named: "l2tpd-condemn") { [incoming, closing] in
            var condemner = Condemner(family: family)
            while true {
                let batch = incoming.waitAndDrain()
                condemner.condemn(batch.compactMap(\.self), closing)
                guard batch.allSatisfy({ $0 != nil }) else {
                    closing.post([Closing?](repeating: nil, count: batch.count))
                    return
                }
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
        try WorkerThread.start(named: "l2tpd-close") { [closing, check, results, family] in
            while let job = closing.take() {
                switch job {
                case .session(let session, let objects, let unit):
                    unit?.close()
                    objects?.channel.close()
                    objects?.socket.close()
                    // A PPPoE session is gone with its socket.
                    if session.key.isAccess {
                        results.post(.sessionDeleted(session.serial, session.counters))
                    } else {
                        check.post(session)
                    }
                case .tunnel(let serial, let id, let isMade, let socket):
                    if isMade { try? L2TPNetlink(family).removeTunnel(id: id) }
                    socket.close()
                    results.post(.tunnelDeleted(serial))
                }
            }
        }
        closers += 1
    }

    /// Stops all traffic, reads the last counters, and passes on to the closing threads.
    private struct Condemner {
        let family: L2TPFamily
        // Without these, descriptors having run out, the closing threads do it all, more slowly.
        private var route: RouteNetlink?
        private var l2tp: L2TPNetlink?

        // Opened at the start, so that a daemon that has worked holds no more descriptors than one that has not.
        init(family: L2TPFamily) {
            self.family = family
            route = try? RouteNetlink()
            l2tp = try? L2TPNetlink(family)
        }

        mutating func condemn(_ jobs: [Job], _ closing: WorkQueue<Closing?>) {
            route = route ?? (try? RouteNetlink())
            l2tp = l2tp ?? (try? L2TPNetlink(family))
            // An interface's own go with it.
            let ofInterfaces = jobs.map { interfaceCounters($0) }
            stopTraffic(
                of: jobs.compactMap { job in
                    guard case .session(_, _, _, let unit) = job else { return nil }
                    return unit
                })
            // All before the first is closed: while descriptors are being closed every answer takes milliseconds.
            let rest = zip(jobs, ofInterfaces).map { job, ofInterface -> Closing in
                switch job {
                case .session(let serial, let key, let objects, let unit):
                    let hasCounters = objects != nil && !key.isAccess
                    let session = hasCounters ? try? l2tp?.session(tunnel: key.tunnel, id: key.session) : nil
                    let closed = DeletionCheck.Closed(
                        serial: serial, key: key, counters: session?.counters ?? ofInterface)
                    return .session(closed, objects, unit)
                case .tunnel(let serial, let id, let isMade, let socket):
                    return .tunnel(serial: serial, id: id, isMade: isMade, socket: socket)
                }
            }
            closing.post(rest)
        }

        /// Of a session that is in no tunnel.
        private func interfaceCounters(_ job: Job) -> SessionCounters? {
            guard case .session(_, let key, _, let unit?) = job, key.isAccess else { return nil }
            return (try? route?.counters(ofInterface: unit.interfaceIndex))?[unit.interfaceIndex]
        }

        /// Several interfaces are deleted together; one alone goes with its descriptor, and is only shut here.
        private func stopTraffic(of units: [PPPUnit]) {
            guard units.count > 1, let route else {
                for unit in units {
                    for networkProtocol in NetworkProtocol.allCases { try? unit.set(networkProtocol, passes: false) }
                }
                return
            }
            guard (try? route.setGroup(condemned, of: units.map(\.interfaceIndex))) != nil else { return }
            try? route.deleteLinks(of: condemned)
        }
    }
}
