import Testing

@testable import PPP

private let mru = ConfigurationOption(1, UInt16(1460))
private let ourMagic = ConfigurationOption(5, UInt32(0x1111))
private let theirMagic = ConfigurationOption(5, UInt32(0x2222))
private let accepting = ProxyPolicy(acceptsLCP: true, acceptsAuthentication: true)
private let secret = Password("secret")

private func asks(_ method: AuthenticationMethod) -> ConfigurationOption {
    ConfigurationOption(3, method.optionValue)
}

private func proxied(
    sent: [ConfigurationOption], received: [ConfigurationOption] = [theirMagic]
) -> ProxiedLCP {
    ProxiedLCP(
        initialReceived: [], lastSent: ConfigurationOption.encode(sent),
        lastReceived: ConfigurationOption.encode(received))
}

private let chap = ProxiedAuthentication(
    type: 2, name: Array("alice".utf8), challenge: Array(0...15), identifier: 9,
    response: CHAP.md5Response(identifier: 9, password: secret, challenge: Array(0...15)))
private let pap = ProxiedAuthentication(
    type: 3, name: Array("alice".utf8), identifier: 4, response: Array("secret".utf8))

@Suite struct ProxyTests {
    /// An LNS that wants at most 1460 octets, behind a LAC that says this.
    private func behind(
        _ lcp: ProxiedLCP, _ authentication: ProxiedAuthentication?, _ policy: ProxyPolicy = accepting,
        methods: [AuthenticationMethod] = [.msChapV2, .chapMD5, .pap]
    ) -> (Station, [Link.Output]) {
        var configuration = LinkConfiguration.lns(methods)
        configuration.mru = 1460
        var station = Station(configuration)
        let outputs = station.handle(.lowerLayerUpWithProxy(lcp, authentication, policy))
        return (station, outputs)
    }

    @Test func `PRX-01 accepted LCP is open at once with the options of both ends`() {
        let received = [ConfigurationOption(1, UInt16(1400)), theirMagic, ConfigurationOption(7, [])]
        let (station, outputs) = behind(proxied(sent: [mru, asks(.chapMD5), ourMagic], received: received), chap)
        #expect(outputs.packets(.lcp).isEmpty)
        #expect(station.link.localParameters.mru == 1460)
        #expect(station.link.localParameters.magicNumber == 0x1111)
        #expect(station.link.peerParameters.mru == 1400)
        #expect(station.link.peerParameters.magicNumber == 0x2222)
        #expect(station.link.peerParameters.protocolFieldCompression)
        #expect(station.link.mtu == 1400)
    }

    @Test func `PRX-01 without both option lists, or by policy, LCP is negotiated anew`() {
        let whole = proxied(sent: [mru, asks(.chapMD5), ourMagic])
        var noSent = whole
        noSent.lastSent = nil
        var noReceived = whole
        noReceived.lastReceived = nil
        var broken = whole
        broken.lastSent?.append(7)
        let cases = [
            (noSent, accepting), (noReceived, accepting), (broken, accepting), (ProxiedLCP(), accepting),
            (whole, ProxyPolicy(acceptsLCP: false, acceptsAuthentication: true)),
        ]
        for (lcp, policy) in cases {
            let (station, outputs) = behind(lcp, chap, policy)
            #expect(station.link.phase == .establish)
            #expect(outputs.packets(.lcp).map(\.code) == [Code.configureRequest])
            #expect(outputs.questions.isEmpty)
        }
    }

    @Test(arguments: [AuthenticationMethod.chapMD5, .msChapV2])
    func `PRX-03 without proxied authentication the LNS asks itself`(
        method: AuthenticationMethod
    ) {
        for authentication in [nil, ProxiedAuthentication(type: 4)] {
            let (station, outputs) = behind(proxied(sent: [mru, asks(method), ourMagic]), authentication)
            #expect(station.link.phase == .authenticate)
            #expect(outputs.packets(.chap).map(\.code) == [CHAP.Code.challenge])
            #expect(outputs.packets(.lcp).isEmpty)
        }
    }

    @Test func `PRX-03 a peer that was never asked, by a LAC or in its LCP, is asked by ours`() {
        let (station, outputs) = behind(proxied(sent: [mru, ourMagic]), ProxiedAuthentication(type: 4))
        #expect(station.link.phase == .establish)
        #expect(outputs.packets(.lcp).first?.option(3)?.value == AuthenticationMethod.msChapV2.optionValue)
        let (open, none) = behind(proxied(sent: [mru, ourMagic]), nil, methods: [])
        #expect(none == [.networkPhase])
        #expect(open.link.phase == .network)
    }

    @Test(
        arguments: [(2, AuthenticationMethod.msChapV2), (5, .msChapV2), (5, .chapMD5), (99, .chapMD5), (0, .pap)]
            as [(
                UInt16, AuthenticationMethod
            )])
    func `PRX-03 a proxied type that cannot carry the method makes LCP begin anew`(
        type: UInt16, method: AuthenticationMethod
    ) {
        var authentication = chap
        authentication.type = type
        let (station, outputs) = behind(proxied(sent: [mru, asks(method), ourMagic]), authentication)
        #expect(station.link.phase == .establish)
        #expect(outputs.questions.isEmpty)
    }

    @Test func `PRX-04 proxied CHAP is verified and the peer told`() throws {
        var (station, outputs) = behind(proxied(sent: [mru, asks(.chapMD5), ourMagic]), chap)
        let question = try #require(outputs.questions.first)
        #expect(!outputs.contains(.networkPhase))
        #expect(question.user == "alice")
        outputs = station.handle(.authenticationDecided(question.verify(password: secret), for: question.id))
        #expect(outputs.packets(.chap).map(\.code) == [CHAP.Code.success])
        #expect(outputs.packets(.chap).map(\.identifier) == [9])
        #expect(outputs.last == .networkPhase)
    }

    @Test func `PRX-04 proxied PAP is verified and the peer told`() throws {
        var (station, outputs) = behind(proxied(sent: [mru, asks(.pap), ourMagic]), pap)
        let question = try #require(outputs.questions.first)
        #expect(question.method == .pap)
        outputs = station.handle(.authenticationDecided(question.verify(password: secret), for: question.id))
        #expect(outputs.packets(.pap) == [ControlPacket(code: PAP.Code.ack, identifier: 4, data: [0])])
        #expect(outputs.last == .networkPhase)
    }

    @Test func `PRX-04 proxied credentials that are wrong end the call`() throws {
        for (authentication, method) in [(chap, AuthenticationMethod.chapMD5), (pap, .pap)] {
            var wrong = authentication
            wrong.response?[0] ^= 1
            var (station, outputs) = behind(proxied(sent: [mru, asks(method), ourMagic]), wrong)
            let question = try #require(outputs.questions.first)
            outputs = station.handle(.authenticationDecided(question.verify(password: secret), for: question.id))
            #expect(!outputs.contains(.networkPhase))
            #expect((outputs + station.advance(.seconds(10))).end == .authenticationFailed(method, .peer))
        }
    }

    @Test func `PRX-04 with proxied authentication off the LNS asks the peer itself`() {
        let policy = ProxyPolicy(acceptsLCP: true, acceptsAuthentication: false)
        let (station, outputs) = behind(proxied(sent: [mru, asks(.chapMD5), ourMagic]), chap, policy)
        #expect(outputs.questions.isEmpty)
        #expect(outputs.packets(.chap).map(\.code) == [CHAP.Code.challenge])
        #expect(station.link.phase == .authenticate)
    }

    @Test(
        arguments: [
            ([asks(.chapMD5), ourMagic], [theirMagic]),
            ([ConfigurationOption(1, UInt16(1492)), asks(.chapMD5), ourMagic], [theirMagic]),
            ([mru, asks(.pap), ourMagic], [theirMagic]), ([mru, ourMagic], [theirMagic]),
            ([mru, asks(.chapMD5), ourMagic], [ourMagic]),
            ([mru, asks(.chapMD5), ourMagic], [ConfigurationOption(5, UInt32(0))]),
            ([mru, asks(.chapMD5), ConfigurationOption(5, UInt32(0))], [theirMagic]),
            ([mru, asks(.chapMD5), ourMagic], [theirMagic, ConfigurationOption(17, [5, 220])]),
            ([mru, asks(.chapMD5), ourMagic, ConfigurationOption(17, [5, 220])], [theirMagic]),
            ([mru, asks(.chapMD5), ourMagic], [theirMagic, asks(.pap)]),
            ([mru, ConfigurationOption(3, [0xc2, 0x27]), ourMagic], [theirMagic]),
            ([mru, asks(.chapMD5), ourMagic], [ConfigurationOption(1, UInt16(64)), theirMagic]),
        ] as [([ConfigurationOption], [ConfigurationOption])])
    func `PRX-05 proxied LCP that contradicts itself or us is negotiated anew`(
        sent: [ConfigurationOption], received: [ConfigurationOption]
    ) {
        let (station, outputs) = behind(proxied(sent: sent, received: received), chap)
        #expect(station.link.phase == .establish)
        #expect(outputs.questions.isEmpty)
        #expect(outputs.notes.contains { if case .proxyRefused = $0 { true } else { false } })
        #expect(outputs.packets(.lcp).map(\.code) == [Code.configureRequest])
    }

    @Test func `PRX-05 proxied authentication with a piece missing or of a wrong size is not used`() {
        var cases = [chap, chap, chap, chap, chap]
        cases[0].name = nil
        cases[1].challenge = nil
        cases[2].identifier = nil
        cases[3].response = nil
        cases[4].response = [1, 2, 3]
        for authentication in cases {
            let (station, outputs) = behind(proxied(sent: [mru, asks(.chapMD5), ourMagic]), authentication)
            #expect(station.link.phase == .establish)
            #expect(outputs.questions.isEmpty)
        }
    }

    @Test func `PRX-01 LCP-07 a client that renegotiates after the LAC's proxy is served`() throws {
        var (station, outputs) = behind(proxied(sent: [mru, asks(.chapMD5), ourMagic]), chap)
        let question = try #require(outputs.questions.first)
        _ = station.handle(.authenticationDecided(question.verify(password: secret), for: question.id))
        outputs = station.request(.lcp, [theirMagic])
        #expect(outputs.first == .linkDown)
        #expect(outputs.packets(.lcp).map(\.code) == [Code.configureRequest, Code.configureAck])
        #expect(outputs.packets(.lcp).first?.option(3)?.value == AuthenticationMethod.msChapV2.optionValue)
        #expect(try station.acknowledge(.lcp, in: outputs).packets(.chap).map(\.code) == [CHAP.Code.challenge])
    }
}
