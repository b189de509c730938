import Configuration
import Instants

/// The voluntary clients: which are wanted, and when each is dialled.
final class Clients {
    let log: Journal
    let hooks: Hooks
    private var lines: [String: ClientLine] = [:]

    init(_ clients: [Client], hooks: Hooks, log: Journal) {
        self.hooks = hooks
        self.log = log
        for client in clients { lines[client.name] = ClientLine(client) }
    }

    subscript(name: String) -> ClientLine? { lines[name] }

    /// By name.
    var all: [ClientLine] { lines.values.sorted { $0.client.name < $1.client.name } }

    /// Persistent ones are dialled at once.
    func start(at now: Instant) {
        for line in lines.values where line.client.isPersistent { up(line, at: now) }
    }

    /// A reload: calls that stand keep what they were made with. Returns the calls of clients that are no more.
    func apply(_ clients: [Client], at now: Instant) -> [ClientCall] {
        let names = Set(clients.map(\.name))
        var orphans: [ClientCall] = []
        for (name, line) in lines where !names.contains(name) {
            lines[name] = nil
            line.isWanted = false
            if let call = line.call { orphans.append(call) }
        }
        for client in clients {
            if let line = lines[client.name] {
                guard line.client != client else { continue }
                line.client = client
                line.redial = Redial(initial: client.redialInitial, cap: client.redialCap)
                if client.isPersistent { up(line, at: now) }
            } else {
                let line = ClientLine(client)
                lines[client.name] = line
                if client.isPersistent { up(line, at: now) }
            }
        }
        return orphans
    }

    /// It is wanted, and dialled without further waiting; again whenever it is lost only if it is persistent.
    func up(_ line: ClientLine, at now: Instant) {
        let wasWanted = line.isWanted
        line.isWanted = true
        line.redial.reset()
        if case .calling = line.stage {
            line.isDialledNext = !wasWanted
        } else {
            line.stage = .waiting(until: now)
        }
    }

    /// Nobody wants it any more; its call is to be ended by the caller.
    func down(_ line: ClientLine) -> ClientCall? {
        line.isWanted = false
        line.isDialledNext = false
        if let call = line.call { return call }
        line.stage = .down
        return nil
    }

    /// Nobody is dialled any more.
    func stop() {
        for line in lines.values { _ = down(line) }
    }

    /// When `due` has something to give.
    var deadline: Instant? {
        let redials = lines.values.compactMap { line in
            if case .waiting(let until) = line.stage { until } else { nil }
        }
        return (redials + [hooks.deadline].compactMap(\.self)).min()
    }

    /// Those that are to be dialled now.
    func due(at now: Instant) -> [ClientLine] {
        all.filter { line in
            if case .waiting(let until) = line.stage { until <= now } else { false }
        }
    }

    /// A call is over, and nothing of it is left.
    func ended(_ call: ClientCall, _ reason: String, retry: Instant? = nil, at now: Instant) {
        let line = call.line
        guard line.call === call else { return }
        if line.isDialledNext {
            line.isDialledNext = false
            line.stage = .waiting(until: now)
            return
        }
        let lasted = call.opened.map { now - $0 }
        if line.isWanted { line.lastFailure = reason }
        if lasted != nil { line.failures = 0 }
        line.failures += line.isWanted ? 1 : 0
        var fields: Facts = ["client": "\(line.client.name)", "reason": "\(reason)"]
        guard line.isWanted, line.client.isPersistent else {
            line.stage = .down
            log.notice("client down", fields)
            line.isWanted = false
            return
        }
        let until = max(now + line.redial.pause(after: lasted ?? .zero), retry ?? now)
        line.stage = .waiting(until: until)
        fields["redial_seconds"] = "\(now.seconds(until: until))"
        log.notice("client down", fields)
    }
}
