import Digests
import Instants
import Octets

/// The end that answers challenges (RFC 1994, RFC 2759). It answers whenever it is asked, on an open link too.
struct CHAPPeer: Sendable {
    /// The answer that a Success or Failure is awaited for, or was had.
    private struct Answer: Sendable {
        var challenge: [UInt8]
        var packet: ControlPacket
        /// MS-CHAPv2: what the authenticator must be able to say.
        var expected: [UInt8]?
        var isPending: Bool
    }

    private let algorithm: CHAP.Algorithm
    private let configuration: LinkConfiguration.Peer
    private let limits: NegotiationLimits
    private var answer: Answer?
    private var retriesLeft: Int
    /// An answer is repeated until it is answered itself: its Success may have been lost, and then nobody challenges again
    /// (RFC 1994 section 4.2).
    private var resend: (left: Int, until: Instant)?

    init(algorithm: CHAP.Algorithm, configuration: LinkConfiguration.Peer, limits: NegotiationLimits) {
        self.algorithm = algorithm
        self.configuration = configuration
        self.limits = limits
        retriesLeft = configuration.retries
    }

    var deadline: Instant? { resend?.until }

    mutating func timeout(at now: Instant) -> [AuthenticationOutput] {
        guard let pending = resend, pending.until <= now, let answer else { return [] }
        guard pending.left > 0 else {
            resend = nil
            return []
        }
        resend = (pending.left - 1, now + limits.restartTimer)
        return [.send(answer.packet)]
    }

    mutating func receive(
        _ packet: ControlPacket, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [AuthenticationOutput] {
        switch packet.code {
        case CHAP.Code.challenge:
            guard let challenge = CHAP.Value(parsing: packet.data) else { return [.noted(.malformed(.chap))] }
            if let answer, answer.packet.identifier == packet.identifier, answer.challenge == challenge.value {
                return [.send(answer.packet)]
            }
            return respond(to: challenge.value, identifier: packet.identifier, at: now, using: &random)
        case CHAP.Code.success, CHAP.Code.failure:
            guard let answer, answer.isPending, answer.packet.identifier == packet.identifier else {
                return [.noted(.unexpectedReply(.chap))]
            }
            self.answer?.isPending = false
            resend = nil
            if packet.code == CHAP.Code.success { return succeed(packet.data, answer) }
            return fail(packet, at: now, using: &random)
        default:
            return [.noted(.unknownCode(.chap, packet.code))]
        }
    }

    private mutating func respond(
        to challenge: [UInt8], identifier: UInt8, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [AuthenticationOutput] {
        let name = Array(configuration.user.utf8.prefix(CHAP.longestText))
        let value: [UInt8]
        var expected: [UInt8]?
        switch algorithm {
        case .md5:
            value = CHAP.md5Response(identifier: identifier, password: configuration.password, challenge: challenge)
        case .msChapV2:
            guard challenge.count == MSCHAPv2.challengeSize else { return [.noted(.malformed(.chap))] }
            let own = random.octets(MSCHAPv2.challengeSize)
            let exchange = MSCHAPv2.Exchange(
                challenge: challenge, peerChallenge: own, name: name, password: configuration.password)
            value = own + [UInt8](repeating: 0, count: 8) + exchange.ntResponse + [0]
            expected = exchange.authenticatorResponse
        }
        let packet = ControlPacket(
            code: CHAP.Code.response, identifier: identifier, data: CHAP.Value(value: value, name: name).encoded)
        answer = Answer(challenge: challenge, packet: packet, expected: expected, isPending: true)
        resend = (limits.maxConfigure - 1, now + limits.restartTimer)
        return [.send(packet)]
    }

    /// The 42 octets are what counts: some servers break what follows them.
    private func succeed(_ message: [UInt8], _ answer: Answer) -> [AuthenticationOutput] {
        var text = message[...]
        if let expected = answer.expected {
            let said = Self.upperCase(Array(message.prefix(expected.count)))
            guard Digests.constantTimeEqual(said, expected) else {
                return [.failed(.authenticationFailed(algorithm.method, .peer))]
            }
            text = message.dropFirst(expected.count)
        }
        let note = Link.Note.text(text)
        return (note.isEmpty ? [] : [.noted(.authenticationMessage(note))])
            + [.succeeded(name: Array(configuration.user.utf8))]
    }

    private static func upperCase(_ octets: [UInt8]) -> [UInt8] {
        octets.map { (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) ? $0 - 32 : $0 }
    }

    private mutating func fail(
        _ packet: ControlPacket, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [AuthenticationOutput] {
        let refused = LinkEnd.authenticationFailed(algorithm.method, .local)
        guard case .msChapV2 = algorithm, let failure = MSCHAPv2.Failure(parsing: packet.data) else {
            return [.noted(.authenticationMessage(Link.Note.text(packet.data))), .failed(refused)]
        }
        let note = AuthenticationOutput.noted(.authenticationMessage("E=\(failure.error) \(failure.message)"))
        guard failure.retryAllowed, retriesLeft > 0 else { return [note, .failed(refused)] }
        retriesLeft -= 1
        return [note] + respond(to: failure.challenge, identifier: packet.identifier &+ 1, at: now, using: &random)
    }
}
