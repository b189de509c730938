import Testing

@testable import PPP

/// A client's link, the authenticator being scripted.
@Suite struct AuthenticationPeerTests {
    private func opened(_ method: AuthenticationMethod, retries: Int = 1) throws -> (Station, [Link.Output]) {
        var station = Station(.client(retries: retries))
        let outputs = try station.openLCP([ConfigurationOption(LCPOptions.Kind.authentication, method.optionValue)])
        #expect(station.link.phase == .authenticate)
        #expect(station.link.authenticationMethod == method)
        return (station, outputs)
    }

    private let challenge = CHAP.Value(value: Array(0...15), name: Array("lns".utf8)).encoded

    @Test(
        arguments: [
            (AuthenticationMethod.allCases, [0xc2, 0x27], Code.configureNak, [0xc2, 0x23, 0x81]),
            ([.pap], [0xc2, 0x23, 0x05], Code.configureNak, [0xc0, 0x23]),
            ([.pap], [0xc0, 0x23], Code.configureAck, [0xc0, 0x23]),
            ([.chapMD5], [0xc2, 0x23, 0x80], Code.configureNak, [0xc2, 0x23, 0x05]),
            ([.chapMD5], [], Code.configureNak, [0xc2, 0x23, 0x05]),
            ([], [0xc0, 0x23], Code.configureReject, [0xc0, 0x23]),
        ] as [([AuthenticationMethod], [UInt8], UInt8, [UInt8])])
    func `PAU-01 a client grants what it may and suggests its own otherwise`(
        methods: [AuthenticationMethod], asked: [UInt8], code: UInt8, answer: [UInt8]
    ) throws {
        var station = Station(.client(methods))
        _ = station.handle(.lowerLayerUp)
        let reply = try #require(station.request(.lcp, [ConfigurationOption(3, asked)]).packets(.lcp).last)
        #expect(reply.code == code)
        #expect(reply.options == [ConfigurationOption(3, answer)])
    }

    @Test func `PAU-02 a repeated challenge has the same answer, MS-CHAPv2's own challenge included`() throws {
        for method in [AuthenticationMethod.chapMD5, .msChapV2] {
            var (station, _) = try opened(method)
            let first = station.receive(.chap, CHAP.Code.challenge, 7, challenge).packets(.chap)
            #expect(first.map(\.code) == [CHAP.Code.response])
            #expect(first.map(\.identifier) == [7])
            #expect(station.receive(.chap, CHAP.Code.challenge, 7, challenge).packets(.chap) == first)
            #expect(station.receive(.chap, CHAP.Code.challenge, 8, challenge).packets(.chap) != first)
        }
    }

    @Test func `PAU-02 a Response is repeated until it is answered, within limits`() throws {
        var (station, _) = try opened(.chapMD5)
        let response = station.receive(.chap, CHAP.Code.challenge, 7, challenge).packets(.chap)
        let again = station.advance(.seconds(59)).packets(.chap)
        #expect(again == [ControlPacket](repeating: response[0], count: 9))
        #expect(station.receive(.chap, CHAP.Code.success, 7) == [.networkPhase])
        #expect(station.advance(.seconds(59)).packets(.chap).isEmpty)
    }

    @Test func `PAU-03 a client answers a challenge on an open link`() throws {
        var (station, _) = try opened(.chapMD5)
        _ = station.receive(.chap, CHAP.Code.challenge, 7, challenge)
        #expect(station.receive(.chap, CHAP.Code.success, 7) == [.networkPhase])
        #expect(station.receive(.chap, CHAP.Code.challenge, 8, challenge).packets(.chap).count == 1)
        #expect(station.receive(.chap, CHAP.Code.success, 8).isEmpty)
        #expect(station.link.phase == .network)
    }

    @Test func `PAU-04 the text of a Success or Failure changes nothing in CHAP-MD5`() throws {
        var (station, _) = try opened(.chapMD5)
        _ = station.receive(.chap, CHAP.Code.challenge, 7, challenge)
        #expect(station.receive(.chap, CHAP.Code.success, 6).notes == [.unexpectedReply(.chap)])
        let outputs = station.receive(.chap, CHAP.Code.success, 7, Array("E=691 R=0\n".utf8))
        #expect(outputs == [.noted(.authenticationMessage("E=691 R=0\u{fffd}")), .networkPhase])

        var (refused, _) = try opened(.chapMD5)
        _ = refused.receive(.chap, CHAP.Code.challenge, 7, challenge)
        let failed = refused.receive(
            .chap, CHAP.Code.failure, 7, Array("E=691 R=1 C=00000000000000000000000000000000 V=3".utf8))
        #expect(failed.packets(.chap).isEmpty)
        #expect((failed + refused.advance(.seconds(10))).end == .authenticationFailed(.chapMD5, .local))
    }

    @Test func `PAU-04 a broken challenge is dropped`() throws {
        var (station, _) = try opened(.msChapV2)
        for data in [[], [0], [16, 1], [8, 1, 2, 3, 4, 5, 6, 7, 8]] as [[UInt8]] {
            #expect(station.receive(.chap, CHAP.Code.challenge, 7, data) == [.noted(.malformed(.chap))])
        }
    }

    /// The proof that the authenticator owes for a response.
    private func answer(to packet: ControlPacket) throws -> [UInt8] {
        let value = try #require(CHAP.Value(parsing: packet.data)).value
        let exchange = MSCHAPv2.Exchange(
            challenge: Array(0...15), peerChallenge: Array(value.prefix(16)), name: Array("alice".utf8),
            password: Password("secret"))
        #expect(Array(value.dropFirst(24).prefix(24)) == exchange.ntResponse)
        return exchange.authenticatorResponse
    }

    @Test(arguments: ["", " M=OK", "M=", "\u{0}\u{0}", " garbage"])
    func `PAU-07 a Success is verified whatever follows its proof`(
        tail: String
    ) throws {
        var (station, _) = try opened(.msChapV2)
        let response = try #require(station.receive(.chap, CHAP.Code.challenge, 7, challenge).packets(.chap).first)
        let message = try answer(to: response) + Array(tail.utf8)
        #expect(station.receive(.chap, CHAP.Code.success, 7, message).last == .networkPhase)
        #expect(station.link.user == "alice")
    }

    @Test func `PAU-07 a Success without the right proof ends the link`() throws {
        for spoil in 0..<3 {
            var (station, _) = try opened(.msChapV2)
            let response = try #require(
                station.receive(.chap, CHAP.Code.challenge, 7, challenge).packets(.chap).first)
            var message = try answer(to: response)
            switch spoil {
            case 0: message = []
            case 1: message[41] = message[41] == 0x30 ? 0x31 : 0x30
            default: message.removeLast()
            }
            let outputs = station.receive(.chap, CHAP.Code.success, 7, message)
            #expect(!outputs.contains(.networkPhase))
            #expect((outputs + station.advance(.seconds(10))).end == .authenticationFailed(.msChapV2, .peer))
        }
    }

    @Test func `PAU-07 a Failure that allows it is followed by a retry with the next identifier and the new challenge`()
        throws
    {
        var (station, _) = try opened(.msChapV2)
        _ = station.receive(.chap, CHAP.Code.challenge, 7, challenge)
        let text = "E=691 R=1 C=000102030405060708090A0B0C0D0E0F V=3 M=again"
        let outputs = station.receive(.chap, CHAP.Code.failure, 7, Array(text.utf8))
        let retry = try #require(outputs.packets(.chap).first)
        #expect(retry.code == CHAP.Code.response)
        #expect(retry.identifier == 8)
        #expect(outputs.notes == [.authenticationMessage("E=691 again")])
        #expect(station.advance(.seconds(3)).packets(.chap) == [retry])
        #expect(station.receive(.chap, CHAP.Code.success, 8, try answer(to: retry)).last == .networkPhase)
        #expect(station.advance(.seconds(30)).packets(.chap).isEmpty)

        var (refused, _) = try opened(.msChapV2, retries: 0)
        _ = refused.receive(.chap, CHAP.Code.challenge, 7, challenge)
        let failed = refused.receive(.chap, CHAP.Code.failure, 7, Array(text.utf8))
        #expect(failed.packets(.chap).isEmpty)
        #expect((failed + refused.advance(.seconds(10))).end == .authenticationFailed(.msChapV2, .local))
    }

    @Test func `PAU-05 PAP asks until it is answered, each time with a new identifier`() throws {
        var (station, outputs) = try opened(.pap)
        outputs += station.advance(.seconds(29))
        let requests = outputs.packets(.pap)
        #expect(requests.count == 10)
        #expect(Set(requests.map(\.identifier)).count == 10)
        let ack = station.receive(.pap, PAP.Code.ack, requests[0].identifier, [2, 104, 105])
        #expect(ack == [.noted(.authenticationMessage("hi")), .networkPhase])

        var (unanswered, _) = try opened(.pap)
        #expect(unanswered.advance(.seconds(40)).end == .authenticationTimeout(.pap))
    }

    @Test func `PAU-05 a Nak ends a client's link`() throws {
        var (station, outputs) = try opened(.pap)
        let request = try #require(outputs.packets(.pap).first)
        #expect(station.receive(.pap, PAP.Code.nak, request.identifier &+ 1).notes == [.unexpectedReply(.pap)])
        let refused = station.receive(.pap, PAP.Code.nak, request.identifier, [])
        let end = (refused + station.advance(.seconds(10))).end
        #expect(end == .authenticationFailed(.pap, .local))
        #expect(end?.direction == .local)
    }
}
