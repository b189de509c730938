import CLinux
import Glibc
package import Instants
package import Linux

/// epoll, one timer and the signals, as values: the thread that calls `wait` runs everything.
///
///     while running {
///         for event in try loop.wait(until: deadline) { ... }
///     }
///
/// Level-triggered: what is not read now is told again on the next turn. A turn brings a bounded number of events and
/// the kernel rotates among ready descriptors, so that none starves the others.
package final class EventLoop {
    private let epoll: OwnedFD
    private let timer: OwnedFD
    /// A set without signals is a descriptor that is never readable.
    private let signals: OwnedFD
    /// What the timer is set to, to spare a system call when the next wait has the same deadline.
    private var armed: Instant?

    private static let timerToken = Token(rawValue: .max)
    private static let signalToken = Token(rawValue: .max - 1)

    /// Blocks the given signals in the calling thread, and in the threads that it starts from now on, to receive
    /// them as events: make the loop before any thread.
    package init(signals watched: Set<Signal> = []) throws(Errno) {
        epoll = OwnedFD(adopting: try systemCall("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        // CLOCK_BOOTTIME is the clock of `Instant`.
        timer = OwnedFD(
            adopting: try systemCall("timerfd_create") {
                timerfd_create(CLOCK_BOOTTIME, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
            })
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in watched { unsafe sigaddset(&set, signal.number) }
        let code = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        guard code == 0 else { throw Errno("pthread_sigmask", code: code) }
        signals = OwnedFD(
            adopting: try systemCall("signalfd") {
                unsafe signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
            })
        try control(EPOLL_CTL_ADD, timer.rawValue, Self.timerToken, .readable)
        try control(EPOLL_CTL_ADD, signals.rawValue, Self.signalToken, .readable)
    }

    /// Watches a descriptor that the caller keeps open. Tokens with owner 255 are the loop's own.
    package func add(_ descriptor: Int32, _ token: Token, for interest: Interest = .readable) throws(Errno) {
        try control(EPOLL_CTL_ADD, descriptor, token, interest)
    }

    /// Changes what a watched descriptor is watched for, or its token.
    package func change(_ descriptor: Int32, _ token: Token, for interest: Interest) throws(Errno) {
        try control(EPOLL_CTL_MOD, descriptor, token, interest)
    }

    /// Forgets a descriptor, before it is closed or handed to another thread. Events of the turn under way that name
    /// its token may still follow: the caller looks tokens up.
    package func remove(_ descriptor: Int32) {
        var unused = unsafe epoll_event()
        _ = unsafe epoll_ctl(epoll.rawValue, EPOLL_CTL_DEL, descriptor, &unused)
    }

    /// Waits until something happens or the deadline comes (nil: no deadline), and tells at most `limit` descriptors'
    /// events. A deadline that has passed still looks at the descriptors first.
    package func wait(until deadline: Instant?, limit: Int = 64) throws(Errno) -> [Event] {
        let isPast = deadline.map { $0 <= .now } ?? false
        if !isPast { try arm(deadline) }
        var events: [Event] = []
        var isDue = isPast
        for (mask, token) in try ready(limit, blocking: !isPast) {
            switch token {
            case Self.timerToken: isDue = true
            case Self.signalToken: events += receivedSignals()
            default: Self.append(mask, token, to: &events)
            }
        }
        if isDue {
            try arm(nil)
            events.append(.deadline)
        }
        return events
    }

    private func ready(_ limit: Int, blocking: Bool) throws(Errno) -> [(mask: UInt32, token: Token)] {
        var items = unsafe [epoll_event](repeating: epoll_event(), count: limit)
        let count = try systemCall("epoll_wait") {
            unsafe epoll_wait(epoll.rawValue, &items, Int32(limit), blocking ? -1 : 0)
        }
        return (0..<Int(count)).map { unsafe (items[$0].events, Token(rawValue: items[$0].data.u64)) }
    }

    private static func append(_ mask: UInt32, _ token: Token, to events: inout [Event]) {
        if mask & (EPOLLIN.rawValue | EPOLLERR.rawValue) != 0 { events.append(.readable(token)) }
        if mask & EPOLLOUT.rawValue != 0 { events.append(.writable(token)) }
        if mask & (EPOLLHUP.rawValue | EPOLLRDHUP.rawValue) != 0 { events.append(.hangUp(token)) }
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ token: Token, _ interest: Interest) throws(Errno) {
        var mask: UInt32 = 0
        if interest.contains(.readable) { mask |= EPOLLIN.rawValue }
        if interest.contains(.writable) { mask |= EPOLLOUT.rawValue }
        var event = unsafe epoll_event(events: mask, data: epoll_data_t(u64: token.rawValue))
        _ = try systemCall("epoll_ctl") { unsafe epoll_ctl(epoll.rawValue, operation, descriptor, &event) }
    }

    private func arm(_ deadline: Instant?) throws(Errno) {
        guard deadline != armed else { return }
        var setting = itimerspec()
        if let deadline {
            let (seconds, attoseconds) = max(.nanoseconds(1), deadline - .now).components
            setting.it_value.tv_sec = Int(seconds)
            // Rounded up: a timer that comes early would only cost a turn, but it would cost it every time.
            setting.it_value.tv_nsec = min(999_999_999, Int(attoseconds / 1_000_000_000) + 1)
        }
        _ = try systemCall("timerfd_settime") { unsafe timerfd_settime(timer.rawValue, 0, &setting, nil) }
        armed = deadline
    }

    private func receivedSignals() -> [Event] {
        var events: [Event] = []
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        while unsafe read(signals.rawValue, &information, size) == size {
            let number = Int32(bitPattern: information.ssi_signo)
            events += Signal.allCases.filter { $0.number == number }.map(Event.signal)
        }
        return events
    }
}

extension Signal {
    package var number: Int32 {
        switch self {
        case .terminate: SIGTERM
        case .interrupt: SIGINT
        case .hangUp: SIGHUP
        case .windowChange: SIGWINCH
        }
    }
}
