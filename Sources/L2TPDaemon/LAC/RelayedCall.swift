import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP

/// The call to the LNS that takes a subscriber's link over, from the ICRQ until nothing of it is left. The kernel passes
/// its frames.
final class RelayedCall: CallerRole, PassingRole {
    private let destination: Destination
    let subscriber: SessionKey
    let group: TunnelGroup
    /// The call while it has no session.
    weak var placed: PlacedCall?
    private(set) weak var context: TunnelContext?
    private(set) weak var session: PPPSession?
    private(set) var connection: CallConnection?

    init(_ destination: Destination, _ subscriber: SessionKey, to group: TunnelGroup) {
        self.destination = destination
        self.subscriber = subscriber
        self.group = group
    }

    /// The subscriber's link was handed over: now it is known what the ICCN says, and what follows it.
    func take(_ connection: ICCN, _ frames: [[UInt8]]) {
        self.connection = .incoming(connection)
        session?.unsent = frames
    }

    // MARK: - CallerRole

    func directed(to context: TunnelContext) {
        self.context = context
    }

    func failed(_ reason: String, retry: Instant?, at now: Instant) -> [SessionOrder] {
        guard destination.call === self else { return [] }
        destination.call = nil
        // Who has negotiated anew, as somebody who ends here, needs no LNS any more.
        guard destination.claim != nil else { return [] }
        if let session = destination.session { session.end = session.end ?? "no LNS took the call: \(reason)" }
        return [.end(subscriber, placed?.refusal(reason) ?? Disconnection(.noFacilitiesTemporarily, text: reason))]
    }

    // MARK: - SessionRole

    var peerName: String { context?.counterpart.name ?? group.name }
    var user: String? { destination.user }
    var side: Tunnel.Session.Side { .lac }
    var isSecondSide: Bool { true }

    func began(_ session: PPPSession) {
        self.session = session
        session.partner = subscriber
        destination.session?.partner = session.key
    }

    func ready(_ session: PPPSession) -> SessionOrder? { .bridge(subscriber: subscriber) }
}

extension ICCN {
    /// Where nothing is known of a line: a speed that says that there is none to speak of; framing means nothing then.
    static let withoutLine = ICCN(
        txConnectSpeed: ConnectSpeed(bitsPerSecond: 1_000_000_000), framingType: .synchronous)

    /// What was negotiated here, in place of what was said before.
    mutating func tell(_ handover: Handover) {
        proxyLCP = ProxyLCP(
            initialReceived: handover.lcp.initialReceived, lastSent: handover.lcp.lastSent,
            lastReceived: handover.lcp.lastReceived)
        proxyAuthentication = nil
        guard let known = handover.authentication else { return }
        let proxied = ProxyAuthentication(
            type: ProxyAuthenticationType(rawValue: known.type), name: known.name, challenge: known.challenge,
            id: known.identifier, response: known.response)
        // What lacks a value that its type needs is not sent (PRX-02).
        if proxied.isComplete { proxyAuthentication = proxied }
    }
}
