import ControlProtocol
import DataPlane
import EventLoop
import Instants

/// Whether the daemon does what it should: a probe's question.
extension Service {
    /// A turn of the event loop that takes longer keeps peers waiting.
    private static var longestTurn: Duration { .seconds(1) }
    /// A worker that takes longer for one order is stuck in the kernel.
    private static var longestSilence: Duration { .seconds(30) }

    func health(at now: Instant) -> HealthRecord {
        HealthRecord(checks: [
            .init("service", reasons: isStopping ? ["l2tpd is going down"] : []),
            .init("event_loop", reasons: slowTurns(at: now)),
            .init("workers", reasons: stuckWorkers(at: now)),
            .init("listeners", reasons: lostListeners),
            .init("control_socket", reasons: [control.fault].compactMap(\.self)),
            .init("pools", .warning, reasons: exhaustedPools),
        ])
    }

    private func slowTurns(at now: Instant) -> [String] {
        guard let slowest = turns.slowest(at: now), slowest > Self.longestTurn else { return [] }
        return ["a turn of the event loop took \(slowest.inSeconds) s within the last two minutes"]
    }

    private func stuckWorkers(at now: Instant) -> [String] {
        plane.backlogs.filter { $0.value.silence(at: now) > Self.longestSilence }
            .map { worker, backlog in
                let seconds = backlog.silence(at: now).components.seconds
                return "the worker \(worker.rawValue) has \(backlog.jobs) orders and has done none for \(seconds) s"
            }
            .sorted()
    }

    private var lostListeners: [String] {
        server.listeners.filter { !$0.hasAddress }.map { "\($0.local) is no address of this host any more" }
            + lac.ports.filter { !$0.socket.isUp }.map { "the access interface \($0.interface) is down" }
    }

    /// New subscribers are turned away, and those who are there do not notice.
    private var exhaustedPools: [String] {
        lns.pools.records.filter { $0.addresses > 0 && $0.free == 0 }.map { "the pool \($0.name) has no free address" }
    }
}

/// How long turns of the event loop took lately.
struct TurnWatch: Sendable {
    private var slotBegan: Instant?
    private var slowestOfSlot = Duration.zero
    private var slowestBefore = Duration.zero

    private static let slot: Duration = .seconds(60)

    mutating func note(_ time: Duration, at now: Instant) {
        let age = slotBegan.map { now - $0 } ?? .zero
        if slotBegan == nil || age >= Self.slot {
            slowestBefore = age < Self.slot * 2 ? slowestOfSlot : .zero
            slowestOfSlot = .zero
            slotBegan = now
        }
        slowestOfSlot = max(slowestOfSlot, time)
    }

    /// Of the last minute, or of up to two.
    func slowest(at now: Instant) -> Duration? {
        guard let slotBegan else { return nil }
        switch now - slotBegan {
        case ..<Self.slot: return max(slowestOfSlot, slowestBefore)
        case ..<(Self.slot * 2): return slowestOfSlot
        default: return nil
        }
    }
}
