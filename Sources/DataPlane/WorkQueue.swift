import Dispatch
import Synchronization

/// Jobs for several threads, each job for one of them.
///
/// A semaphore wakes one thread a job. Of an eventfd each post would wake all who wait, to put all but one to sleep again.
final class WorkQueue<Job: Sendable>: Sendable {
    private let waiting = DispatchSemaphore(value: 0)
    private let jobs = Mutex<ArraySlice<Job>>([])

    func post(_ several: [Job]) {
        jobs.withLock { $0 += several }
        for _ in several { waiting.signal() }
    }

    /// Blocks the calling thread until there is a job for it.
    func take() -> Job {
        while true {
            waiting.wait()
            if let job = jobs.withLock({ $0.popFirst() }) { return job }
        }
    }
}
