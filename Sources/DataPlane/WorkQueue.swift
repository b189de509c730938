import CLinux
import Glibc
import Linux
import Synchronization

/// Jobs for several threads, each job for one of them. A mailbox whose descriptor counts its messages.
final class WorkQueue<Job: Sendable>: Sendable {
    private let semaphore: OwnedFD
    private let jobs = Mutex<ArraySlice<Job>>([])

    init() throws(Errno) {
        semaphore = OwnedFD(
            adopting: try systemCall("eventfd") { eventfd(0, Int32(EFD_SEMAPHORE | EFD_CLOEXEC)) })
    }

    func post(_ several: [Job]) {
        guard !several.isEmpty else { return }
        jobs.withLock { $0 += several }
        var count = UInt64(several.count)
        _ = unsafe write(semaphore.rawValue, &count, 8)
    }

    /// Blocks the calling thread until there is a job for it.
    func take() -> Job {
        while true {
            var one: UInt64 = 0
            _ = unsafe read(semaphore.rawValue, &one, 8)
            if let job = jobs.withLock({ $0.popFirst() }) { return job }
        }
    }
}
