/// What is to be done with a LAC's proxied LCP and authentication (RFC 2661 section 4.4.5): each piece of its word is held
/// against the others and against our own rules before it counts.
enum ProxyAcceptance: Equatable, Sendable {
    /// Negotiate LCP as if there were no LAC; why, for the log.
    case renegotiate(String)
    /// LCP is open with these; the peer is asked by ourselves, if anybody is.
    case open(sent: [ConfigurationOption], received: [ConfigurationOption])
    /// LCP is open with these, and this is to be verified.
    case verify(sent: [ConfigurationOption], received: [ConfigurationOption], Credentials)

    enum Credentials: Equatable, Sendable {
        case chap(CHAP.Value, identifier: UInt8, challenge: [UInt8])
        case pap(PAP.Credentials, identifier: UInt8)
    }

    /// Values that the types below need are bounded as on a link of our own.
    static func judge(
        _ lcp: ProxiedLCP, _ authentication: ProxiedAuthentication?, _ policy: ProxyPolicy,
        configuration: LinkConfiguration, using random: inout some RandomNumberGenerator
    ) -> ProxyAcceptance {
        guard policy.acceptsLCP else { return .renegotiate("proxied LCP is not accepted") }
        guard case .authenticator(let role) = configuration.role else { return .renegotiate("this end is a client") }
        guard let lastSent = lcp.lastSent, let lastReceived = lcp.lastReceived,
            let sent = try? ConfigurationOption.list(parsing: lastSent),
            let received = try? ConfigurationOption.list(parsing: lastReceived)
        else { return .renegotiate("proxied LCP is missing or malformed") }
        if let reason = inconsistency(sent, received, configuration, using: &random) { return .renegotiate(reason) }

        let method = LCPOptions.parameters(sent).authentication
        if method == nil, sent.contains(where: { $0.type == LCPOptions.Kind.authentication }) {
            return .renegotiate("the LAC asked for an authentication that is unknown here")
        }
        guard !role.methods.isEmpty else { return .open(sent: sent, received: received) }
        guard let method, role.methods.contains(method) else {
            return .renegotiate("the LAC did not ask for an authentication that is allowed here")
        }
        guard let authentication, authentication.type != ProxiedAuthentication.Kind.none else {
            return .open(sent: sent, received: received)
        }
        guard let credentials = credentials(authentication, method) else {
            return .renegotiate("proxied authentication does not fit proxied LCP")
        }
        guard policy.acceptsAuthentication else { return .open(sent: sent, received: received) }
        return .verify(sent: sent, received: received, credentials)
    }

    /// Why the two option lists cannot be a link that we would run; nil when they can.
    private static func inconsistency(
        _ sent: [ConfigurationOption], _ received: [ConfigurationOption], _ configuration: LinkConfiguration,
        using random: inout some RandomNumberGenerator
    ) -> String? {
        let (ours, theirs) = (LCPOptions.parameters(sent), LCPOptions.parameters(received))
        if ours.mru > configuration.mru { return "the LAC promised a larger MRU than ours" }
        if ours.magicNumber != 0, ours.magicNumber == theirs.magicNumber { return "the magic numbers are equal" }
        // What the peer has asked for must be what we would have granted, and what the LAC has sent in our name must be
        // nothing that we do not speak.
        var judge = LCPOptions(configuration: configuration)
        judge.adopt(sent: sent)
        for option in received where judge.verdict(on: option, using: &random) != .acceptable {
            return "the LAC granted LCP option \(option.type)"
        }
        var other = LCPOptions(configuration: configuration)
        for option in sent where option.type != LCPOptions.Kind.authentication {
            guard other.verdict(on: option, using: &random) == .acceptable else {
                return "the LAC asked for LCP option \(option.type)"
            }
        }
        return nil
    }

    private static func credentials(
        _ authentication: ProxiedAuthentication, _ method: AuthenticationMethod
    ) -> Credentials? {
        guard let name = authentication.name, name.count <= CHAP.longestText,
            let identifier = authentication.identifier,
            let response = authentication.response
        else { return nil }
        switch (authentication.type, method) {
        case (ProxiedAuthentication.Kind.chap, .chapMD5):
            guard let challenge = authentication.challenge, !challenge.isEmpty, challenge.count <= CHAP.longestText,
                response.count == CHAP.md5ResponseSize
            else { return nil }
            return .chap(CHAP.Value(value: response, name: name), identifier: identifier, challenge: challenge)
        case (ProxiedAuthentication.Kind.pap, .pap):
            guard response.count <= CHAP.longestText else { return nil }
            return .pap(PAP.Credentials(name: name, password: Password(octets: response)), identifier: identifier)
        default:
            return nil
        }
    }
}
