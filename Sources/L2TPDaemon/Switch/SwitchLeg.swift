import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP

/// One side of a switched call.
protocol SwitchLeg: PassingRole {
    var call: SwitchedCall { get }
}

extension SwitchLeg {
    var isSwitched: Bool { true }

    func ready(_ session: PPPSession) -> SessionOrder? { .goOn(switched: call.key) }
}

/// Towards the LAC, whose LNS we are.
final class IncomingLeg: SwitchLeg {
    let call: SwitchedCall

    init(_ call: SwitchedCall) {
        self.call = call
    }

    var peerName: String { call.peer.name }
    /// Whom the LAC says that it is.
    var user: String? {
        call.incoming?.connection?.proxyAuthentication?.name.map { "\(Text(octets: $0))" }
    }
    var side: Tunnel.Session.Side { .lns }
    var countedPeer: String? { call.peer.name }

    func began(_ session: PPPSession) {
        call.incoming = session
        session.partner = call.outgoing?.key
        call.outgoing?.partner = session.key
    }

    func connected(_ session: PPPSession, _ connection: CallConnection) -> SessionOrder? {
        session.partner.map { .connect($0, connection.switched) }
    }
}

/// Towards the LNS, whose LAC we are.
final class OutgoingLeg: SwitchLeg, CallerRole {
    let call: SwitchedCall
    private(set) weak var context: TunnelContext?

    init(_ call: SwitchedCall) {
        self.call = call
    }

    // MARK: - CallerRole

    func directed(to context: TunnelContext) {
        self.context = context
    }

    func taken(_ session: PPPSession) -> SessionOrder? { .goOn(switched: call.key) }

    func failed(_ reason: String, retry: Instant?, at now: Instant) -> [SessionOrder] {
        guard !call.isAbandoned else { return [] }
        return [
            .reject(call.key, call.placed?.refusal(reason) ?? Disconnection(.noFacilitiesTemporarily, text: reason))
        ]
    }

    // MARK: - SessionRole

    var peerName: String { context?.counterpart.name ?? call.group.name }
    var side: Tunnel.Session.Side { .lac }
    var isSecondSide: Bool { true }

    func began(_ session: PPPSession) {
        call.outgoing = session
    }

    /// There is a way through: now the LAC may know.
    func bridged(_ session: PPPSession) -> SessionOrder? { .accept(call.key) }
}
