import L2TPWire
import Octets
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

/// A LAC in memory: it negotiates with the subscriber as far as the style says, and tells what it has learnt. The
/// subscriber is left as it is then: with LCP open, and perhaps waiting for the verdict on its proof.
struct ProxyNegotiation {
    private let style: ProxyStyle
    private var lac: Link
    private var lcp = ProxyLCP()
    private var authentication: ProxyAuthentication?
    /// The identifier of the subscriber's latest PAP or CHAP packet.
    private var identifier: UInt8?

    private static let configureRequest: UInt8 = 1

    init(_ style: ProxyStyle, method: AuthenticationMethod) {
        self.style = style
        lac = Link(
            configuration: LinkConfiguration(
                role: .authenticator(LinkConfiguration.Authenticator(methods: [method], name: "lab-lac")),
                mru: style == .oversized ? 1500 : 1400, echoInterval: nil))
    }

    mutating func hold(
        with subscriber: inout Link, at now: ContinuousClock.Instant, using random: inout some RandomNumberGenerator
    ) -> ProxyAVPs {
        var toSubscriber = frames(of: lac.handle(.lowerLayerUp, at: now, using: &random))
        var toLAC = frames(of: subscriber.handle(.lowerLayerUp, at: now, using: &random))
        while !toSubscriber.isEmpty || !toLAC.isEmpty {
            let (forSubscriber, forLAC) = (toSubscriber, toLAC)
            (toSubscriber, toLAC) = ([], [])
            for frame in forSubscriber where passes(frame) {
                if let options = Self.requestedOptions(frame) { lcp.lastSent = options }
                toLAC += frames(of: subscriber.handle(.frame(frame.encoded), at: now, using: &random))
            }
            for frame in forLAC where passes(frame) {
                if let options = Self.requestedOptions(frame) {
                    lcp.initialReceived = lcp.initialReceived ?? options
                    lcp.lastReceived = options
                }
                if frame.protocolNumber != .lcp, frame.information.count > 1 { identifier = frame.information[1] }
                let outputs = lac.handle(.frame(frame.encoded), at: now, using: &random)
                for case .authenticate(let request) in outputs { take(request) }
                toSubscriber += frames(of: outputs)
            }
        }
        return ProxyAVPs(lcp: lcp, authentication: proxiedAuthentication)
    }

    private var proxiedAuthentication: ProxyAuthentication? {
        switch style {
        case .lcp: return nil
        case .unauthenticated: return ProxyAuthentication(type: .none)
        case .authenticated, .oversized: return authentication
        case .mismatched:
            var other = authentication
            other?.type = authentication?.type == .pap ? .chap : .pap
            if other?.type == .chap { other?.challenge = [UInt8](repeating: 7, count: 16) }
            return other
        }
    }

    private mutating func take(_ request: AuthenticationRequest) {
        switch request.proof {
        case .pap(let password):
            authentication = ProxyAuthentication(
                type: .pap, name: request.name, id: identifier, response: password.octets)
        case .chapMD5(let identifier, let challenge, let response):
            authentication = ProxyAuthentication(
                type: .chap, name: request.name, challenge: challenge, id: identifier, response: response)
        case .msChapV2:
            // There is no type for it: the server has to ask for itself.
            authentication = nil
        }
    }

    /// Whether the LAC goes as far as authentication.
    private func passes(_ frame: PPPFrame) -> Bool {
        switch style {
        case .lcp, .unauthenticated: frame.protocolNumber == .lcp
        case .authenticated, .oversized, .mismatched: true
        }
    }

    private func frames(of outputs: [Link.Output]) -> [PPPFrame] {
        outputs.compactMap { if case .send(let frame) = $0 { frame } else { nil } }
    }

    /// The option list of a Configure-Request of LCP; nil for any other frame.
    private static func requestedOptions(_ frame: PPPFrame) -> [UInt8]? {
        guard frame.protocolNumber == .lcp, frame.information.first == configureRequest else { return nil }
        var reader = ByteReader(frame.information)
        guard (try? reader.skip(2)) != nil, let length = try? reader.uint16() else { return nil }
        return try? reader.bytes(Int(length) - 4)
    }
}
