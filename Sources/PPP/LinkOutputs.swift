import Addresses
import Instants

// What the parts want, made the link's own outputs.
extension Link {
    mutating func absorb(
        _ outputs: [LCP.Output], at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        var absorbed: [Output] = []
        for output in outputs {
            switch output {
            case .send(let packet): absorbed.append(.send(PPPFrame(.lcp, packet)))
            case .up: absorbed += authenticate(nil, at: now, using: &random)
            case .down: absorbed += linkDown(at: now, using: &random)
            case .finished: absorbed.append(finish(reasonOfLCP))
            case .rejected(let number):
                let outputs = network?.rejected(number, at: now, using: &random) ?? []
                absorbed += absorb(outputs, at: now, using: &random)
                if number == authentication?.protocolNumber {
                    absorbed += shut(.authenticationProtocolUnacceptable(.peer), at: now, using: &random)
                }
            case .failed(let reason): absorbed += shut(reason, at: now, using: &random)
            case .noted(let note): absorbed.append(.noted(note))
            }
        }
        return absorbed
    }

    /// LCP negotiates anew, or is on its way down.
    mutating func linkDown(at now: Instant, using random: inout some RandomNumberGenerator) -> [Output] {
        let outputs = leaveNetwork(at: now, using: &random)
        switch lcp.negotiation.state {
        case .closing, .stopping:
            phase = .terminate
            phaseDeadline = nil
        case .initial, .starting, .closed, .stopped, .reqSent, .ackRcvd, .ackSent, .opened:
            phase = .establish
            phaseDeadline = now + configuration.establishTimeout
        }
        return outputs + [.linkDown]
    }

    /// Why LCP has finished.
    var reasonOfLCP: LinkEnd {
        if let end = end ?? lcp.negotiation.options.failure { return end }
        if lcp.negotiation.wasRejected { return .lcpFailed }
        if lcp.negotiation.peerTerminated { return .terminated(by: .peer) }
        return lcp.negotiation.hasHeardPeer ? .lcpTimeout : .noLCP
    }

    mutating func absorb(
        _ outputs: [AuthenticationOutput], at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [Output] {
        var absorbed: [Output] = []
        for output in outputs {
            switch output {
            case .send(let packet):
                let number = authenticationMethod?.protocolNumber ?? .chap
                absorbed.append(.send(PPPFrame(number, packet)))
            case .ask(let name, let proof):
                questions += 1
                let id = AuthenticationRequest.ID(number: questions)
                question = id
                absorbed.append(.authenticate(AuthenticationRequest(id: id, name: name, proof: proof)))
            case .succeeded(let name):
                user = String(decoding: name, as: UTF8.self)
                // Once more on an open link changes nothing.
                if phase == .authenticate { absorbed += enterNetwork() }
            case .failed(let reason): absorbed += shut(reason, at: now, using: &random)
            case .noted(let note): absorbed.append(.noted(note))
            }
        }
        return absorbed
    }

    mutating func absorb(
        _ outputs: [Network.Output], at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        var absorbed: [Output] = outputs.map { translate($0) }
        guard phase == .network else { return absorbed }
        switch network?.standing {
        case .opened: phaseDeadline = nil
        case .exhausted: absorbed += shut(network?.failure ?? .noNetworkProtocol, at: now, using: &random)
        case .underWay: phaseDeadline = phaseDeadline ?? now + configuration.networkTimeout
        case nil: break
        }
        return absorbed
    }

    /// Keeps what `ipv4` and `ipv6` show in step.
    mutating func translate(_ output: Network.Output) -> Output {
        switch output {
        case .send(let frame): return .send(frame)
        case .noted(let note): return .noted(note)
        case .ipv4Up:
            let options = network?.ipcp?.options
            let pair = IPv4Pair(local: options?.local ?? .any, peer: options?.peer ?? .any)
            ipv4 = pair
            return .ipv4Up(local: pair.local, peer: pair.peer, dns: options?.dns ?? [])
        case .ipv4Down:
            ipv4 = nil
            return .ipv4Down
        case .ipv6Up:
            let options = network?.ipv6cp?.options
            let pair = InterfaceIdentifiers(local: options?.local ?? 0, peer: options?.peer ?? 0)
            ipv6 = pair
            return .ipv6Up(local: pair.local, peer: pair.peer)
        case .ipv6Down:
            ipv6 = nil
            return .ipv6Down
        }
    }
}
