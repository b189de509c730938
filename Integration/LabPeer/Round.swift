import EventLoop
import Instants
import Linux
import PPP

/// One time up, held, and down again.
final class Round {
    private enum Stage {
        case settingUp(until: Instant)
        /// The calls are up, and data is to pass in each.
        case pinging(until: Instant)
        case holding(until: Instant)
        /// The calls end, and then what carried them.
        case closingCalls(began: Instant, until: Instant)
        case closingCarriers(began: Instant, until: Instant)
        case over
    }

    private let plan: Plan
    private let loop: EventLoop
    private let carriers: [any Carrier]
    private let began: Instant
    private var stage: Stage
    private var lastScan: Instant
    private var placed = 0
    /// Calls that are up as far as the plan wants them, or never will be.
    private var settled = 0
    private var opened: [SubscriberSession] = []
    /// Those through which data has passed, or never will.
    private var answered = 0
    /// Calls that ended without ever being up.
    private var failed: [SubscriberSession] = []
    private(set) var report = RoundReport()

    /// Sessions' deadlines are looked at no more often than this.
    private static let grain = Duration.milliseconds(50)

    /// - Parameter number: counts the rounds.
    init(_ plan: Plan, number: Int, loop: EventLoop) throws {
        self.plan = plan
        self.loop = loop
        carriers = try plan.carriers(round: number)
        for (index, carrier) in carriers.enumerated() {
            for descriptor in carrier.descriptors {
                try loop.add(descriptor, Token(owner: 1, value: UInt64(index)))
            }
        }
        began = .now
        lastScan = began
        stage = .settingUp(until: began + plan.patience)
        report.sessions = plan.sessions
        if case .l2tp(let tunnels) = plan.carriage { report.tunnels = tunnels.count }
    }

    deinit {
        for descriptor in carriers.flatMap(\.descriptors) { loop.remove(descriptor) }
    }

    /// Runs to the round's end. True: a signal came, and it is to be the last.
    func run() throws(Errno) -> Bool {
        var isInterrupted = false
        for carrier in carriers { note(carrier.open(at: .now), at: .now) }
        while true {
            let now = Instant.now
            advance(at: now)
            if case .over = stage { break }
            for event in try loop.wait(until: deadline(at: now)) {
                switch event {
                case .readable(let token), .hangUp(let token):
                    note(carriers[Int(token.value)].drain(at: .now), at: .now)
                case .signal:
                    if isInterrupted { return true }
                    isInterrupted = true
                    stage = .holding(until: .now)
                case .deadline, .writable: break
                }
            }
            scan(at: .now)
        }
        finish()
        return isInterrupted
    }

    // MARK: - The stages

    private func advance(at now: Instant) {
        switch stage {
        case .settingUp(let until):
            placeCalls(at: now)
            if settled == plan.sessions, plan.pings == .atTheEnd {
                stage = .pinging(until: now + plan.patience)
                for carrier in carriers { note(carrier.ping(at: now), at: now) }
            } else if settled == plan.sessions {
                hold(at: now)
            } else if until <= now {
                for _ in settled..<plan.sessions { report.fail("not up in time") }
                stage = .holding(until: now)
            }
        case .pinging(let until):
            if answered == opened.count || until <= now { hold(at: now) }
        case .holding(let until):
            let serverIsDone = plan.closing == .server && !carriers.contains(where: \.hasCalls)
            guard serverIsDone || until <= now else { return }
            if plan.closing == .server, !serverIsDone { report.fail("the server did not close") }
            beginClosing(at: now)
        case .closingCalls(let began, let until):
            if callsAreOver {
                stage = .closingCarriers(began: began, until: until)
                for carrier in carriers { note(carrier.close(at: now), at: now) }
            } else if until <= now {
                report.fail("calls not closed in time")
                stage = .over
            }
        case .closingCarriers(let began, let until):
            if carriers.allSatisfy(\.isStopped) {
                report.teardownSeconds = (now - began).inSeconds
                stage = .over
            } else if until <= now {
                report.fail("StopCCN not acknowledged in time")
                stage = .over
            }
        case .over: break
        }
        // A stage that is entered may be over at once.
        switch stage {
        case .closingCalls(_, let until) where until > now && callsAreOver,
            .closingCarriers(_, let until) where until > now && carriers.allSatisfy(\.isStopped):
            advance(at: now)
        default: break
        }
    }

    private func hold(at now: Instant) {
        noteSetUp()
        stage = .holding(until: now + plan.hold)
    }

    private var callsAreOver: Bool { carriers.allSatisfy(\.callsAreOver) }

    private func placeCalls(at now: Instant) {
        while placed < plan.sessions, placed - settled < plan.window, (nextCall ?? now) <= now {
            placed += 1
            note(carriers[placed % carriers.count].placeCall(placed, at: now), at: now)
        }
    }

    private var nextCall: Instant? {
        plan.rate.map { began + .seconds(Double(placed) / $0) }
    }

    private func beginClosing(at now: Instant) {
        let until = now + plan.patience
        switch plan.closing {
        case .kill:
            stage = .over
            return
        case .stopccn:
            stage = .closingCarriers(began: now, until: until)
            for carrier in carriers { note(carrier.close(at: now), at: now) }
            return
        case .cdn, .padt:
            stage = .closingCalls(began: now, until: until)
            for carrier in carriers { note(carrier.closeCalls(at: now), at: now) }
        case .terminate:
            stage = .closingCalls(began: now, until: until)
            for carrier in carriers { note(carrier.terminateCalls(at: now), at: now) }
        case .server:
            stage = .closingCalls(began: now, until: until)
        }
    }

    private func noteSetUp() {
        if let last = opened.compactMap(\.opened).max() {
            let seconds = (last - began).inSeconds
            report.setupSeconds = seconds
            report.sessionsPerSecond = Double(opened.count) / max(seconds, 0.001)
        }
        if let last = opened.compactMap(\.answered).max() { report.dataSeconds = (last - began).inSeconds }
        let seconds = report.setupSeconds.map { "\(Int($0 * 1000)) ms" } ?? "no time"
        CurrentProcess.complain("lab-peer: \(opened.count) of \(plan.sessions) sessions up in \(seconds)")
    }

    // MARK: - What happens

    private func note(_ changes: [CarrierChange], at now: Instant) {
        for change in changes {
            switch change {
            case .opened(let session):
                opened.append(session)
                if let address = session.ipv4?.local { report.addresses.append("\(address)") }
            case .settled: settled += 1
            case .answered: answered += 1
            case .callEnded(let session, let reason):
                if session?.isSettled != true { settled += 1 }
                if case .pinging = stage, session?.answered == nil { answered += 1 }
                if let session, session.opened == nil { failed.append(session) }
                // While we hold or close, an end is what was wanted, or it is the server's turn.
                switch stage {
                case .settingUp, .pinging: fail(session, reason)
                case .holding where plan.closing != .server: fail(session, reason)
                case .holding, .closingCalls, .closingCarriers, .over: break
                }
            case .ended(let reason, let isByServer):
                if case .holding = stage, isByServer, plan.closing == .server { break }
                report.fail(reason)
            }
        }
    }

    private func fail(_ session: SubscriberSession?, _ reason: String) {
        report.fail(reason + (session?.linkEnd.map { "; PPP: \($0.text)" } ?? ""))
    }

    private func deadline(at now: Instant) -> Instant? {
        let scan = carriers.compactMap(\.deadline).min().map { max($0, lastScan + Self.grain) }
        let next: Instant?
        switch stage {
        case .settingUp(let until):
            let mayPlace = placed < plan.sessions && placed - settled < plan.window
            next = mayPlace ? min(nextCall ?? until, until) : until
        case .pinging(let until), .holding(let until), .closingCalls(_, let until), .closingCarriers(_, let until):
            next = until
        case .over: next = now
        }
        return earlier(scan, next)
    }

    private func scan(at now: Instant) {
        guard lastScan + Self.grain <= now else { return }
        lastScan = now
        for carrier in carriers where carrier.deadline.map({ $0 <= now }) == true {
            note(carrier.timeout(at: now), at: now)
        }
    }

    private func finish() {
        report.opened = opened.count
        report.answered = opened.count { $0.answered != nil }
        report.echoesAnswered = opened.reduce(0) { $0 + $1.echoesAnswered }
        report.durations = Percentiles(opened.compactMap { session in session.opened.map { $0 - session.placed } })
        report.retransmissions = carriers.reduce(0) { $0 + $1.retransmissions }
        report.lcpRequestsReceived = (opened + failed).reduce(0) { $0 + $1.lcpRequestsReceived }
        report.challengesReceived = (opened + failed).reduce(0) { $0 + $1.challengesReceived }
        report.burstAnswered = (opened + failed).reduce(0) { $0 + ($1.burst?.answered ?? 0) }
        report.burstMisplaced = (opened + failed).reduce(0) { $0 + ($1.burst?.misplaced ?? 0) }
        let counts = Dictionary(report.addresses.map { ($0, 1) }, uniquingKeysWith: +)
        report.duplicateAddresses = counts.filter { $0.value > 1 }.keys.sorted()
        if plan.pings != nil, report.answered < report.opened { report.fail("a ping was not answered") }
    }
}
