import Configuration
import DataPlane
import L2TPControl
import L2TPWire
import PPP

/// One side of a switched call. It has no interface and no PPP.
protocol SwitchLeg: SessionRole {
    var call: SwitchedCall { get }
}

extension SwitchLeg {
    /// It never has one.
    var interface: InterfaceNaming { .numbered(.usual) }
    var interfaceGroup: UInt32 { 0 }
    var proxyPolicy: ProxyPolicy { ProxyPolicy(acceptsLCP: false, acceptsAuthentication: false) }

    func ready(_ session: PPPSession) -> SessionOrder { .goOn(switched: call.key) }

    func verdict(on request: AuthenticationRequest, in session: PPPSession) -> AuthenticationVerdict { .denied }

    func networkParameters(of session: PPPSession) -> NetworkParameters { NetworkParameters() }

    func withdrawn(_ network: NetworkProtocol, from session: PPPSession) {}

    func forgotten(_ session: PPPSession, at now: ContinuousClock.Instant) {}
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
    var isIncoming: Bool { true }

    func began(_ session: PPPSession) {
        call.incoming = session
        session.partner = call.outgoing?.key
        call.outgoing?.partner = session.key
    }

    func connected(_ session: PPPSession, _ connection: ICCN) -> SessionOrder? {
        session.partner.map { .connect($0, ICCN(relaying: connection)) }
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

    func failed(_ reason: String, retry: ContinuousClock.Instant?, at now: ContinuousClock.Instant) -> [SessionOrder] {
        guard !call.isAbandoned else { return [] }
        return [
            .reject(call.key, call.placed?.refusal(reason) ?? Disconnection(.noFacilitiesTemporarily, text: reason))
        ]
    }

    // MARK: - SessionRole

    var peerName: String { context?.counterpart.name ?? call.group.name }
    var isIncoming: Bool { false }
    var isSecondSide: Bool { true }

    func began(_ session: PPPSession) {
        call.outgoing = session
    }

    /// There is a way through: now the LAC may know.
    func bridged(_ session: PPPSession) -> SessionOrder? { .accept(call.key) }
}
