import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP
import PPPoE

/// An outgoing call's session with the subscriber, who was called and has answered by dialling in.
final class CalleeLeg: PassingRole, AccessRole {
    let call: OutgoingCall
    let port: AccessPort
    let request: AccessRequest
    var knowsEnd = false

    init(_ call: OutgoingCall, on port: AccessPort, _ request: AccessRequest) {
        self.call = call
        self.port = port
        self.request = request
    }

    var peerName: String { port.interface }
    var side: Tunnel.Session.Side { .lac }

    func began(_ session: PPPSession) {
        call.calleeSession = session
    }

    func ready(_ session: PPPSession) -> SessionOrder? { .join(session.key) }

    func forgotten(_ session: PPPSession, at now: Instant) {
        tellEnd(of: session, at: now)
    }
}

/// Its session with the LNS, which asked for the call.
final class CallerLeg: PassingRole {
    let call: OutgoingCall
    let peerName: String
    /// What the OCCN says.
    let connection: CallConnection?

    init(_ call: OutgoingCall, from context: TunnelContext, over line: AccessLine?) {
        self.call = call
        peerName = context.counterpart.name
        connection = .outgoing(OCCN(answering: call.request, line: line))
    }

    var side: Tunnel.Session.Side { .lac }
    var countedPeer: String? { call.peer?.name }
    var isSecondSide: Bool { true }

    func began(_ session: PPPSession) {
        session.partner = call.calleeSession?.key
        call.calleeSession?.partner = session.key
    }

    func ready(_ session: PPPSession) -> SessionOrder? { session.partner.map { .join($0) } }

    /// The OCCN is under way: now the subscriber may hear of his session (PADS), so that his first frame comes behind it.
    func connected(_ session: PPPSession, _ connection: CallConnection) -> SessionOrder? {
        session.partner.map { .accept($0) }
    }
}

extension OCCN {
    /// The subscriber behind this line has answered. Where nobody has said how fast it is, it is as fast as was asked for.
    init(answering request: OCRQ, line: AccessLine?) {
        func speed(_ known: UInt64?) -> ConnectSpeed {
            known.map { ConnectSpeed(bitsPerSecond: $0) } ?? request.maximumBPS
        }
        self.init(
            txConnectSpeed: speed(line?.actualDataRateDownstream),
            // Of the two, PPPoE is the synchronous one.
            framingType: request.framingType == .asynchronous ? .asynchronous : .synchronous,
            rxConnectSpeed: speed(line?.actualDataRateUpstream))
    }
}
