import Configuration
import ControlProtocol
import DataPlane
import Instants
import L2TPControl
import L2TPWire

/// `open_call`: the client waits until the call is connected, or is not.
extension Service {
    /// Places a client's call, whose outcome it waits for.
    func openCall(_ order: CallOrder, for client: ControlClient, at now: Instant) {
        do throws(ControlError) {
            client.awaitingCall = try server.request(order, groups: configuration.groups, at: now)
        } catch {
            client.send(.error(error))
        }
    }

    /// Answers those whose calls have come about or failed, and gives up the calls that have taken too long.
    func answerCalls(at now: Instant) {
        for client in control.awaitingCall {
            guard let call = client.awaitingCall else { continue }
            if call.outcome == nil, call.deadline <= now { server.giveUp(call, "nobody answered in time", at: now) }
            guard let outcome = call.outcome else { continue }
            client.awaitingCall = nil
            client.send(.call(CallRecord(call, outcome)))
            serve(client, at: now)
            control.settle(client)
        }
    }

    /// When `answerCalls` has something to do though nothing happens.
    var callDeadline: Instant? { control.awaitingCall.compactMap { $0.awaitingCall?.deadline }.min() }

    /// A client has gone: nobody waits for its call.
    func abandonCall(of client: ControlClient, at now: Instant) {
        guard let call = client.awaitingCall else { return }
        client.awaitingCall = nil
        if call.outcome == nil { server.giveUp(call, "given up", at: now) }
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
