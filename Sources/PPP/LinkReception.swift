import Instants

// What arrives.
extension Link {
    mutating func receive(
        _ octets: [UInt8], at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        guard phase != .dead, let frame = try? PPPFrame(parsing: octets) else {
            return [.noted(.malformed(ProtocolNumber(rawValue: 0)))]
        }
        lcp.heard(at: now)
        switch frame.protocolNumber {
        case .lcp:
            guard let packet = try? ControlPacket(parsing: frame) else { return [.noted(.malformed(.lcp))] }
            return receiveLCP(packet, at: now, using: &random)
        case .pap, .chap:
            return receiveAuthentication(frame, at: now, using: &random)
        case .ipcp, .ipv6cp:
            guard phase == .network else { return [.noted(.outOfPhase(frame.protocolNumber))] }
            guard let packet = try? ControlPacket(parsing: frame) else {
                return [.noted(.malformed(frame.protocolNumber))]
            }
            guard network != nil else {
                early[frame.protocolNumber] = packet
                return []
            }
            return receiveNetwork(packet, frame.protocolNumber, at: now, using: &random)
        default:
            guard phase == .network else { return [.noted(.outOfPhase(frame.protocolNumber))] }
            // Data belongs to the kernel; what it hands up came before the network protocol was open.
            if frame.protocolNumber == .ipv4 || frame.protocolNumber == .ipv6,
                network?.speaks(frame.protocolNumber) != false
            {
                return [.noted(.outOfPhase(frame.protocolNumber))]
            }
            return reject(frame, at: now, using: &random)
        }
    }

    mutating func receiveLCP(
        _ packet: ControlPacket, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        let begun = stopListening(at: now, using: &random)
        // A server that speaks only now may not have listened before. Ahead of the Ack: behind it, a server that did hear
        // us would have opened and would begin anew.
        var repeated: [LCP.Output] = []
        if case .peer = configuration.role, !lcp.negotiation.hasHeardPeer,
            packet.code == ControlPacket.Code.configureRequest
        {
            repeated = lcp.negotiation.unanswered.map { [.send($0)] } ?? []
        }
        // The answer goes first: a client that has it does not repeat itself.
        let outputs = repeated + lcp.receive(packet, at: now, using: &random) + begun
        return absorb(outputs, at: now, using: &random)
    }

    mutating func receiveAuthentication(
        _ frame: PPPFrame, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        guard phase == .authenticate || phase == .network, authentication?.protocolNumber == frame.protocolNumber else {
            return [.noted(.outOfPhase(frame.protocolNumber))]
        }
        guard let packet = try? ControlPacket(parsing: frame) else {
            return [.noted(.malformed(frame.protocolNumber))]
        }
        let outputs = authentication?.receive(packet, at: now, using: &random) ?? []
        return absorb(outputs, at: now, using: &random)
    }

    mutating func receiveNetwork(
        _ packet: ControlPacket, _ number: ProtocolNumber, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [Output] {
        guard let outputs = network?.receive(packet, of: number, at: now, using: &random) else {
            return reject(PPPFrame(number, packet), at: now, using: &random)
        }
        return absorb(outputs, at: now, using: &random)
    }

    mutating func reject(
        _ frame: PPPFrame, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        let outputs = lcp.reject(frame, at: now)
        return [.noted(.unknownProtocol(frame.protocolNumber))] + absorb(outputs, at: now, using: &random)
    }
}
