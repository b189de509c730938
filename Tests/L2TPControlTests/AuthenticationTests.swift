import L2TPControl
import L2TPWire
import Testing

private let secret = Array("tunnel-secret".utf8)
private let challenge: [UInt8] = Array(0..<16)

extension ScriptedPeer {
    /// The tunnel's SCCRQ or SCCRP, and the challenge in it.
    fileprivate mutating func begin() -> (reaction: Reaction, challenge: [UInt8]?) {
        let reaction = tunnel.role == .initiator ? give(.open) : say(.sccrq(Self.sccrq))
        for message in reaction.messages {
            switch message {
            case .sccrq(let message): return (reaction, message.challenge)
            case .sccrp(let message): return (reaction, message.challenge)
            default: break
            }
        }
        return (reaction, nil)
    }

    /// The peer's answer to that, an SCCRP or SCCCN.
    fileprivate mutating func answer(_ response: [UInt8]?) -> Reaction {
        guard tunnel.role == .initiator else { return say(.scccn(SCCCN(challengeResponse: response))) }
        var message = Self.sccrp
        message.challengeResponse = response
        return say(.sccrp(message))
    }

    fileprivate func response(to challenge: [UInt8], secret: [UInt8]) -> [UInt8] {
        ChallengeResponse.compute(
            in: tunnel.role == .initiator ? .sccrp : .scccn, secret: secret, challenge: challenge)
    }
}

/// An id of the pool's; 0 when it has none left.
private func draw(from pool: inout IdentifierPool, using random: inout SeededRandom) -> UInt16 {
    pool.allocate(using: &random) ?? 0
}

@Suite struct AuthenticationTests {
    @Test(arguments: [Tunnel.Role.initiator, .responder])
    func `AUT-01 AUT-02 a peer that answers our challenge of 16 random octets is let in`(role: Tunnel.Role) throws {
        var peer = ScriptedPeer(role) {
            $0.secret = secret
            $0.requiresAuthentication = true
        }
        let challenge = try #require(peer.begin().challenge)
        #expect(challenge.count == 16)
        #expect(Set(challenge).count > 8)
        let reaction = peer.answer(peer.response(to: challenge, secret: secret))
        #expect(reaction.outputs == [.opened])
    }

    @Test func `AUT-01 a challenge in an SCCRQ is answered in the SCCRP`() {
        var peer = ScriptedPeer(.responder) { $0.secret = secret }
        var request = ScriptedPeer.sccrq
        request.challenge = challenge
        let reply = peer.say(.sccrq(request)).messages.first
        guard case .sccrp(let message) = reply else {
            Issue.record("no SCCRP")
            return
        }
        #expect(
            message.challengeResponse
                == ChallengeResponse.compute(in: .sccrp, secret: secret, challenge: challenge))
        // Authentication was not asked for on this side.
        #expect(message.challenge == nil)
        #expect(peer.say(.scccn(SCCCN())).outputs == [.opened])
    }

    @Test func `AUT-01 a challenge in an SCCRP is answered in the SCCCN`() {
        var peer = ScriptedPeer(.initiator) { $0.secret = secret }
        peer.give(.open)
        var reply = ScriptedPeer.sccrp
        reply.challenge = challenge
        let reaction = peer.say(.sccrp(reply))
        let response = ChallengeResponse.compute(in: .scccn, secret: secret, challenge: challenge)
        #expect(reaction.messages == [.scccn(SCCCN(challengeResponse: response))])
        #expect(reaction.outputs == [.opened])
    }

    @Test(arguments: [Tunnel.Role.initiator, .responder])
    func `AUT-03 RES-03 a wrong, missing or foreign response ends the tunnel with result 4`(
        role: Tunnel.Role
    ) throws {
        for attempt in 0..<4 {
            var peer = ScriptedPeer(role) {
                $0.secret = secret
                $0.requiresAuthentication = true
            }
            let challenge = try #require(peer.begin().challenge)
            let right = peer.response(to: challenge, secret: secret)
            var flipped = right
            flipped[15] ^= 1
            let wrong: [UInt8]? = [
                nil, flipped, peer.response(to: challenge, secret: Array("other".utf8)),
                ChallengeResponse.compute(in: .sccrq, secret: secret, challenge: challenge),
            ][attempt]
            let reaction = peer.answer(wrong)
            #expect(reaction.stopCode?.result == .notAuthorized, "attempt \(attempt)")
            #expect(!reaction.outputs.contains(.opened))
            #expect(peer.tunnel.state == .stopping)
        }
    }

    @Test(arguments: [Tunnel.Role.initiator, .responder])
    func `AUT-03 a response that nobody asked for ends the tunnel with result 4`(role: Tunnel.Role) {
        var peer = ScriptedPeer(role) { $0.secret = secret }
        let begun = peer.begin()
        #expect(begun.challenge == nil)
        let reaction = peer.answer([UInt8](repeating: 1, count: 16))
        #expect(reaction.stopCode?.result == .notAuthorized)
    }

    @Test(arguments: [nil, []] as [[UInt8]?])
    func `AUT-04 RES-03 where authentication is required and no secret is known an SCCRQ is refused`(
        secret: [UInt8]?
    ) {
        var peer = ScriptedPeer(.responder) {
            $0.secret = secret
            $0.requiresAuthentication = true
        }
        let reaction = peer.begin().reaction
        #expect(reaction.stopCode?.result == .notAuthorized)
        #expect(reaction.sent.first?.header.tunnelID == ScriptedPeer.tunnelID)
        #expect(reaction.types == [.stopCCN])
    }

    @Test(arguments: [nil, []] as [[UInt8]?])
    func `AUT-04 a challenge is never answered with an empty secret`(secret: [UInt8]?) {
        var responder = ScriptedPeer(.responder) { $0.secret = secret }
        var request = ScriptedPeer.sccrq
        request.challenge = challenge
        #expect(responder.say(.sccrq(request)).stopCode?.result == .notAuthorized)

        var initiator = ScriptedPeer(.initiator) { $0.secret = secret }
        initiator.give(.open)
        var reply = ScriptedPeer.sccrp
        reply.challenge = challenge
        let reaction = initiator.say(.sccrp(reply))
        #expect(reaction.stopCode?.result == .notAuthorized)
        #expect(reaction.types == [.stopCCN])
    }

    @Test func `AUT-04 an initiator that requires authentication is not let in by an empty secret`() throws {
        var peer = ScriptedPeer(.initiator) { $0.requiresAuthentication = true }
        let challenge = try #require(peer.begin().challenge)
        let reaction = peer.answer(peer.response(to: challenge, secret: []))
        #expect(reaction.stopCode?.result == .notAuthorized)
    }

    // MARK: Ids

    @Test func `AUT-06 ids are never 0, never used twice and not given again soon`() {
        var random = SeededRandom(seed: 1)
        var pool = IdentifierPool(rest: 100)
        var given: Set<UInt16> = []
        for _ in 0..<1000 {
            let id = draw(from: &pool, using: &random)
            #expect(id != 0)
            #expect(given.insert(id).inserted)
        }
        let released = given.min() ?? 0
        pool.release(released)
        #expect(pool.isResting(released))
        // In a space of 65,535 a hundred draws would hardly meet one id; so fill all the rest.
        while pool.count < 65_534 {
            let id = draw(from: &pool, using: &random)
            #expect(id != released)
        }
        // Only when nothing else is left.
        #expect(draw(from: &pool, using: &random) == released)
        let none = pool.allocate(using: &random)
        #expect(none == nil)
        pool.release(77)
        #expect(draw(from: &pool, using: &random) == 77)
    }

    @Test func `AUT-06 released ids rest until enough others were released`() {
        var random = SeededRandom(seed: 2)
        var pool = IdentifierPool(rest: 2)
        let ids = (0..<3).map { _ in draw(from: &pool, using: &random) }
        pool.release(ids[0])
        pool.release(ids[0])
        pool.release(ids[1])
        #expect([ids[0], ids[1]].allSatisfy { pool.isResting($0) })
        pool.release(ids[2])
        #expect(!pool.isResting(ids[0]))
        #expect(pool.count == 0)
    }

    @Test func `AUT-06 session ids are spread over the whole space and do not follow each other`() {
        var peer = ScriptedPeer.established()
        let ids = (1...200).map { peer.offerCall($0).rawValue }
        #expect(Set(ids).count == 200)
        #expect((0..<8).allSatisfy { part in ids.contains { $0 >> 13 == part } })
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $1 &- $0 != 1 })
    }

    // MARK: Tie breaker

    @Test(
        arguments: [
            (1, 2, TieBreaker.Outcome.oursStands), (2, 1, .peersStands), (5, 5, .neitherStands), (5, nil, .oursStands),
            (nil, 5, .peersStands), (nil, nil, .bothStand),
            // Unsigned: the highest bit is no sign.
            (0x8000_0000_0000_0000, 1, .peersStands), (UInt64.max, 0, .peersStands),
        ] as [(UInt64?, UInt64?, TieBreaker.Outcome)])
    func `AUT-07 two SCCRQs that cross are told apart by their Tie Breakers`(
        ours: UInt64?, theirs: UInt64?, outcome: TieBreaker.Outcome
    ) {
        let ours = ours.map { TieBreaker(rawValue: $0) }
        #expect(TieBreaker.outcome(ours: ours, peers: theirs.map { TieBreaker(rawValue: $0) }) == outcome)
    }

    @Test func `AUT-07 AUT-08 who loses the tie discards its tunnel without a word and says that it did`() {
        var peer = ScriptedPeer(.initiator) { $0.asksForSingleTunnel = true }
        peer.acknowledges = false
        peer.give(.open)
        let call = peer.placeCall()
        var request = ScriptedPeer.sccrq
        request.tieBreaker = TieBreaker(rawValue: 0)
        #expect(peer.tunnel.tie(with: request) == .peersStands)
        let reaction = peer.give(.tieLost)
        #expect(reaction.sent.isEmpty)
        #expect(reaction.outputs == [.callClosed(call, .tunnel(.tieLost)), .closed(.tieLost), .finished])
        #expect(peer.tunnel.deadline == nil)
    }

    @Test func `AUT-07 who wins the tie goes on`() {
        var peer = ScriptedPeer(.initiator) { $0.asksForSingleTunnel = true }
        peer.give(.open)
        var request = ScriptedPeer.sccrq
        #expect(peer.tunnel.tie(with: request) == .oursStands)
        request.tieBreaker = TieBreaker(rawValue: .max)
        #expect(peer.tunnel.tie(with: request) == .oursStands)
        #expect(peer.say(.sccrp(ScriptedPeer.sccrp)).outputs == [.opened])
        // And where nothing is outstanding there is no tie.
        #expect(peer.tunnel.tie(with: request) == nil)
    }

    @Test func `AUT-07 equal values discard both and without values both stand`() {
        var peer = ScriptedPeer(.initiator) { $0.asksForSingleTunnel = true }
        let sent = peer.give(.open).messages.first
        guard case .sccrq(let ours) = sent else {
            Issue.record("no SCCRQ")
            return
        }
        var request = ScriptedPeer.sccrq
        request.tieBreaker = ours.tieBreaker
        #expect(peer.tunnel.tie(with: request) == .neitherStands)

        var plain = ScriptedPeer(.initiator)
        plain.give(.open)
        #expect(plain.tunnel.tie(with: ScriptedPeer.sccrq) == .bothStand)
        request.tieBreaker = TieBreaker(rawValue: 1)
        #expect(plain.tunnel.tie(with: request) == .peersStands)
    }
}
