import Instants
import L2TPWire

/// The tunnel's control connection: its beginning, its end and its timers.
extension Tunnel {
    /// Gives the control connection an event and does what follows.
    mutating func tell(
        _ event: ControlConnection.Event, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        for effect in connection.handle(event, at: now, using: &random) {
            switch effect {
            case .send(let message): send(message, using: &random)
            case .met(let peer):
                peerTunnelID = peer.assignedTunnelID
                delivery.adopt(peerReceiveWindow: peer.receiveWindow)
            case .opened: announceOpen(at: now, using: &random)
            case .queued: break
            case .stop(let code):
                finish(.local(code))
                let message = StopCCN(assignedTunnelID: localTunnelID, resultCode: code)
                stopReceipt = delivery.stop(with: encode(.stopCCN(message), using: &random), at: now)
            case .end(let end):
                finish(end)
                if case .peer = end { delivery.hold(at: now) } else { delivery.finish() }
            }
        }
    }

    mutating func close(
        _ code: ResultCode<StopCCNResult>, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard isRunning else { return }
        guard connection.tableState == .idle else { return tell(.localClose(code), at: now, using: &random) }
        // Nobody has heard of it.
        finish(.local(code))
        delivery.finish()
    }

    mutating func abandon(at now: Instant, using random: inout some RandomNumberGenerator) {
        if isRunning {
            tell(.abandon, at: now, using: &random)
            if isRunning { finish(.abandoned) }
        }
        delivery.finish()
    }

    /// The end of every call, and then of the tunnel.
    private mutating func finish(_ end: TunnelEnd) {
        reportProbe(isAlive: false)
        for id in calls.keys.sorted(by: { $0.rawValue < $1.rawValue }) { outputs.append(.callClosed(id, .tunnel(end))) }
        calls = [:]
        callsByPeerID = [:]
        waitingCalls = []
        setupDeadlines.removeAll()
        lingerDeadline = nil
        outputs.append(.closed(end))
    }

    private mutating func announceOpen(at now: Instant, using random: inout some RandomNumberGenerator) {
        if !isOpen {
            isOpen = true
            lastHeard = now
            delivery.policy = configuration.retransmission
            outputs.append(.opened)
        }
        let waiting = waitingCalls
        waitingCalls = []
        for id in waiting { request(id, at: now, using: &random) }
    }

    /// What is due.
    mutating func expire(at now: Instant, using random: inout some RandomNumberGenerator) {
        switch delivery.timeout(at: now) {
        case .peerLost: tell(.peerLost, at: now, using: &random)
        case .holdOver, nil: break
        }
        if let deadline = connection.deadline, deadline <= now { tell(.timeout, at: now, using: &random) }
        while let (time, id) = setupDeadlines.first, time <= now {
            setupDeadlines.removeFirst(1)
            if let deadline = calls[id]?.deadline, deadline <= now { tell(id, .timeout, using: &random) }
        }
        if let deadline = helloDeadline, deadline <= now { send(.hello(Hello()), using: &random) }
        if let probe, probe.until <= now { reportProbe(isAlive: false) }
        if let deadline = lingerDeadline, deadline <= now {
            tell(.localClose(ResultCode(.generalClear, text: "no calls")), at: now, using: &random)
        }
    }

    /// A HELLO is due when the peer has been silent, unless a message of ours is asking already.
    var helloDeadline: Instant? {
        guard connection.tableState == .established, delivery.depth == 0, let lastHeard,
            let interval = configuration.helloInterval
        else { return nil }
        return lastHeard + interval
    }

    mutating func startProbe(at now: Instant, using random: inout some RandomNumberGenerator) {
        guard connection.tableState == .established else { return outputs.append(.probed(isAlive: false)) }
        guard probe == nil else { return }
        probe = (send(.hello(Hello()), using: &random), now + configuration.probeTimeout)
    }

    private mutating func reportProbe(isAlive: Bool) {
        guard probe != nil else { return }
        probe = nil
        outputs.append(.probed(isAlive: isAlive))
    }

    /// What follows from an input as a whole: acknowledgements that came, timers that no longer matter.
    mutating func settle(at now: Instant) {
        if let probe, delivery.isAcknowledged(probe.receipt) { reportProbe(isAlive: true) }
        while let (time, id) = setupDeadlines.first, calls[id]?.deadline != time { setupDeadlines.removeFirst(1) }
        let lingers = connection.tableState == .established && calls.isEmpty
        if !lingers {
            lingerDeadline = nil
        } else if lingerDeadline == nil {
            lingerDeadline = configuration.linger.map { now + $0 }
        }
        if delivery.phase == .finished {
            stopReceipt = nil
            if !hasFinished { outputs.append(.finished) }
            hasFinished = true
        } else if let receipt = stopReceipt, delivery.isAcknowledged(receipt) {
            stopReceipt = nil
            outputs.append(.stopAcknowledged)
        }
    }
}
