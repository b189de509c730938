import Instants

/// Whichever of the four machines an open LCP has called for.
enum Authentication: Sendable {
    case chapAuthenticator(CHAPAuthenticator)
    case papAuthenticator(PAPAuthenticator)
    case chapPeer(CHAPPeer)
    case papPeer(PAPPeer)

    /// The machine for a method at this end of the link.
    init(_ method: AuthenticationMethod, _ configuration: LinkConfiguration) {
        let limits = configuration.limits
        let algorithm: CHAP.Algorithm = method == .msChapV2 ? .msChapV2 : .md5
        switch (configuration.role, method) {
        case (.authenticator(let role), .pap): self = .papAuthenticator(PAPAuthenticator(configuration: role))
        case (.authenticator(let role), .chapMD5), (.authenticator(let role), .msChapV2):
            self = .chapAuthenticator(CHAPAuthenticator(algorithm: algorithm, configuration: role, limits: limits))
        case (.peer(let role), .pap): self = .papPeer(PAPPeer(configuration: role, limits: limits))
        case (.peer(let role), .chapMD5), (.peer(let role), .msChapV2):
            self = .chapPeer(CHAPPeer(algorithm: algorithm, configuration: role, limits: limits))
        }
    }

    var protocolNumber: ProtocolNumber {
        switch self {
        case .chapAuthenticator, .chapPeer: .chap
        case .papAuthenticator, .papPeer: .pap
        }
    }

    var deadline: Instant? {
        switch self {
        case .chapAuthenticator(let machine): machine.deadline
        case .papAuthenticator(let machine): machine.deadline
        case .chapPeer(let machine): machine.deadline
        case .papPeer(let machine): machine.deadline
        }
    }

    /// What may be repeated to a peer that seems not to know that it was let in. A PAP peer asks by itself.
    var success: [AuthenticationOutput] {
        switch self {
        case .chapAuthenticator(let machine): machine.success
        case .papAuthenticator, .chapPeer, .papPeer: []
        }
    }

    /// What a LAC tells an LNS of a peer's proof that nobody has judged: every value that its type needs, or nil where no
    /// type is registered (RFC 2661 section 4.4.5).
    func proxied(_ request: AuthenticationRequest) -> ProxiedAuthentication? {
        switch (self, request.proof) {
        case (.papAuthenticator(let machine), .pap(let password)):
            // A PAP peer that has repeated itself waits for the answer to its latest identifier.
            guard let identifier = machine.undecidedIdentifier else { return nil }
            return ProxiedAuthentication(
                type: ProxiedAuthentication.Kind.pap, name: request.name, identifier: identifier,
                response: password.octets)
        case (.chapAuthenticator, .chapMD5(let identifier, let challenge, let response)):
            return ProxiedAuthentication(
                type: ProxiedAuthentication.Kind.chap, name: request.name, challenge: challenge,
                identifier: identifier, response: response)
        case (.papAuthenticator, _), (.chapAuthenticator, _), (.chapPeer, _), (.papPeer, _):
            return nil
        }
    }

    mutating func start(
        _ proxied: ProxyAcceptance.Credentials?, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [AuthenticationOutput] {
        let outputs: [AuthenticationOutput]
        switch (self, proxied) {
        case (.chapAuthenticator(var machine), .chap(let response, let identifier, let challenge)):
            outputs = machine.start(proxied: response, identifier: identifier, challenge: challenge)
            self = .chapAuthenticator(machine)
        case (.papAuthenticator(var machine), .pap(let credentials, let identifier)):
            outputs = machine.start(proxied: credentials, identifier: identifier)
            self = .papAuthenticator(machine)
        case (.chapAuthenticator(var machine), _):
            outputs = machine.start(at: now, using: &random)
            self = .chapAuthenticator(machine)
        case (.papPeer(var machine), _):
            outputs = machine.start(at: now, using: &random)
            self = .papPeer(machine)
        case (.papAuthenticator, _), (.chapPeer, _):
            // The other end speaks first.
            outputs = []
        }
        return outputs
    }

    mutating func receive(
        _ packet: ControlPacket, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [AuthenticationOutput] {
        let outputs: [AuthenticationOutput]
        switch self {
        case .chapAuthenticator(var machine):
            outputs = machine.receive(packet)
            self = .chapAuthenticator(machine)
        case .papAuthenticator(var machine):
            outputs = machine.receive(packet)
            self = .papAuthenticator(machine)
        case .chapPeer(var machine):
            outputs = machine.receive(packet, at: now, using: &random)
            self = .chapPeer(machine)
        case .papPeer(var machine):
            outputs = machine.receive(packet)
            self = .papPeer(machine)
        }
        return outputs
    }

    mutating func decide(
        _ verdict: AuthenticationVerdict, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [AuthenticationOutput] {
        let outputs: [AuthenticationOutput]
        switch self {
        case .chapAuthenticator(var machine):
            outputs = machine.decide(verdict, at: now, using: &random)
            self = .chapAuthenticator(machine)
        case .papAuthenticator(var machine):
            outputs = machine.decide(verdict, at: now)
            self = .papAuthenticator(machine)
        case .chapPeer, .papPeer:
            outputs = []
        }
        return outputs
    }

    mutating func timeout(at now: Instant, using random: inout some RandomNumberGenerator) -> [AuthenticationOutput] {
        let outputs: [AuthenticationOutput]
        switch self {
        case .chapAuthenticator(var machine):
            outputs = machine.timeout(at: now, using: &random)
            self = .chapAuthenticator(machine)
        case .papAuthenticator(var machine):
            outputs = machine.timeout(at: now)
            self = .papAuthenticator(machine)
        case .chapPeer(var machine):
            outputs = machine.timeout(at: now)
            self = .chapPeer(machine)
        case .papPeer(var machine):
            outputs = machine.timeout(at: now)
            self = .papPeer(machine)
        }
        return outputs
    }
}
