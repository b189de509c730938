import Instants

// The phases: how each begins and ends.
extension Link {
    /// LCP begins: at once, or when the peer has spoken or been silent for so long.
    mutating func establish(
        after listening: Duration = .zero, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        phase = .establish
        phaseDeadline = now + configuration.establishTimeout
        listeningUntil = now + listening
        let opened = lcp.handle(.open, at: now, using: &random)
        let outputs = opened + (listening > .zero ? [] : stopListening(at: now, using: &random))
        return absorb(outputs, at: now, using: &random)
    }

    /// Our turn to speak. Empty where LCP has begun long ago.
    mutating func stopListening(at now: Instant, using random: inout some RandomNumberGenerator) -> [LCP.Output] {
        guard listeningUntil != nil else { return [] }
        listeningUntil = nil
        return lcp.handle(.up, at: now, using: &random)
    }

    mutating func begin(
        _ acceptance: ProxyAcceptance, of proxiedLCP: ProxiedLCP, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [Output] {
        switch acceptance {
        case .renegotiate(let reason):
            return [.noted(.proxyRefused(reason))] + establish(at: now, using: &random)
        case .open(let sent, let received):
            _ = lcp.open(proxiedLCP, sent: sent, received: received, at: now)
            return authenticate(nil, at: now, using: &random)
        case .verify(let sent, let received, let credentials):
            _ = lcp.open(proxiedLCP, sent: sent, received: received, at: now)
            return authenticate(credentials, at: now, using: &random)
        }
    }

    /// LCP is open: whoever is asked to prove himself now does.
    mutating func authenticate(
        _ proxied: ProxyAcceptance.Credentials?, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [Output] {
        switch configuration.role {
        case .authenticator: authenticationMethod = lcp.local.authentication
        case .peer: authenticationMethod = lcp.peer.authentication
        }
        guard let method = authenticationMethod else { return enterNetwork() }
        phase = .authenticate
        phaseDeadline = now + configuration.authenticationTimeout
        var machine = Authentication(method, configuration)
        let outputs = machine.start(proxied, at: now, using: &random)
        authentication = machine
        return absorb(outputs, at: now, using: &random)
    }

    mutating func enterNetwork() -> [Output] {
        phase = .network
        phaseDeadline = nil
        return [.networkPhase]
    }

    mutating func openNetwork(
        _ parameters: NetworkParameters, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [Output] {
        network = Network(configuration: configuration, parameters: parameters, peerMRU: lcp.peer.mru)
        phaseDeadline = now + configuration.networkTimeout
        let opened = network?.open(at: now, using: &random) ?? []
        var outputs = absorb(opened, at: now, using: &random)
        guard !early.isEmpty else { return outputs }
        let waiting = early
        early = [:]
        for number in [ProtocolNumber.ipcp, .ipv6cp] {
            guard let packet = waiting[number] else { continue }
            outputs += receiveNetwork(packet, number, at: now, using: &random)
        }
        return outputs
    }

    /// The network protocols end and what they brought up is withdrawn.
    mutating func leaveNetwork(at now: Instant, using random: inout some RandomNumberGenerator) -> [Output] {
        let downs = network?.down(at: now, using: &random) ?? []
        let outputs = downs.map { translate($0) }
        network = nil
        authentication = nil
        question = nil
        early = [:]
        user = nil
        authenticationMethod = nil
        return outputs
    }

    mutating func shut(_ reason: LinkEnd, at now: Instant, using random: inout some RandomNumberGenerator) -> [Output] {
        guard end == nil else { return [] }
        end = reason
        phaseDeadline = nil
        listeningUntil = nil
        let closing = lcp.handle(.close, at: now, using: &random)
        let outputs = absorb(closing, at: now, using: &random)
        guard phase != .closed else { return outputs }
        phase = .terminate
        guard lcp.deadline == nil else { return outputs }
        return outputs + [finish(reason)]
    }

    mutating func finish(_ reason: LinkEnd) -> Output {
        phase = .closed
        phaseDeadline = nil
        return .closed(reason)
    }

    mutating func timeout(at now: Instant, using random: inout some RandomNumberGenerator) -> [Output] {
        let isSilent = listeningUntil.map { $0 <= now } ?? false
        let begun = isSilent ? stopListening(at: now, using: &random) : []
        let ofLCP = begun + lcp.timeout(at: now, using: &random)
        var outputs = absorb(ofLCP, at: now, using: &random)
        let ofAuthentication = authentication?.timeout(at: now, using: &random) ?? []
        outputs += absorb(ofAuthentication, at: now, using: &random)
        if network?.hasHeardPeer == false, let due = network?.deadline, due <= now {
            outputs += absorb(authentication?.success ?? [], at: now, using: &random)
        }
        let ofNetwork = network?.timeout(at: now, using: &random) ?? []
        outputs += absorb(ofNetwork, at: now, using: &random)
        guard let phaseDeadline, phaseDeadline <= now else { return outputs }
        self.phaseDeadline = nil
        return outputs + shut(overdue, at: now, using: &random)
    }

    /// What it means that the present phase has lasted too long.
    var overdue: LinkEnd {
        switch phase {
        case .dead, .establish, .terminate, .closed: lcp.negotiation.hasHeardPeer ? .lcpFailed : .noLCP
        case .authenticate: authenticationMethod.map { .authenticationTimeout($0) } ?? .lcpFailed
        case .network: network?.failure ?? .noNetworkProtocol
        }
    }
}
