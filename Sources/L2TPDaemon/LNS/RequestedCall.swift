import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP

/// An outgoing call at the LNS (RFC 2661 section 7.5.2): a LAC is asked to place it, and its PPP ends here.
final class RequestedCall: CallerRole, TerminatingRole {

    /// What has become of it, for who wanted it.
    enum Outcome {
        case connected(SessionKey)
        /// `end` is how the LAC or we ended it, where it had come to a tunnel.
        case failed(String, end: CallEnd?)
    }

    /// Whom it was asked of, as the configuration calls it.
    let target: String
    let request: OCRQ
    let termination: PPPTermination
    /// When it must be connected.
    let deadline: Instant
    /// The call while it has no session.
    weak var placed: PlacedCall?
    private weak var context: TunnelContext?
    private(set) weak var session: PPPSession?
    private(set) var countedPeer: String?
    private(set) var outcome: Outcome?

    init(_ request: OCRQ, of target: String, _ lns: LNS, by profile: PPPProfile, until deadline: Instant) {
        self.request = request
        self.target = target
        termination = PPPTermination(lns, by: profile)
        self.deadline = deadline
    }

    /// Nobody waits for it any more.
    func giveUp(_ reason: String) {
        outcome = outcome ?? .failed(reason, end: nil)
    }

    // MARK: - CallerRole

    func directed(to context: TunnelContext) {
        self.context = context
        countedPeer = context.counterpart.peer?.name
    }

    func failed(_ reason: String, retry: Instant?, at now: Instant) -> [SessionOrder] {
        outcome = outcome ?? .failed(reason, end: placed?.lastEnd)
        return []
    }

    // MARK: - SessionRole

    var peerName: String { context?.counterpart.name ?? target }
    var proxyPolicy: ProxyPolicy { ProxyPolicy(acceptsLCP: false, acceptsAuthentication: false) }

    func began(_ session: PPPSession) {
        self.session = session
    }

    /// The called party has to answer first.
    func ready(_ session: PPPSession) -> SessionOrder? { nil }

    func connected(_ session: PPPSession, _ connection: CallConnection) -> SessionOrder? {
        outcome = outcome ?? .connected(session.key)
        return nil
    }

    func forgotten(_ session: PPPSession, at now: Instant) {
        termination.end()
        outcome = outcome ?? .failed(session.end ?? "the session ended", end: session.callEnd)
    }
}
