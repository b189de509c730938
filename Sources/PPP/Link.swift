package import Addresses
package import Instants

/// One end of a PPP link: LCP, authentication and the network protocols together, without any I/O.
///
///     dead -lowerLayerUp-> establish -LCP opened-> authenticate -> network -close-> terminate -> closed
///                              ^---------------- LCP renegotiated -----'
///
/// Deterministic: what it does follows from its events, the instants and the generator that it is given. It is over with
/// `Output.closed`; a session that begins again has a new `Link`.
package struct Link: Sendable {
    package let configuration: LinkConfiguration
    package internal(set) var phase = Phase.dead
    /// The authenticated name: the peer's at an authenticator, our own at a client. Nil until then, and where nobody asks.
    package internal(set) var user: String?
    /// What LCP has agreed on, at either end; nil where nobody proves himself.
    package internal(set) var authenticationMethod: AuthenticationMethod?
    /// The addresses while IPv4 is up.
    package internal(set) var ipv4: IPv4Pair?
    /// The interface identifiers while IPv6 is up.
    package internal(set) var ipv6: InterfaceIdentifiers?

    package struct IPv4Pair: Equatable, Sendable {
        package var local: IPv4Address
        /// 0.0.0.0 at a client whose server does not say.
        package var peer: IPv4Address
    }

    package struct InterfaceIdentifiers: Equatable, Sendable {
        package var local: UInt64
        package var peer: UInt64
    }

    var lcp: LCP
    var authentication: Authentication?
    var network: Network?
    /// When the present phase has lasted too long.
    var phaseDeadline: Instant?
    /// When LCP begins although the peer has not; nil once it has.
    var listeningUntil: Instant?
    /// Why the link is being closed, once it is.
    var end: LinkEnd?
    /// The request that the daemon is working on.
    var question: AuthenticationRequest.ID?
    var questions: UInt64 = 0
    /// The latest packet of each network protocol that came before `networkReady`: a peer would repeat it only after its
    /// restart timer.
    var early: [ProtocolNumber: ControlPacket] = [:]

    package init(configuration: LinkConfiguration) {
        self.configuration = configuration
        lcp = LCP(configuration: configuration)
    }

    /// What we told the peer about us; defaults while LCP is not open.
    package var localParameters: LCPParameters { lcp.local }
    /// What the peer told us about itself; defaults while LCP is not open.
    package var peerParameters: LCPParameters { lcp.peer }

    /// The largest packet that may be sent: what the peer can receive, and no more than we ask to receive. The unit's MTU.
    package var mtu: UInt16 { min(peerParameters.mru, configuration.largestPayload) }

    /// When `Event.timeout` is due; nil when nothing is waited for. Kept, because it is asked for far more often than it
    /// changes, and the machines below are large to look into.
    package internal(set) var deadline: Instant?

    /// Takes what happened and returns what is to be done, in that order. After `Output.closed` it returns nothing.
    // The machines below are generic in what they negotiate too: without it none of that is known at compile time.
    @specialized(where Random == SystemRandomNumberGenerator)
    package mutating func handle<Random: RandomNumberGenerator>(
        _ event: Event, at now: Instant, using random: inout Random
    ) -> [Output] {
        guard phase != .closed else { return [] }
        let outputs = take(event, at: now, using: &random)
        deadline =
            phase == .closed
            ? nil
            : [lcp.deadline, authentication?.deadline, network?.deadline, phaseDeadline, listeningUntil]
                .reduce(nil, earlier)
        return outputs
    }

    private mutating func take(
        _ event: Event, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        switch event {
        case .lowerLayerUp:
            return phase == .dead ? establish(after: configuration.listening, at: now, using: &random) : []
        case .lowerLayerUpWithProxy(let proxiedLCP, let proxiedAuthentication, let policy):
            guard phase == .dead else { return [] }
            let acceptance = ProxyAcceptance.judge(
                proxiedLCP, proxiedAuthentication, policy, configuration: configuration, using: &random)
            return begin(acceptance, of: proxiedLCP, at: now, using: &random)
        case .lowerLayerDown:
            let outputs = leaveNetwork(at: now, using: &random)
            return outputs + (lcp.isOpened ? [.linkDown] : []) + [finish(end ?? .lowerLayerDown)]
        case .frame(let octets):
            return receive(octets, at: now, using: &random)
        case .timeout:
            return timeout(at: now, using: &random)
        case .dataReceived:
            lcp.heard(at: now)
            return []
        case .authenticationDecided(let verdict, let id):
            guard question == id, phase == .authenticate || phase == .network else { return [] }
            question = nil
            let outputs = authentication?.decide(verdict, at: now, using: &random) ?? []
            return absorb(outputs, at: now, using: &random)
        case .networkReady(let parameters):
            guard phase == .network, network == nil else { return [] }
            return openNetwork(parameters, at: now, using: &random)
        case .close(let reason):
            return phase == .dead ? [finish(reason)] : shut(reason, at: now, using: &random)
        }
    }
}
