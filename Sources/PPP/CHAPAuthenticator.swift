import Instants
import Octets

/// The end that challenges (RFC 1994, RFC 2759).
///
///     challenging -Response-> deciding -accepted-> done -interval-> challenging
///          |                     |rejected
///        limit                refusing -delay-> failed, or (MS-CHAPv2, attempts left) retrying -Response-> deciding
struct CHAPAuthenticator: Sendable {
    private struct Challenge: Sendable {
        var identifier: UInt8
        var value: [UInt8]
    }

    private enum State: Sendable {
        case idle
        case challenging(Challenge, left: Int, until: Instant)
        case deciding(Challenge, name: [UInt8])
        case refusing(Challenge, error: Int, message: String, until: Instant)
        /// A Failure with R=1 was sent; the Response to `next` is waited for.
        case retrying(failure: ControlPacket, next: Challenge)
        case done(reply: ControlPacket, rechallenge: Instant?)
    }

    private let algorithm: CHAP.Algorithm
    private let configuration: LinkConfiguration.Authenticator
    private let limits: NegotiationLimits
    private var state = State.idle
    private var identifier: UInt8 = 0
    private var attemptsLeft: Int
    /// Who was accepted; a later challenge must find the same.
    private var accepted: [UInt8]?

    init(algorithm: CHAP.Algorithm, configuration: LinkConfiguration.Authenticator, limits: NegotiationLimits) {
        self.algorithm = algorithm
        self.configuration = configuration
        self.limits = limits
        attemptsLeft = configuration.attempts
    }

    var deadline: Instant? {
        switch state {
        case .challenging(_, _, let until), .refusing(_, _, _, let until): until
        case .done(_, let rechallenge): rechallenge
        case .idle, .deciding, .retrying: nil
        }
    }

    /// The first challenge; its identifier is anybody's guess.
    mutating func start(at now: Instant, using random: inout some RandomNumberGenerator) -> [AuthenticationOutput] {
        identifier = UInt8.random(in: .min ... .max, using: &random)
        return challenge(at: now, using: &random)
    }

    /// A LAC has challenged and the peer has answered: verify that (RFC 2661 section 4.4.5).
    mutating func start(
        proxied response: CHAP.Value, identifier: UInt8, challenge: [UInt8]
    ) -> [AuthenticationOutput] {
        self.identifier = identifier
        return verify(response, of: Challenge(identifier: identifier, value: challenge))
    }

    mutating func timeout(at now: Instant, using random: inout some RandomNumberGenerator) -> [AuthenticationOutput] {
        guard let deadline, deadline <= now else { return [] }
        switch state {
        case .challenging(let challenge, let left, _):
            guard left > 0 else {
                state = .idle
                return [.failed(.authenticationTimeout(algorithm.method))]
            }
            state = .challenging(challenge, left: left - 1, until: now + limits.restartTimer)
            return [.send(packet(challenge))]
        case .refusing(let challenge, let error, let message, _):
            return refuse(challenge, error: error, message: message, using: &random)
        case .done:
            return self.challenge(at: now, using: &random)
        case .idle, .deciding, .retrying:
            return []
        }
    }

    mutating func receive(_ packet: ControlPacket) -> [AuthenticationOutput] {
        guard packet.code == CHAP.Code.response else { return [.noted(.unknownCode(.chap, packet.code))] }
        switch state {
        case .challenging(let challenge, _, _) where challenge.identifier == packet.identifier:
            return receive(packet, answering: challenge)
        case .retrying(_, let next) where next.identifier == packet.identifier:
            return receive(packet, answering: next)
        case .retrying(let failure, _) where failure.identifier == packet.identifier:
            return [.send(failure)]
        case .done(let reply, _) where reply.identifier == packet.identifier:
            return [.send(reply)]
        case .deciding(let challenge, _) where challenge.identifier == packet.identifier:
            return []
        case .refusing(let challenge, _, _, _) where challenge.identifier == packet.identifier:
            return []
        case .idle, .challenging, .deciding, .refusing, .retrying, .done:
            return [.noted(.unexpectedReply(.chap))]
        }
    }

    /// The Success once more: a peer that repeats nothing and has missed it would wait for ever.
    var success: [AuthenticationOutput] {
        if case .done(let reply, _) = state { [.send(reply)] } else { [] }
    }

    mutating func decide(
        _ verdict: AuthenticationVerdict, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [AuthenticationOutput] {
        guard case .deciding(let challenge, let name) = state else { return [] }
        switch verdict {
        case .accepted(let message):
            let reply = ControlPacket(
                code: CHAP.Code.success, identifier: challenge.identifier,
                data: Array(message.prefix(CHAP.longestText)))
            accepted = name
            state = .done(reply: reply, rechallenge: nextChallenge(after: now, using: &random))
            return [.send(reply), .succeeded(name: name)]
        case .rejected(let error, let message):
            guard configuration.failureDelay > .zero else {
                return refuse(challenge, error: error, message: message, using: &random)
            }
            state = .refusing(challenge, error: error, message: message, until: now + configuration.failureDelay)
            return []
        }
    }
}

extension CHAPAuthenticator {
    /// A new identifier and a new value: neither tells anything about the next (RFC 1994 section 4.1).
    private mutating func challenge(
        at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [AuthenticationOutput] {
        identifier &+= 1
        let challenge = Challenge(identifier: identifier, value: random.octets(MSCHAPv2.challengeSize))
        state = .challenging(challenge, left: limits.maxConfigure - 1, until: now + limits.restartTimer)
        return [.send(packet(challenge))]
    }

    private func packet(_ challenge: Challenge) -> ControlPacket {
        let name = Array(configuration.name.utf8.prefix(CHAP.longestText))
        return ControlPacket(
            code: CHAP.Code.challenge, identifier: challenge.identifier,
            data: CHAP.Value(value: challenge.value, name: name).encoded)
    }

    /// Half to one and a half of the interval, so that nobody knows when.
    private func nextChallenge(after now: Instant, using random: inout some RandomNumberGenerator) -> Instant? {
        configuration.rechallengeInterval.map { now + $0 * Double.random(in: 0.5...1.5, using: &random) }
    }

    private mutating func receive(
        _ packet: ControlPacket, answering challenge: Challenge
    ) -> [AuthenticationOutput] {
        guard let response = CHAP.Value(parsing: packet.data) else { return [.noted(.malformed(.chap))] }
        return verify(response, of: challenge)
    }

    private mutating func verify(_ response: CHAP.Value, of challenge: Challenge) -> [AuthenticationOutput] {
        let proof = CHAP.proof(
            of: response, identifier: challenge.identifier, to: challenge.value, algorithm: algorithm)
        guard let proof else { return [.noted(.malformed(.chap))] }
        if let accepted, accepted != response.name {
            state = .idle
            return [.failed(.authenticationFailed(algorithm.method, .peer))]
        }
        attemptsLeft -= 1
        state = .deciding(challenge, name: response.name)
        return [.ask(name: response.name, proof)]
    }

    private mutating func refuse(
        _ challenge: Challenge, error: Int, message: String, using random: inout some RandomNumberGenerator
    ) -> [AuthenticationOutput] {
        let text = String(decoding: message.utf8.prefix(CHAP.longestText), as: UTF8.self)
        var failure = ControlPacket(code: CHAP.Code.failure, identifier: challenge.identifier, data: Array(text.utf8))
        guard case .msChapV2 = algorithm else {
            state = .idle
            return [.send(failure), .failed(.authenticationFailed(algorithm.method, .peer))]
        }
        let retryAllowed = attemptsLeft > 0 && accepted == nil
        let next = Challenge(identifier: challenge.identifier &+ 1, value: random.octets(MSCHAPv2.challengeSize))
        failure.data =
            MSCHAPv2.Failure(error: error, retryAllowed: retryAllowed, challenge: next.value, message: text).encoded
        guard retryAllowed else {
            state = .idle
            return [.send(failure), .failed(.authenticationFailed(algorithm.method, .peer))]
        }
        identifier = next.identifier
        state = .retrying(failure: failure, next: next)
        return [.send(failure)]
    }
}
