import Instants

/// The end that tells its name and password until it is answered (RFC 1334).
struct PAPPeer: Sendable {
    private enum State: Sendable {
        case idle
        case asking(first: UInt8, latest: UInt8, left: Int, until: Instant)
        case done
    }

    private let configuration: LinkConfiguration.Peer
    private let limits: NegotiationLimits
    private var state = State.idle

    init(configuration: LinkConfiguration.Peer, limits: NegotiationLimits) {
        self.configuration = configuration
        self.limits = limits
    }

    var deadline: Instant? {
        if case .asking(_, _, _, let until) = state { until } else { nil }
    }

    mutating func start(at now: Instant, using random: inout some RandomNumberGenerator) -> [AuthenticationOutput] {
        let identifier = UInt8.random(in: .min ... .max, using: &random)
        return ask(first: identifier, latest: identifier, left: limits.maxConfigure, at: now)
    }

    mutating func timeout(at now: Instant) -> [AuthenticationOutput] {
        guard case .asking(let first, let latest, let left, let until) = state, until <= now else { return [] }
        guard left > 0 else {
            state = .done
            return [.failed(.authenticationTimeout(.pap))]
        }
        return ask(first: first, latest: latest &+ 1, left: left, at: now)
    }

    mutating func receive(_ packet: ControlPacket) -> [AuthenticationOutput] {
        guard packet.code == PAP.Code.ack || packet.code == PAP.Code.nak else {
            return [.noted(.unknownCode(.pap, packet.code))]
        }
        // A late answer to an earlier repetition is as good as one to the latest.
        guard case .asking(let first, let latest, _, _) = state, packet.identifier &- first <= latest &- first else {
            return [.noted(.unexpectedReply(.pap))]
        }
        state = .done
        let text = PAP.message(packet.data)
        let notes: [AuthenticationOutput] = text.isEmpty ? [] : [.noted(.authenticationMessage(text))]
        guard packet.code == PAP.Code.ack else { return notes + [.failed(.authenticationFailed(.pap, .local))] }
        return notes + [.succeeded(name: Array(configuration.user.utf8))]
    }

    /// Every repetition has a new identifier (RFC 1334 section 2.2.1).
    private mutating func ask(first: UInt8, latest: UInt8, left: Int, at now: Instant) -> [AuthenticationOutput] {
        state = .asking(first: first, latest: latest, left: left - 1, until: now + limits.restartTimer)
        let credentials = PAP.Credentials(
            name: Array(configuration.user.utf8.prefix(255)), password: configuration.password)
        return [.send(ControlPacket(code: PAP.Code.request, identifier: latest, data: credentials.encoded))]
    }
}
