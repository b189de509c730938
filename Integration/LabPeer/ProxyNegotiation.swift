import Instants
import L2TPWire
import PPP

/// What a LAC does with a subscriber before it hands the call over (RFC 2661 section 4.4.5).
enum ProxyStyle: String, CaseIterable, Sendable {
    /// LCP only: no proxy authentication AVPs.
    case lcp
    /// LCP, and Proxy Authen Type 4: the subscriber was not asked.
    case unauthenticated
    /// LCP and the subscriber's answer to the LAC's challenge, or its PAP request.
    case authenticated
    /// As `authenticated`, but in the server's name the LAC has promised to receive 1500 octets.
    case oversized
    /// As `authenticated`, but the authentication's type is not what LCP has agreed on.
    case mismatched
}

/// The proxy AVPs of an ICCN.
struct ProxyAVPs: Equatable {
    var lcp: ProxyLCP
    var authentication: ProxyAuthentication?
}

/// A LAC in memory: it negotiates with the subscriber until that has proven itself, and hands the link over with what the
/// style makes of it. The subscriber is left as it is then: with LCP open, waiting for the verdict on its proof.
struct ProxyNegotiation {
    private let style: ProxyStyle
    private var lac: Link

    init(_ style: ProxyStyle, method: AuthenticationMethod) {
        self.style = style
        lac = Link(
            configuration: LinkConfiguration(
                role: .authenticator(LinkConfiguration.Authenticator(methods: [method], name: "lab-lac")),
                mru: style == .oversized ? 1500 : 1400, echoInterval: nil))
    }

    mutating func hold(
        with subscriber: inout Link, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> ProxyAVPs {
        var toSubscriber = lac.handle(.lowerLayerUp, at: now, using: &random)
        var toLAC = subscriber.handle(.lowerLayerUp, at: now, using: &random)
        var handover: Handover?
        while !toSubscriber.isEmpty || !toLAC.isEmpty {
            let (fromLAC, fromSubscriber) = (toSubscriber, toLAC)
            (toSubscriber, toLAC) = ([], [])
            for output in fromLAC {
                switch output {
                case .send(let frame): toLAC += subscriber.handle(.frame(frame.encoded), at: now, using: &random)
                case .authenticate(let request): handover = lac.handOver(request)
                default: break
                }
            }
            for case .send(let frame) in fromSubscriber {
                toSubscriber += lac.handle(.frame(frame.encoded), at: now, using: &random)
            }
        }
        let lcp = handover?.lcp
        return ProxyAVPs(
            lcp: ProxyLCP(
                initialReceived: lcp?.initialReceived, lastSent: lcp?.lastSent, lastReceived: lcp?.lastReceived),
            authentication: told(handover?.authentication))
    }

    private func told(_ proxied: ProxiedAuthentication?) -> ProxyAuthentication? {
        var authentication = proxied.map {
            ProxyAuthentication(
                type: ProxyAuthenticationType(rawValue: $0.type), name: $0.name, challenge: $0.challenge,
                id: $0.identifier, response: $0.response)
        }
        switch style {
        case .lcp: return nil
        case .unauthenticated: return ProxyAuthentication(type: .none)
        case .authenticated, .oversized: break
        case .mismatched:
            let isPAP = authentication?.type == .pap
            authentication?.type = isPAP ? .chap : .pap
            if isPAP { authentication?.challenge = [UInt8](repeating: 7, count: 16) }
        }
        return authentication
    }
}
