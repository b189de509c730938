import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP

/// What differs between the sessions of the roles: who decides, whose addresses they are, and who hears of the end. A
/// session has one for itself.
protocol SessionRole: AnyObject {
    /// What the configuration calls the other end of the tunnel.
    var peerName: String { get }
    /// The subscriber's name where the link does not know it.
    var user: String? { get }
    /// What the interface is called, and the group that it is in.
    var interface: InterfaceNaming { get }
    var interfaceGroup: UInt32 { get }
    /// What we are to the call, whoever asked for it; a LAC to a subscriber's session.
    var side: Tunnel.Session.Side { get }
    /// The `[[peer]]` whose sessions it is counted with; nil where no peer's limit matters.
    var countedPeer: String? { get }
    /// Whether it is the other side of a session that is shown and counted itself.
    var isSecondSide: Bool { get }
    /// Whether the call goes on, or may go on, into another tunnel.
    var isSwitched: Bool { get }
    /// What connects the call when the kernel has its session; nil where the other end connects it.
    var connection: CallConnection? { get }
    /// What a LAC's proxy AVPs are worth.
    var proxyPolicy: ProxyPolicy { get }

    /// The session is there, and will be `forgotten`.
    func began(_ session: PPPSession)
    /// What is to be done when the kernel has the session; nil waits for the other end to connect the call.
    func ready(_ session: PPPSession) -> SessionOrder?
    /// What is to be done when the kernel joins it, the second of two, to its partner.
    func bridged(_ session: PPPSession) -> SessionOrder?
    /// What is to be done when the call is connected, by either end.
    func connected(_ session: PPPSession, _ connection: CallConnection) -> SessionOrder?
    /// Whether somebody else is to end PPP, now that the peer has claimed a name, or that LCP is open and nobody is asked
    /// for a name (nil). Then nobody here answers, and `SessionOrder.handOver` says so.
    func handsOver(_ session: PPPSession, _ request: AuthenticationRequest?) -> Bool
    /// Whether somebody else is to end PPP by what a LAC says when it connects the call: then the link does not begin,
    /// and `SessionOrder.handOver` says so.
    func handsOver(_ session: PPPSession, _ connection: CallConnection) -> Bool
    /// Whether the peer of the link has proven who it is.
    func verdict(on request: AuthenticationRequest, in session: PPPSession) -> AuthenticationVerdict
    /// What the network protocols begin with. It is asked again after a renegotiation, when the user may be another.
    func networkParameters(of session: PPPSession) throws(AddressError) -> NetworkParameters
    /// The interface has nothing of a network protocol any more.
    func withdrawn(_ network: NetworkProtocol, from session: PPPSession)
    /// What is to lead through the interface when a network protocol passes.
    func routes(of network: NetworkProtocol, through session: PPPSession) -> SessionRoutes?
    /// A network protocol passes, with its routes.
    func networkUp(_ network: NetworkProtocol, of session: PPPSession, at now: Instant)
    /// It is about to pass no more.
    func networkDown(_ network: NetworkProtocol, of session: PPPSession, at now: Instant)
    /// The session is over and nothing of it is left.
    func forgotten(_ session: PPPSession, at now: Instant)
}

/// What most roles have in common.
extension SessionRole {
    var user: String? { nil }
    var countedPeer: String? { nil }
    var isSecondSide: Bool { false }
    var isSwitched: Bool { false }
    var connection: CallConnection? { nil }

    func began(_ session: PPPSession) {}
    func ready(_ session: PPPSession) -> SessionOrder? {
        if let connection { .connect(session.key, connection) } else { .accept(session.key) }
    }
    /// Not before: an LNS may begin to talk as soon as it has the ICCN or OCCN.
    func bridged(_ session: PPPSession) -> SessionOrder? { connection.map { .connect(session.key, $0) } }
    func connected(_ session: PPPSession, _ connection: CallConnection) -> SessionOrder? { nil }
    func handsOver(_ session: PPPSession, _ request: AuthenticationRequest?) -> Bool { false }
    func handsOver(_ session: PPPSession, _ connection: CallConnection) -> Bool { false }
    func routes(of network: NetworkProtocol, through session: PPPSession) -> SessionRoutes? { nil }
    func networkUp(_ network: NetworkProtocol, of session: PPPSession, at now: Instant) {}
    func networkDown(_ network: NetworkProtocol, of session: PPPSession, at now: Instant) {}
}
