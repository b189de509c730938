import DataPlane
import EventLoop
import Instants
import Linux

/// The programs that clients have run when they go up and down, and outgoing calls to wake the called: one at a time for
/// each owner, none for ever, and none that the loop waits for.
final class Hooks {

    /// Whose hook it is.
    enum Owner: Hashable, CustomStringConvertible {
        case client(String)
        case call(SessionKey)

        var description: String {
            switch self {
            case .client(let name): "client \(name)"
            case .call(let key): "call \(key)"
            }
        }
    }

    /// One run of a hook.
    struct Run {
        var owner: Owner
        var program: String
        var limit: Duration
        /// Without PATH.
        var environment: [String: String]
    }

    private struct Running {
        var run: Run
        var process: ChildProcess
        var deadline: Instant
        var isOverdue = false
    }

    private let loop: EventLoop
    private let log: Journal
    private var running: [UInt64: Running] = [:]
    private var waiting: [Run] = []
    private var lastNumber: UInt64 = 0
    private var failures: [(owner: Owner, reason: String)] = []

    init(loop: EventLoop, log: Journal) {
        self.loop = loop
        self.log = log
    }

    var isIdle: Bool { running.isEmpty && waiting.isEmpty }

    /// Those that were not begun, did not end in time or ended otherwise than with status 0, since this was last asked.
    func takeFailures() -> [(owner: Owner, reason: String)] {
        defer { failures = [] }
        return failures
    }

    /// When one has had its time.
    var deadline: Instant? { running.values.map(\.deadline).min() }

    func start(_ run: Run, at now: Instant) {
        waiting.append(run)
        startWaiting(at: now)
    }

    /// A program's descriptor has something to say: it has ended.
    func handle(_ number: UInt64, at now: Instant) {
        guard let ended = running[number], let end = ended.process.reap() else { return }
        running[number] = nil
        loop.remove(ended.process.descriptor)
        // One that was killed for its slowness was complained about then.
        if end != .exited(0), !ended.isOverdue { complain(ended.run, "\(end)") }
        startWaiting(at: now)
    }

    /// Ends those that have had their time; `handle` then hears of it.
    func timeout(at now: Instant) {
        for (number, overdue) in running where overdue.deadline <= now {
            if !overdue.isOverdue { complain(overdue.run, "ended: it took more than \(overdue.run.limit)") }
            overdue.process.end()
            running[number]?.isOverdue = true
            // Killed, it is gone in a moment; until then it is not killed again.
            running[number]?.deadline = now + .seconds(1)
        }
    }

    /// Starts what waits and has no predecessor of the same owner's.
    private func startWaiting(at now: Instant) {
        var later: [Run] = []
        for run in waiting {
            let isTaken = (running.values.map(\.run) + later).contains { $0.owner == run.owner }
            if isTaken { later.append(run) } else { begin(run, at: now) }
        }
        waiting = later
    }

    private func begin(_ run: Run, at now: Instant) {
        lastNumber += 1
        let variables = run.environment.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { $1 }
        do throws(Errno) {
            let process = try ChildProcess(
                run.program, environment: variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
            try watch(process)
            running[lastNumber] = Running(run: run, process: process, deadline: now + run.limit)
        } catch {
            complain(run, "\(error)")
        }
    }

    private func watch(_ process: ChildProcess) throws(Errno) {
        do throws(Errno) {
            try loop.add(process.descriptor, .hook(lastNumber))
        } catch {
            process.end()
            while process.reap() == nil {}
            throw error
        }
    }

    private func complain(_ run: Run, _ what: String) {
        failures.append((run.owner, what))
        log.warning("hook failed", ["owner": "\(run.owner)", "hook": "\(run.program)", "error": "\(what)"])
    }
}
