import Addresses
import Netlink
import Synchronization

/// What a worker posts back to the loop's thread. Numbers are the serial numbers of tunnel and session records: ids may
/// be used again, these are not.
enum WorkerResult: Sendable {
    /// The record was deleted before the work began.
    case skipped(UInt64)
    case tunnel(UInt64, DataPlaneError?)
    case session(UInt64, Result<SessionObjects, DataPlaneError>)
    case unit(UInt64, Result<PPPUnit, DataPlaneError>)
    case configured(UInt64, NetworkProtocol, DataPlaneError?)
    case withdrawn(UInt64, NetworkProtocol)
    /// What was pinned on the way, also where a later step failed.
    case routed(UInt64, pinned: IPAddress?, DataPlaneError?)
    case unpinned
    case tunnelDeleted(UInt64)
    case sessionDeleted(UInt64, SessionCounters?)
    case counters([SessionKey: SessionCounters])
    case leftovers([LeftoverTunnel])
    case lost(Losses)
}

extension WorkerResult {
    /// Whose order it answers: each order has one answer. Nil: nobody's, it was found.
    var worker: Backlog.Worker? {
        switch self {
        case .skipped, .tunnel, .session, .unit, .configured, .withdrawn, .routed, .unpinned, .leftovers: .setup
        case .tunnelDeleted, .sessionDeleted: .teardown
        case .counters: .observer
        case .lost: nil
        }
    }
}

/// What a session that is ready consists of.
struct SessionObjects: Sendable {
    var socket: PPPoXSocket
    var channel: PPPChannel
}

/// What the loop's thread and the workers both see of a tunnel or session.
final class Ticket: Sendable {
    /// The loop's thread wants it gone: work that has not begun is not worth beginning.
    let isCancelled = Flag()
    /// The setup worker has made it.
    let isMade = Flag()
}

/// Something that becomes true once, seen by several threads.
final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() {
        value.store(true, ordering: .releasing)
    }
}
