import L2TPWire
import Testing

@Suite struct AuthenticationTests {
    let secret = Array("secret".utf8)
    let challenge = Array(UInt8(0)...15)

    @Test func `AUT-01 the response is MD5 of the message type, the secret and the challenge`() {
        #expect(
            ChallengeResponse.compute(in: .sccrp, secret: secret, challenge: challenge)
                == hex("dd4186e2196f00124a9d588f02701259"))
        #expect(
            ChallengeResponse.compute(in: .scccn, secret: secret, challenge: challenge)
                == hex("8f3c2fa6fcfea72215ae83ea89ec2b77"))
    }

    @Test func `AUT-02 a challenge has 1 to 1017 octets and a response 16`() throws {
        for size in [1, 16, 1017] {
            let octets = body(.sccrq, Required.sccrq.flatMap(\.self), avp(11, [UInt8](repeating: 1, count: size)))
            guard case .sccrq(let message) = try decode(octets).message else { Issue.record("not an SCCRQ"); return }
            #expect(message.challenge?.count == size)
        }
        #expect(refusal(body(.sccrq, Required.sccrq.flatMap(\.self), avp(11)))?.fault == .wrongLength(.challenge))
        for size in [0, 15, 17] {
            let octets = body(.scccn, avp(13, [UInt8](repeating: 1, count: size)))
            #expect(refusal(octets)?.fault == .wrongLength(.challengeResponse))
        }
        var random = SeededGenerator(seed: 3)
        let ours = ChallengeResponse.challenge(using: &random)
        #expect(ours.count >= 16)
        #expect(ours != ChallengeResponse.challenge(using: &random))
    }

    @Test func `AUT-03 only the right response to the right challenge in the right message is valid`() {
        let right = hex("dd4186e2196f00124a9d588f02701259")
        #expect(ChallengeResponse.isValid(right, in: .sccrp, secret: secret, challenge: challenge))
        #expect(!ChallengeResponse.isValid(right, in: .scccn, secret: secret, challenge: challenge))
        #expect(!ChallengeResponse.isValid(right, in: .sccrp, secret: Array("Secret".utf8), challenge: challenge))
        #expect(!ChallengeResponse.isValid(right, in: .sccrp, secret: secret, challenge: [1]))
        #expect(!ChallengeResponse.isValid([], in: .sccrp, secret: secret, challenge: challenge))
        for index in right.indices {
            var wrong = right
            wrong[index] ^= 0x80
            #expect(!ChallengeResponse.isValid(wrong, in: .sccrp, secret: secret, challenge: challenge))
        }
    }

    @Test func `AUT-04 an empty secret proves nothing`() {
        let response = ChallengeResponse.compute(in: .sccrp, secret: [], challenge: challenge)
        #expect(!ChallengeResponse.isValid(response, in: .sccrp, secret: [], challenge: challenge))
    }

    @Test func `AUT-07 the lower tie breaker wins, equal ones both lose, one wins over none`() {
        func outcome(_ ours: UInt64?, _ peers: UInt64?) -> TieBreaker.Outcome {
            .init(ours: ours, peers: peers)
        }
        #expect(outcome(1, 2) == .oursStands)
        #expect(outcome(2, 1) == .peersStands)
        // Unsigned: the top bit does not make a value negative.
        #expect(outcome(0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000) == .oursStands)
        #expect(outcome(5, 5) == .neitherStands)
        #expect(outcome(5, nil) == .oursStands)
        #expect(outcome(nil, 5) == .peersStands)
        #expect(outcome(nil, nil) == .bothStand)
    }
}

extension TieBreaker.Outcome {
    fileprivate init(ours: UInt64?, peers: UInt64?) {
        self = TieBreaker.outcome(
            ours: ours.map(TieBreaker.init(rawValue:)), peers: peers.map(TieBreaker.init(rawValue:)))
    }
}
