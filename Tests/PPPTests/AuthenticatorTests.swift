import Instants
import Testing

@testable import PPP

private let secret = Password("secret")

/// What a peer answers to a challenge.
private func response(
    to challenge: ControlPacket, _ algorithm: CHAP.Algorithm, password: Password = secret, name: String = "alice"
) throws -> ControlPacket {
    let value = try #require(CHAP.Value(parsing: challenge.data)).value
    let name = Array(name.utf8)
    let proof: [UInt8]
    switch algorithm {
    case .md5:
        proof = CHAP.md5Response(identifier: challenge.identifier, password: password, challenge: value)
    case .msChapV2:
        let own = [UInt8](repeating: 9, count: 16)
        proof =
            own + [UInt8](repeating: 0, count: 8)
            + MSCHAPv2.Exchange(challenge: value, peerChallenge: own, name: name, password: password).ntResponse + [0]
    }
    return ControlPacket(
        code: CHAP.Code.response, identifier: challenge.identifier, data: CHAP.Value(value: proof, name: name).encoded)
}

private func papRequest(_ identifier: UInt8, _ name: String = "alice", _ password: String = "secret") -> ControlPacket {
    ControlPacket(
        code: PAP.Code.request, identifier: identifier,
        data: PAP.Credentials(name: Array(name.utf8), password: Password(password)).encoded)
}

extension Station {
    /// The daemon's answer, from a table with one user.
    fileprivate mutating func decide(_ question: AuthenticationRequest) -> [Link.Output] {
        handle(.authenticationDecided(question.verify(password: secret), for: question.id))
    }
}

@Suite struct AuthenticatorTests {
    @Test func `PAU-01 one method is asked for, and a Nak falls back along the preference`() throws {
        let option = LCPOptions.Kind.authentication
        var station = Station(.lns([.msChapV2, .chapMD5, .pap]))
        var request = try #require(station.handle(.lowerLayerUp).packets(.lcp).first)
        for method in [AuthenticationMethod.msChapV2, .chapMD5, .pap] {
            #expect(request.options.filter { $0.type == option } == [ConfigurationOption(option, method.optionValue)])
            // The peer would like EAP: what it is offered is the next of ours.
            let nak = ConfigurationOption.encode([ConfigurationOption(option, [0xc2, 0x27])])
            let outputs = station.receive(.lcp, Code.configureNak, request.identifier, nak)
            guard method != .pap else {
                let end = (outputs + station.advance(.seconds(10))).end
                #expect(end == .authenticationProtocolUnacceptable(.peer))
                #expect(end?.disconnectCode == 15)
                return
            }
            request = try #require(outputs.packets(.lcp, Code.configureRequest).first)
        }
    }

    @Test func `PAU-01 a Nak that names another of ours is followed`() throws {
        let option = LCPOptions.Kind.authentication
        var station = Station(.lns([.msChapV2, .chapMD5, .pap]))
        let request = try #require(station.handle(.lowerLayerUp).packets(.lcp).first)
        let nak = ConfigurationOption.encode([ConfigurationOption(option, AuthenticationMethod.pap.optionValue)])
        let next = station.receive(.lcp, Code.configureNak, request.identifier, nak).packets(.lcp).first
        #expect(next?.option(option)?.value == AuthenticationMethod.pap.optionValue)
    }

    @Test func `PAU-01 a peer that rejects authentication is not let in`() throws {
        var station = Station(.lns([.pap]))
        let request = try #require(station.handle(.lowerLayerUp).packets(.lcp).first)
        let reject = ConfigurationOption.encode([ConfigurationOption(3, AuthenticationMethod.pap.optionValue)])
        let outputs = station.receive(.lcp, Code.configureReject, request.identifier, reject)
        #expect((outputs + station.advance(.seconds(10))).end == .authenticationProtocolUnacceptable(.peer))
    }

    @Test func `PAU-01 a peer that does not know the protocol after all is not let in`() throws {
        var station = Station(.lns([.chapMD5]))
        _ = try station.openLCP()
        let outputs = station.receive(.lcp, Code.protocolReject, 1, [0xc2, 0x23, 1, 1])
        #expect((outputs + station.advance(.seconds(10))).end == .authenticationProtocolUnacceptable(.peer))
    }

    @Test(arguments: [CHAP.Algorithm.md5, .msChapV2])
    func `PAU-02 a repeated Response has the same answer and is not asked twice`(
        algorithm: CHAP.Algorithm
    ) throws {
        var station = Station(.lns([algorithm.method]))
        let challenge = try #require(try station.openLCP().packets(.chap).first)
        let packet = try response(to: challenge, algorithm)
        let asked = station.receive(.chap, packet)
        let question = try #require(asked.questions.first)
        #expect(question.user == "alice")
        #expect(question.method == algorithm.method)
        #expect(!asked.contains(.networkPhase))
        for _ in 0..<3 { #expect(station.receive(.chap, packet).isEmpty) }
        let decided = station.decide(question)
        let success = try #require(decided.packets(.chap).first)
        #expect(success.code == CHAP.Code.success)
        #expect(success.identifier == challenge.identifier)
        #expect(decided.last == .networkPhase)
        #expect(station.link.user == "alice")
        for _ in 0..<3 { #expect(station.receive(.chap, packet) == [.send(PPPFrame(.chap, success.encoded))]) }
        #expect(station.decide(question).isEmpty)
    }

    @Test func `PAU-02 a challenge is repeated until its limit and each new one is unlike the last`() throws {
        var station = Station(.lns([.chapMD5]))
        let challenge = try #require(try station.openLCP().packets(.chap).first)
        let outputs = station.advance(.seconds(29))
        #expect(outputs.packets(.chap) == [ControlPacket](repeating: challenge, count: 9))
        let end = (outputs + station.advance(.seconds(10))).end
        #expect(end == .authenticationTimeout(.chapMD5))
        #expect(end?.disconnectCode == 13)

        var values: Set<[UInt8]> = []
        for seed in 0..<50 as Range<UInt64> {
            var other = Station(.lns([.chapMD5]), seed: seed)
            let packet = try #require(try other.openLCP().packets(.chap).first)
            let value = try #require(CHAP.Value(parsing: packet.data))
            #expect(value.value.count == 16)
            #expect(value.name == Array("lns".utf8))
            values.insert([packet.identifier] + value.value)
        }
        #expect(values.count == 50)
    }

    @Test func `PAU-02 a Response with a stale identifier is ignored`() throws {
        var station = Station(.lns([.chapMD5]))
        let challenge = try #require(try station.openLCP().packets(.chap).first)
        var packet = try response(to: challenge, .md5)
        packet.identifier &-= 1
        #expect(station.receive(.chap, packet) == [.noted(.unexpectedReply(.chap))])
        packet.identifier &+= 1
        #expect(station.receive(.chap, packet).questions.count == 1)
    }

    @Test func `PAU-02 a Success is repeated to a peer that does not begin with its network protocols`() throws {
        var station = Station(.lns([.chapMD5]))
        let challenge = try #require(try station.openLCP().packets(.chap).first)
        let question = try #require(station.receive(.chap, try response(to: challenge, .md5)).questions.first)
        let success = station.decide(question).packets(.chap)
        _ = station.handle(.networkReady(.lns))
        #expect(station.advance(.seconds(3)).packets(.chap) == success)
        _ = station.request(.ipcp, [])
        #expect(station.advance(.seconds(30)).packets(.chap).isEmpty)
    }

    @Test func `PAU-03 no second challenge by default, with an interval one at an unpredictable time`() throws {
        var plain = Station(.lns([.chapMD5]))
        let first = try #require(try plain.openLCP().packets(.chap).first)
        let asked = try #require(plain.receive(.chap, try response(to: first, .md5)).questions.first)
        _ = plain.decide(asked)
        #expect(plain.advance(.seconds(100_000)).packets(.chap).isEmpty)

        var delays: Set<Duration> = []
        for seed in 0..<20 as Range<UInt64> {
            var station = Station(.lns([.chapMD5], rechallengeInterval: .seconds(600)), seed: seed)
            let challenge = try #require(try station.openLCP().packets(.chap).first)
            let question = try #require(station.receive(.chap, try response(to: challenge, .md5)).questions.first)
            _ = station.decide(question)
            let delay = try #require(station.link.deadline) - station.now
            delays.insert(delay)
            #expect((.seconds(300)...(.seconds(900))).contains(delay))
            let again = try #require(station.advance(delay).packets(.chap).first)
            #expect(again.identifier == challenge.identifier &+ 1)
            #expect(again.data != challenge.data)
            let second = try #require(station.receive(.chap, try response(to: again, .md5)).questions.first)
            let outputs = station.decide(second)
            #expect(outputs.packets(.chap).map(\.code) == [CHAP.Code.success])
            #expect(!outputs.contains(.networkPhase))
            #expect(station.link.phase == .network)
        }
        #expect(delays.count > 10)
    }

    @Test func `PAU-03 whoever fails a later challenge, or is somebody else, is put out`() throws {
        for (name, password) in [("alice", Password("wrong")), ("mallory", secret)] {
            var station = Station(.lns([.chapMD5], rechallengeInterval: .seconds(10)))
            let challenge = try #require(try station.openLCP().packets(.chap).first)
            let question = try #require(station.receive(.chap, try response(to: challenge, .md5)).questions.first)
            _ = station.decide(question)
            let again = try #require(station.advance(.seconds(15)).packets(.chap).first)
            var outputs = station.receive(.chap, try response(to: again, .md5, password: password, name: name))
            if let second = outputs.questions.first { outputs += station.decide(second) }
            outputs += station.advance(.seconds(10))
            #expect(outputs.contains(.linkDown))
            #expect(outputs.end == .authenticationFailed(.chapMD5, .peer))
        }
    }

    @Test(
        arguments: [
            [], [0], [16], [17] + [UInt8](repeating: 1, count: 16), [15] + [UInt8](repeating: 1, count: 20),
            [17] + [UInt8](repeating: 1, count: 20), [255], [49] + [UInt8](repeating: 1, count: 49),
            [16] + [UInt8](repeating: 1, count: 16 + 256),
        ] as [[UInt8]])
    func `PAU-04 a Response with a wrong Value-Size or an endless name is dropped`(data: [UInt8]) throws {
        var station = Station(.lns([.chapMD5]))
        let challenge = try #require(try station.openLCP().packets(.chap).first)
        #expect(
            station.receive(.chap, CHAP.Code.response, challenge.identifier, data) == [.noted(.malformed(.chap))])
        #expect(station.link.phase == .authenticate)
    }

    @Test func `PAU-04 the name ends where Length says`() throws {
        var station = Station(.lns([.chapMD5]))
        let challenge = try #require(try station.openLCP().packets(.chap).first)
        let padded = PPPFrame(.chap, try response(to: challenge, .md5).encoded + Array("padding".utf8))
        let question = try #require(station.handle(.frame(padded.encoded)).questions.first)
        #expect(question.user == "alice")
    }

    @Test func `PAU-05 a repeated Authenticate-Request after success has the same reply`() throws {
        var station = Station(.lns([.pap]))
        _ = try station.openLCP()
        let question = try #require(station.receive(.pap, papRequest(1)).questions.first)
        #expect(station.receive(.pap, papRequest(2)).isEmpty)
        let outputs = station.decide(question)
        #expect(outputs.packets(.pap).first?.code == PAP.Code.ack)
        #expect(outputs.packets(.pap).first?.identifier == 2)
        #expect(outputs.last == .networkPhase)
        let again = station.receive(.pap, papRequest(3))
        #expect(again.packets(.pap).first?.code == PAP.Code.ack)
        #expect(again.packets(.pap).first?.identifier == 3)
        #expect(again.questions.isEmpty)
    }

    @Test(arguments: [[], [0], [5, 1], [1, 97], [1, 97, 9, 1], [255]] as [[UInt8]])
    func `PAU-05 an Authenticate-Request whose lengths overrun it is dropped`(data: [UInt8]) throws {
        var station = Station(.lns([.pap]))
        _ = try station.openLCP()
        #expect(station.receive(.pap, PAP.Code.request, 1, data) == [.noted(.malformed(.pap))])
    }

    @Test func `PAU-05 PAU-11 a wrong password has a Nak and then the link is terminated`() throws {
        var station = Station(.lns([.pap]))
        _ = try station.openLCP()
        let question = try #require(station.receive(.pap, papRequest(1, "alice", "wrong")).questions.first)
        let outputs = station.decide(question)
        #expect(outputs.frames.map(\.protocolNumber) == [.pap, .lcp])
        #expect(outputs.packets(.pap).first?.code == PAP.Code.nak)
        #expect(outputs.packets(.lcp).first?.code == Code.terminateRequest)
        let end = station.receive(.lcp, Code.terminateAck, 1).end
        #expect(end == .authenticationFailed(.pap, .peer))
        #expect(end?.disconnectCode == 16)
    }

    @Test func `PAU-07 PAU-11 an MS-CHAPv2 peer may try as often as configured, each time with a new challenge`() throws
    {
        var station = Station(.lns([.msChapV2], attempts: 3))
        var challenge = try #require(try station.openLCP().packets(.chap).first)
        for attempt in 1...3 {
            let wrong = try response(to: challenge, .msChapV2, password: Password("wrong"))
            let question = try #require(station.receive(.chap, wrong).questions.first)
            let outputs = station.decide(question)
            let packet = try #require(outputs.packets(.chap).first)
            #expect(packet.code == CHAP.Code.failure)
            #expect(packet.identifier == challenge.identifier)
            let failure = try #require(MSCHAPv2.Failure(parsing: packet.data))
            #expect(failure.error == 691)
            #expect(failure.retryAllowed == (attempt < 3))
            guard attempt < 3 else {
                #expect((outputs + station.advance(.seconds(10))).end == .authenticationFailed(.msChapV2, .peer))
                return
            }
            // The Failure was lost: the same Response has the same answer.
            #expect(station.receive(.chap, wrong) == [.send(PPPFrame(.chap, packet.encoded))])
            challenge = ControlPacket(
                code: CHAP.Code.challenge, identifier: challenge.identifier &+ 1,
                data: CHAP.Value(value: failure.challenge, name: []).encoded)
        }
    }

    @Test func `PAU-07 a second attempt with the right password is let in`() throws {
        var station = Station(.lns([.msChapV2], attempts: 2))
        let challenge = try #require(try station.openLCP().packets(.chap).first)
        let wrong = try response(to: challenge, .msChapV2, password: Password("wrong"))
        let first = try #require(station.receive(.chap, wrong).questions.first)
        let packet = try #require(station.decide(first).packets(.chap).first)
        let failure = try #require(MSCHAPv2.Failure(parsing: packet.data))
        let retry = ControlPacket(
            code: CHAP.Code.challenge, identifier: challenge.identifier &+ 1,
            data: CHAP.Value(value: failure.challenge, name: []).encoded)
        let second = try #require(station.receive(.chap, try response(to: retry, .msChapV2)).questions.first)
        let outputs = station.decide(second)
        #expect(outputs.last == .networkPhase)
        #expect(outputs.packets(.chap).first?.data.starts(with: Array("S=".utf8)) == true)
    }

    @Test(arguments: AuthenticationMethod.allCases) func `PAU-11 a refusal is held back for the delay`(
        method: AuthenticationMethod
    ) throws {
        var station = Station(.lns([method], failureDelay: .seconds(2)))
        let opened = try station.openLCP()
        let packet: ControlPacket
        switch method {
        case .pap: packet = papRequest(1, "alice", "wrong")
        case .chapMD5:
            packet = try response(to: try #require(opened.packets(.chap).first), .md5, password: Password("x"))
        case .msChapV2:
            packet = try response(to: try #require(opened.packets(.chap).first), .msChapV2, password: Password("x"))
        }
        let number = method.protocolNumber
        let question = try #require(station.receive(number, packet).questions.first)
        #expect(station.decide(question).isEmpty)
        #expect(station.receive(number, packet).isEmpty)
        #expect(station.advance(.milliseconds(1999)).isEmpty)
        let outputs = station.advance(.milliseconds(1))
        #expect(outputs.packets(number).count == 1)
        #expect((outputs + station.advance(.seconds(10))).end == .authenticationFailed(method, .peer))
    }

    @Test func `PAU-11 a peer that never proves itself is put out in time, a slow daemon included`() throws {
        var configuration = LinkConfiguration.lns([.pap])
        configuration.authenticationTimeout = .seconds(20)
        var silent = Station(configuration)
        _ = try silent.openLCP()
        #expect(silent.advance(.seconds(30)).end == .authenticationTimeout(.pap))

        var slow = Station(configuration)
        _ = try slow.openLCP()
        let question = try #require(slow.receive(.pap, papRequest(1)).questions.first)
        let outputs = slow.advance(.seconds(20))
        #expect(outputs.packets(.lcp, Code.terminateRequest).count == 1)
        #expect(slow.decide(question).isEmpty)
    }
}
