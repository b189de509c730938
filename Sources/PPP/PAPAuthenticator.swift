import Instants

/// The end that is told a name and a password (RFC 1334).
struct PAPAuthenticator: Sendable {
    private enum State: Sendable {
        case waiting
        case deciding(identifier: UInt8, PAP.Credentials)
        case refusing(identifier: UInt8, message: String, until: Instant)
        case done(message: [UInt8])
        case failed
    }

    private let configuration: LinkConfiguration.Authenticator
    private var state = State.waiting
    private var attemptsLeft: Int

    init(configuration: LinkConfiguration.Authenticator) {
        self.configuration = configuration
        attemptsLeft = configuration.attempts
    }

    var deadline: Instant? {
        if case .refusing(_, _, let until) = state { until } else { nil }
    }

    /// The identifier of the latest request while nobody has decided about it.
    var undecidedIdentifier: UInt8? {
        if case .deciding(let identifier, _) = state { identifier } else { nil }
    }

    /// A LAC has been told already: verify that.
    mutating func start(proxied credentials: PAP.Credentials, identifier: UInt8) -> [AuthenticationOutput] {
        verify(credentials, identifier: identifier)
    }

    mutating func receive(_ packet: ControlPacket) -> [AuthenticationOutput] {
        guard packet.code == PAP.Code.request else { return [.noted(.unknownCode(.pap, packet.code))] }
        guard let credentials = try? PAP.Credentials(parsing: packet.data) else { return [.noted(.malformed(.pap))] }
        switch state {
        case .waiting:
            return verify(credentials, identifier: packet.identifier)
        case .deciding(_, let asked):
            // Each repetition has its own identifier: the reply goes to the latest.
            if asked == credentials { state = .deciding(identifier: packet.identifier, asked) }
            return []
        case .done(let message):
            return [.send(ControlPacket(code: PAP.Code.ack, identifier: packet.identifier, data: message))]
        case .refusing, .failed:
            return []
        }
    }

    mutating func decide(_ verdict: AuthenticationVerdict, at now: Instant) -> [AuthenticationOutput] {
        guard case .deciding(let identifier, let credentials) = state else { return [] }
        switch verdict {
        case .accepted(let message):
            let text = PAP.text(message)
            state = .done(message: text)
            return [
                .send(ControlPacket(code: PAP.Code.ack, identifier: identifier, data: text)),
                .succeeded(name: credentials.name),
            ]
        case .rejected(_, let message):
            guard configuration.failureDelay > .zero else { return refuse(identifier: identifier, message) }
            state = .refusing(identifier: identifier, message: message, until: now + configuration.failureDelay)
            return []
        }
    }

    mutating func timeout(at now: Instant) -> [AuthenticationOutput] {
        guard case .refusing(let identifier, let message, let until) = state, until <= now else { return [] }
        return refuse(identifier: identifier, message)
    }

    private mutating func verify(_ credentials: PAP.Credentials, identifier: UInt8) -> [AuthenticationOutput] {
        attemptsLeft -= 1
        state = .deciding(identifier: identifier, credentials)
        return [.ask(name: credentials.name, .pap(password: credentials.password))]
    }

    private mutating func refuse(identifier: UInt8, _ message: String) -> [AuthenticationOutput] {
        let nak = ControlPacket(code: PAP.Code.nak, identifier: identifier, data: PAP.text(Array(message.utf8)))
        guard attemptsLeft <= 0 else {
            state = .waiting
            return [.send(nak)]
        }
        state = .failed
        return [.send(nak), .failed(.authenticationFailed(.pap, .peer))]
    }
}
