import EventLoop
import Linux
import Netlink
import Synchronization

/// Attaches channels to sessions. Kernels 6.1.192 and 6.12.117 wait for a grace period (about 20 ms) when a session's
/// socket is bound to its channel (PPPIOCGCHAN), to lose no frame; 6.1.174 did not. It needs no lock, so many threads wait
/// side by side.
///
/// The setup worker's own: it alone posts.
final class AttachWorkers {
    struct Job: Sendable {
        var serial: UInt64
        var key: SessionKey
        var socket: PPPoXSocket
    }

    private static let mostThreads = 32

    private let family: L2TPFamily
    private let results: Mailbox<WorkerResult>
    /// Nil ends a thread.
    private let jobs = WorkQueue<Job?>()
    private let waiting = Counter()
    private var threads = 0

    init(_ family: L2TPFamily, results: Mailbox<WorkerResult>) {
        self.family = family
        self.results = results
    }

    deinit {
        jobs.post([Job?](repeating: nil, count: threads))
    }

    func post(_ job: Job) {
        if waiting.add(1) > threads, threads < Self.mostThreads { try? startThread() }
        if threads > 0 {
            jobs.post([job])
        } else {
            results.post(Self.attach(job, family))
        }
    }

    private func startThread() throws(Errno) {
        try WorkerThread.start(named: "l2tpd-attach") { [jobs, results, waiting, family] in
            while let job = jobs.take() {
                results.post(Self.attach(job, family))
                waiting.add(-1)
            }
        }
        threads += 1
    }

    /// What was made before a step failed is unmade.
    private static func attach(_ job: Job, _ family: L2TPFamily) -> WorkerResult {
        do throws(Errno) {
            let channel = try PPPChannel(number: try job.socket.channelNumber())
            return .session(job.serial, .success(SessionObjects(socket: job.socket, channel: channel)))
        } catch {
            job.socket.close()
            // The kernel deletes the session with its socket anyway, but not always at once.
            if !job.key.isAccess { try? L2TPNetlink(family).removeSession(job.key) }
            return .session(job.serial, .failure(DataPlaneError(.attachChannel, error)))
        }
    }
}

/// A number that several threads change.
final class Counter: Sendable {
    private let value = Atomic<Int>(0)

    /// The number afterwards.
    @discardableResult
    func add(_ change: Int) -> Int {
        value.add(change, ordering: .acquiringAndReleasing).newValue
    }
}
