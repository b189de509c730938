import EventLoop
import Linux
import Netlink

/// Asks the kernel how things are: a dump of many sessions takes a while.
final class Observer: Sendable {
    enum Job: Sendable {
        /// Of the sessions of tunnels, and of these, which have none, by their interfaces; and whether what is expected is
        /// there.
        case readCounters(interfaces: [Int32: SessionKey], expecting: Expected)
        /// Somebody else may have deleted these.
        case verify(Expected)
    }

    /// Nil ends the worker.
    private let jobs: Mailbox<Job?>

    init(_ family: L2TPFamily, results: Mailbox<WorkerResult>) throws(Errno) {
        jobs = try Mailbox()
        try WorkerThread.start(named: "l2tpd-observe") { [jobs] in
            var observation = Observation(family)
            while true {
                for job in jobs.waitAndDrain(until: observation.deadline) {
                    guard let job else { return }
                    switch job {
                    case .readCounters(let interfaces, let expected):
                        let (counters, losses) = observation.look(interfaces, expected)
                        results.post([.counters(counters), .lost(losses)])
                    case .verify(let expected): observation.doubt(expected)
                    }
                }
                let losses = observation.lookAgain()
                if !losses.isEmpty { results.post(.lost(losses)) }
            }
        }
    }

    deinit {
        jobs.post(nil)
    }

    func post(_ job: Job) {
        jobs.post(job)
    }
}
