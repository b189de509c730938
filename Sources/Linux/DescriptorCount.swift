import Glibc
import Synchronization

/// How many descriptors this process has open, told without a wait.
///
/// From Linux 6.2 on the size of /proc/self/fd is their number. Before, it has to be gone through, which takes tens of milliseconds
/// where there are thousands: then a thread does it, and what is told is what it found the last time.
package final class DescriptorCount: Sendable {
    private let found: Atomic<Int>
    private let isCounting = Atomic(false)

    package init() {
        found = Atomic(Self.walk())
    }

    package func read() -> Int {
        var status = stat()
        if unsafe stat(Self.folder, &status) == 0, status.st_size > 0 { return Int(status.st_size) }
        if !isCounting.exchange(true, ordering: .acquiringAndReleasing) {
            do throws(Errno) {
                try WorkerThread.start(named: "l2tpd-count") { [self] in
                    found.store(Self.walk(), ordering: .releasing)
                    isCounting.store(false, ordering: .releasing)
                }
            } catch {
                isCounting.store(false, ordering: .releasing)
            }
        }
        return found.load(ordering: .acquiring)
    }

    private static let folder = "/proc/self/fd"

    private static func walk() -> Int {
        guard let folder = unsafe opendir(folder) else { return 0 }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        // Without ".", ".." and the folder's own.
        return count - 3
    }
}
