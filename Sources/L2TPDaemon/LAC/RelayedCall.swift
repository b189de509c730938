import Configuration
import DataPlane
import L2TPControl
import L2TPWire
import PPP
import PPPoE

/// A subscriber's call to an LNS, from the ICRQ until nothing of it is left. The kernel passes its frames.
final class RelayedCall: CallerRole, PassingRole {
    typealias Instant = ContinuousClock.Instant

    private let subscription: Subscription
    let subscriber: SessionKey
    let group: TunnelGroup
    /// The call while it has no session.
    weak var placed: PlacedCall?
    private(set) weak var context: TunnelContext?
    private(set) weak var session: PPPSession?
    private(set) var connection: CallConnection?

    init(_ subscription: Subscription, _ subscriber: SessionKey, to group: TunnelGroup) {
        self.subscription = subscription
        self.subscriber = subscriber
        self.group = group
    }

    /// The subscriber's link was handed over: now it is known what the ICCN says.
    func take(_ handover: Handover) {
        connection = .incoming(ICCN(handover, line: subscription.request.line))
        session?.unsent = handover.frames.map(\.encoded)
    }

    // MARK: - CallerRole

    func directed(to context: TunnelContext) {
        self.context = context
    }

    func failed(_ reason: String, retry: Instant?, at now: Instant) -> [SessionOrder] {
        guard subscription.call === self else { return [] }
        subscription.call = nil
        if let session = subscription.session { session.end = session.end ?? "no LNS took the call: \(reason)" }
        return [.end(subscriber, Disconnection(.noCarrier, text: reason))]
    }

    // MARK: - SessionRole

    var peerName: String { context?.counterpart.name ?? group.name }
    var user: String? { subscription.claimedUser }
    var side: Tunnel.Session.Side { .lac }
    var isSecondSide: Bool { true }

    func began(_ session: PPPSession) {
        self.session = session
        session.partner = subscriber
        subscription.session?.partner = session.key
    }

    func ready(_ session: PPPSession) -> SessionOrder? { .bridge(subscriber: subscriber) }
}

extension ICCN {
    /// Where an access node has not said how fast the line is.
    private static let unknownSpeed: UInt64 = 1_000_000_000

    init(_ handover: Handover, line: AccessLine?) {
        self.init(
            txConnectSpeed: ConnectSpeed(bitsPerSecond: line?.actualDataRateDownstream ?? Self.unknownSpeed),
            framingType: .synchronous,
            proxyLCP: ProxyLCP(
                initialReceived: handover.lcp.initialReceived, lastSent: handover.lcp.lastSent,
                lastReceived: handover.lcp.lastReceived),
            rxConnectSpeed: ConnectSpeed(bitsPerSecond: line?.actualDataRateUpstream ?? Self.unknownSpeed))
        guard let known = handover.authentication else { return }
        let proxied = ProxyAuthentication(
            type: ProxyAuthenticationType(rawValue: known.type), name: known.name, challenge: known.challenge,
            id: known.identifier, response: known.response)
        // What lacks a value that its type needs is not sent (PRX-02).
        if proxied.isComplete { proxyAuthentication = proxied }
    }
}
