import Glibc
import Synchronization

/// A descriptor whose owner says when and on which thread it is closed, although others still refer to it: closing one
/// of the kernel's PPP descriptors takes milliseconds. Left alone, it is closed with the last reference.
package final class ClosableFD: Sendable {
    /// Stands for the open file until `close`; whoever closes has made sure that nobody uses it any more.
    package let rawValue: Int32
    private let isClosed = Atomic<Bool>(false)

    package init(_ descriptor: consuming OwnedFD) {
        rawValue = descriptor.release()
    }

    deinit {
        close()
    }

    /// Closes it now; again: does nothing.
    package func close() {
        if !isClosed.exchange(true, ordering: .acquiringAndReleasing) { _ = Glibc.close(rawValue) }
    }
}
