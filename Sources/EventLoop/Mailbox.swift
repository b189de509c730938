import CLinux
import Glibc
package import Instants
package import Linux
import Synchronization

/// Values from other threads to the loop's (or to a worker's): an eventfd to watch, and a lock around a queue.
package final class Mailbox<Message: Sendable>: Sendable {
    private let signal: OwnedFD
    private let messages = Mutex<[Message]>([])

    package init() throws(Errno) {
        signal = OwnedFD(
            adopting: try systemCall("eventfd") {
                eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
            })
    }

    /// For `EventLoop.add`: readable while messages wait.
    package var descriptor: Int32 { signal.rawValue }

    /// From any thread.
    package func post(_ message: Message) {
        post([message])
    }

    /// From any thread; the messages stay together and in order.
    package func post(_ several: [Message]) {
        guard !several.isEmpty else { return }
        // Where messages wait already, whoever put the first of them has said so, or is about to.
        let isFirst = messages.withLock { waiting in
            defer { waiting += several }
            return waiting.isEmpty
        }
        guard isFirst else { return }
        var one: UInt64 = 1
        // Fails only when 2^64 - 2 posts are unread, and then the descriptor is readable anyway.
        _ = unsafe write(signal.rawValue, &one, 8)
    }

    /// All that waits, in order; empty when nothing does.
    package func drain() -> [Message] {
        var count: UInt64 = 0
        _ = unsafe read(signal.rawValue, &count, 8)
        return messages.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    /// Blocks the calling thread until there is something, or until the deadline: then it is empty. Not for the loop's
    /// thread.
    package func waitAndDrain(until deadline: Instant? = nil) -> [Message] {
        while true {
            let batch = drain()
            if !batch.isEmpty { return batch }
            var patience: Int32 = -1
            if let deadline {
                let (seconds, attoseconds) = (deadline - .now).components
                guard seconds > 0 || seconds == 0 && attoseconds > 0 else { return [] }
                // Rounded up, so that it does not come too early.
                patience = Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
            }
            var poller = pollfd(fd: signal.rawValue, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&poller, 1, patience)
        }
    }
}
