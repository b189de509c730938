import Instants
import Configuration
import ControlProtocol
import DataPlane
import L2TPControl
import L2TPWire

/// Requests whose answers take time: lists and stories wait for the kernel's counters, and `open_call` and `open_tunnel` for what
/// becomes of the call and the tunnels.
extension Service {
    /// How long a request waits for fresh counters. Where the kernel takes longer the counters are those of before, no older
    /// than `countersInterval`, and of a long list only those of its first rows. Who asked for little waits longer.
    private func countersPatience(for request: Request) -> Duration {
        switch request {
        case .showTunnels, .showSessions: sessions.count < 1000 ? .seconds(1) : .milliseconds(50)
        default: .seconds(1)
        }
    }

    func awaitCounters(_ request: Request, for client: ControlClient, at now: Instant) {
        client.wait = .counters(request, until: now + countersPatience(for: request))
        plane.readCounters()
    }

    /// Places a client's call, whose outcome it waits for.
    func openCall(_ order: CallOrder, for client: ControlClient, at now: Instant) {
        do throws(ControlError) {
            client.wait = .call(try server.request(order, groups: configuration.groups, at: now))
        } catch {
            client.send(.error(error))
        }
    }

    /// Opens tunnels, which a client waits for.
    func openTunnels(_ order: TunnelOrder, for client: ControlClient, at now: Instant) {
        do throws(ControlError) {
            client.wait = .tunnels(try server.request(order, configuration, at: now))
        } catch {
            client.send(.error(error))
        }
    }

    /// The kernel's counters are fresh: answers who waited for them, and the requests behind.
    func answerWithCounters(at now: Instant) {
        for client in control.waiting {
            if case .counters(let request, _) = client.wait {
                conclude(client, at: now) { answerCounted(request, to: client, at: now) }
            }
        }
    }

    /// Answers those who have waited long enough, or whose call or tunnels have come about or failed.
    func answerWaiting(at now: Instant) {
        for client in control.waiting {
            switch client.wait {
            case .counters(let request, let until)? where until <= now:
                conclude(client, at: now) { answerCounted(request, to: client, at: now) }
            case .call(let call)?:
                if call.outcome == nil, call.deadline <= now { server.giveUp(call, "nobody answered in time", at: now) }
                guard let outcome = call.outcome else { continue }
                conclude(client, at: now) { client.send(.call(CallRecord(call, outcome))) }
            case .tunnels(let tunnels)? where tunnels.isDecided || tunnels.deadline <= now:
                conclude(client, at: now) { client.send(.opened(tunnels.record)) }
            case .counters?, .tunnels?, nil: break
            }
        }
    }

    private func answerCounted(_ request: Request, to client: ControlClient, at now: Instant) {
        switch request {
        case .showTunnel(let id): client.send(tunnelStory(id, at: now))
        case .showSession(let name): client.send(sessionStory(name, at: now))
        default: list(request, for: client, at: now)
        }
    }

    private func conclude(_ client: ControlClient, at now: Instant, _ answer: () -> Void) {
        client.wait = nil
        answer()
        serve(client, at: now)
        control.settle(client)
    }

    /// A client has gone: nobody waits for its call. Tunnels that it wanted are opened all the same.
    func abandonWait(of client: ControlClient, at now: Instant) {
        guard let wait = client.wait else { return }
        client.wait = nil
        if case .call(let call) = wait, call.outcome == nil { server.giveUp(call, "given up", at: now) }
    }
}

extension CallRecord {
    init(_ call: RequestedCall, _ outcome: RequestedCall.Outcome) {
        self.init(
            peer: call.target, calledNumber: call.request.calledNumber.string,
            callSerialNumber: call.request.callSerialNumber)
        switch outcome {
        case .connected(let key): session = SessionName(tunnelID: key.tunnel, sessionID: key.session)
        case .failed(let reason, let end):
            failure = reason
            switch end {
            case .local(let code)?, .peer(let code?)?:
                resultCode = code.result.rawValue
                errorCode = code.error?.rawValue
            case .peer(nil)?, .outOfPlace?, .tunnel?, nil: break
            }
        }
    }
}
