import Testing

@testable import PPP

private func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// RFC 2759 section 9.2.
private let challenge = hex("5B5D7C7D7B3F2F3E3C2C602132262628")
private let peerChallenge = hex("21402324255E262A28295F2B3A337C7E")
private let ntResponse = hex("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF")
private let answer = Array("S=407A5589115FD0D6209F510FE9C04566932CDA56".utf8)
private let password = Password("clientPass")

@Suite struct MSCHAPv2Tests {
    @Test(arguments: ["User", "BIGCO\\User", "A\\B\\User"]) func `PAU-06 the values of RFC 2759 section 9_2`(
        name: String
    ) {
        let name = Array(name.utf8)
        let exchange = MSCHAPv2.Exchange(
            challenge: challenge, peerChallenge: peerChallenge, name: name, password: password)
        #expect(exchange.challengeHash == hex("D02E4386BCE91226"))
        #expect(exchange.passwordHash == hex("44EBBA8D5312B8D611474411F56989AE"))
        #expect(exchange.ntResponse == ntResponse)
        #expect(exchange.authenticatorResponse == answer)
    }

    @Test func `PAU-06 the password of RFC 2433 appendix B_2 is hashed from UTF-16`() {
        #expect(MSCHAPv2.passwordHash(Password("MyPw")) == hex("FC156AF7EDCD6C0EDDE3337D427F4EAC"))
    }

    @Test func `PAU-06 a response is 49 octets, the NT response at its place`() throws {
        let value = peerChallenge + [UInt8](repeating: 0, count: 8) + ntResponse + [0]
        let response = CHAP.Value(value: value, name: Array("User".utf8))
        #expect(
            CHAP.proof(of: response, identifier: 7, to: challenge, algorithm: .msChapV2)
                == .msChapV2(
                    identifier: 7, challenge: challenge, peerChallenge: peerChallenge, ntResponse: ntResponse))
        for wrong in [Array(value.dropLast()), value + [0], Array(value.prefix(16))] {
            let short = CHAP.Value(value: wrong, name: [])
            #expect(CHAP.proof(of: short, identifier: 7, to: challenge, algorithm: .msChapV2) == nil)
        }
    }

    @Test func `PAU-07 a verified response is accepted with the authenticator's own proof`() {
        func request(_ response: [UInt8]) -> AuthenticationRequest {
            AuthenticationRequest(
                id: AuthenticationRequest.ID(number: 1), name: Array("User".utf8),
                proof: .msChapV2(
                    identifier: 1, challenge: challenge, peerChallenge: peerChallenge, ntResponse: response))
        }
        #expect(
            request(ntResponse).verify(password: password)
                == .accepted(message: answer + Array(" M=Access granted".utf8)))
        var wrong = ntResponse
        wrong[23] ^= 1
        #expect(request(wrong).verify(password: password) == .denied)
        #expect(request(ntResponse).verify(password: Password("clientpass")) == .denied)
    }

    @Test func `PAU-07 a Failure is written as RFC 2759 section 6 says`() {
        let failure = MSCHAPv2.Failure(error: 691, retryAllowed: true, challenge: challenge, message: "no")
        #expect(failure.encoded == Array("E=691 R=1 C=5B5D7C7D7B3F2F3E3C2C602132262628 V=3 M=no".utf8))
        #expect(MSCHAPv2.Failure(parsing: failure.encoded) == failure)
    }

    @Test(arguments: [
        ("E=691 R=1 C=5B5D7C7D7B3F2F3E3C2C602132262628 V=3 M=a = b", 691, true, "a = b"),
        ("E=648 R=0 C=5b5d7c7d7b3f2f3e3c2c602132262628 V=3", 648, false, ""), ("E=691 R=1", 691, false, ""),
        ("E=691 R=1 C=5B5D V=3 M=", 691, false, ""), ("E=9 R=1 C=zz5D7C7D7B3F2F3E3C2C602132262628", 9, false, ""),
    ])
    func `PAU-07 a Failure is read however much of it is there`(
        text: String, error: Int, retryAllowed: Bool, message: String
    ) {
        let failure = MSCHAPv2.Failure(parsing: Array(text.utf8))
        #expect(failure?.error == error)
        #expect(failure?.retryAllowed == retryAllowed)
        #expect(failure?.message == message)
    }

    @Test(arguments: ["", "E", "E=", "E=x R=1", "Access denied", "R=1 C=00"])
    func `PAU-07 what has no error is no Failure`(
        text: String
    ) {
        #expect(MSCHAPv2.Failure(parsing: Array(text.utf8)) == nil)
    }

    @Test func `PAU-02 a CHAP-MD5 response is the digest of identifier, secret and challenge`() {
        let response = CHAP.md5Response(identifier: 1, password: Password("password"), challenge: Array(0...15))
        #expect(response == hex("51b4c75f261478f67e37e429440e294d"))
        let request = AuthenticationRequest(
            id: AuthenticationRequest.ID(number: 1), name: [],
            proof: .chapMD5(identifier: 1, challenge: Array(0...15), response: response))
        #expect(request.verify(password: Password("password")) == .accepted(message: []))
        #expect(request.verify(password: Password("passwort")) == .denied)
    }

    @Test func `PAU-05 a PAP password is compared whole`() {
        func verdict(_ offered: String) -> AuthenticationVerdict {
            AuthenticationRequest(
                id: AuthenticationRequest.ID(number: 1), name: [], proof: .pap(password: Password(offered))
            ).verify(password: Password("secret"))
        }
        #expect(verdict("secret") == .accepted(message: []))
        for wrong in ["", "secre", "secrets", "Secret"] { #expect(verdict(wrong) == .denied) }
    }

    @Test func `a password does not show itself`() {
        let request = AuthenticationRequest(
            id: AuthenticationRequest.ID(number: 1), name: Array("u".utf8), proof: .pap(password: Password("xyzzy")))
        var dumped = ""
        dump(request, to: &dumped)
        dump(LinkConfiguration.client(password: "xyzzy"), to: &dumped)
        for text in ["\(request)", String(reflecting: request), dumped] {
            #expect(!text.contains("xyzzy"))
            #expect(!text.contains("120"))
        }
    }
}
