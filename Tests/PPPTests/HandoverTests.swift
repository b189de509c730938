import Testing

@testable import PPP

private let secret = Password("secret")
private let theirMagic = ConfigurationOption(5, UInt32(0x2222))
private let accepting = ProxyPolicy(acceptsLCP: true, acceptsAuthentication: true)

/// A subscriber with a LAC in front of it, and the LNS that takes it over; nothing is lost between them.
private struct Relay {
    var subscriber: Station
    var lac: Station
    var lns: Station?
    /// What each said, in order.
    var said: (subscriber: [Link.Output], lac: [Link.Output], lns: [Link.Output]) = ([], [], [])

    init(_ method: AuthenticationMethod?, password: String = "secret") {
        subscriber = Station(.client(password: password), seed: 7)
        lac = Station(.lns(method.map { [$0] } ?? []), seed: 8)
    }

    /// LAC and subscriber talk until nobody has anything to say.
    mutating func begin() {
        let first = lac.handle(.lowerLayerUp)
        deliver(first, subscriber.handle(.lowerLayerUp))
    }

    /// The LAC's question goes unanswered: the LNS has it now.
    mutating func handOver(
        policy: ProxyPolicy = accepting, to configuration: LinkConfiguration
    ) throws -> Handover {
        let handover = try lac.handOver(said.lac.questions.last)
        var lns = Station(configuration, seed: 9)
        let first = lns.handle(.lowerLayerUpWithProxy(handover.lcp, handover.authentication, policy))
        self.lns = lns
        deliver(first, handover.frames.map { .send($0) })
        return handover
    }

    /// Time passes for the LNS and the subscriber.
    mutating func wait(_ duration: Duration) {
        deliver(lns?.advance(duration) ?? [], subscriber.advance(duration))
    }

    /// Carries frames between the subscriber and whoever is at the other end now, and answers as daemons would.
    private mutating func deliver(_ fromServer: [Link.Output], _ fromSubscriber: [Link.Output]) {
        var (fromServer, fromSubscriber) = (fromServer, fromSubscriber)
        while !fromServer.isEmpty || !fromSubscriber.isEmpty {
            if lns == nil { said.lac += fromServer } else { said.lns += fromServer }
            said.subscriber += fromSubscriber
            let (server, peer) = (fromServer, fromSubscriber)
            (fromServer, fromSubscriber) = ([], [])
            for output in server { answerServer(output, &fromServer, &fromSubscriber) }
            for output in peer {
                switch output {
                case .send(let frame): fromServer += serve(.frame(frame.encoded))
                case .networkPhase: fromSubscriber += subscriber.handle(.networkReady(NetworkParameters()))
                default: break
                }
            }
        }
    }

    private mutating func answerServer(
        _ output: Link.Output, _ fromServer: inout [Link.Output], _ fromSubscriber: inout [Link.Output]
    ) {
        switch output {
        case .send(let frame): fromSubscriber += subscriber.handle(.frame(frame.encoded))
        case .authenticate(let request) where lns != nil:
            fromServer += serve(.authenticationDecided(request.verify(password: secret), for: request.id))
        case .networkPhase where lns != nil: fromServer += serve(.networkReady(.lns))
        default: break
        }
    }

    private mutating func serve(_ event: Link.Event) -> [Link.Output] {
        if lns != nil { return lns?.handle(event) ?? [] }
        return lac.handle(event)
    }
}

extension Station {
    fileprivate mutating func handOver(_ request: AuthenticationRequest?) throws -> Handover {
        let handover = link.handOver(request)
        return try #require(handover)
    }

    /// Asks a copy.
    fileprivate func mayHandOver(_ request: AuthenticationRequest?) -> Bool {
        var copy = link
        return copy.handOver(request) != nil
    }
}

/// A LAC whose peer is scripted, with LCP open, and the peer's proof about to come.
private func lac(_ method: AuthenticationMethod) throws -> (station: Station, outputs: [Link.Output]) {
    var station = Station(.lns([method]))
    let outputs = try station.openLCP([theirMagic])
    return (station, outputs)
}

private func papRequest(_ identifier: UInt8, _ password: String = "secret") -> ControlPacket {
    ControlPacket(
        code: PAP.Code.request, identifier: identifier,
        data: PAP.Credentials(name: Array("alice".utf8), password: Password(password)).encoded)
}

@Suite struct HandoverTests {
    // MARK: From end to end

    @Test(arguments: [AuthenticationMethod.pap, .chapMD5])
    func `PRX-01 PRX-02 PRX-06 the LNS goes on where the LAC stopped and the subscriber negotiates nothing anew`(
        method: AuthenticationMethod
    ) throws {
        var relay = Relay(method)
        relay.begin()
        #expect(relay.said.lac.questions.map(\.user) == ["alice"])
        let requestsBefore = relay.said.subscriber.packets(.lcp, Code.configureRequest).count
        let handover = try relay.handOver(to: .lns([method]))
        #expect(handover.authentication?.type == (method == .pap ? 3 : 2))
        let (subscriber, lns) = (relay.subscriber.link, try #require(relay.lns).link)
        #expect(subscriber.ipv4 != nil)
        #expect(subscriber.ipv4?.local == lns.ipv4?.peer)
        #expect(lns.user == "alice")
        #expect(relay.said.lns.packets(.lcp).isEmpty)
        #expect(relay.said.subscriber.packets(.lcp, Code.configureRequest).count == requestsBefore)
        #expect(!relay.said.subscriber.contains(.linkDown))
        // Both ends believe the same of each other.
        #expect(lns.localParameters == subscriber.peerParameters)
        #expect(lns.peerParameters == subscriber.localParameters)
        // Neither a network protocol nor a verdict came from the LAC.
        let verdicts = relay.said.lac.packets(method.protocolNumber).filter { $0.code != CHAP.Code.challenge }
        #expect(verdicts.isEmpty)
        #expect(relay.said.lac.packets(.ipcp).isEmpty && relay.said.lac.packets(.ipv6cp).isEmpty)
    }

    @Test func `PRX-02 PRX-03 MS-CHAPv2 has no proxy type and the LNS's own challenge is answered on the same LCP`()
        throws
    {
        var relay = Relay(.msChapV2)
        relay.begin()
        let handover = try relay.handOver(to: .lns([.msChapV2]))
        #expect(handover.authentication == nil)
        #expect(handover.lcp.lastSent != nil && handover.lcp.lastReceived != nil)
        #expect(relay.said.lns.packets(.lcp).isEmpty)
        #expect(relay.said.lns.packets(.chap).map(\.code) == [CHAP.Code.challenge, CHAP.Code.success])
        #expect(relay.subscriber.link.ipv4 != nil)
    }

    @Test(arguments: [AuthenticationMethod.pap, .chapMD5, .msChapV2])
    func `PRX-01 PRX-04 a subscriber whose LNS will not take the LAC's word negotiates with it`(
        method: AuthenticationMethod
    ) throws {
        var relay = Relay(method)
        relay.begin()
        let policy = ProxyPolicy(acceptsLCP: false, acceptsAuthentication: false)
        _ = try relay.handOver(policy: policy, to: .lns([.chapMD5]))
        #expect(relay.said.subscriber.contains(.linkDown))
        #expect(relay.subscriber.link.authenticationMethod == .chapMD5)
        #expect(relay.subscriber.link.ipv4 != nil)
    }

    @Test(arguments: [AuthenticationMethod.pap, .chapMD5, .msChapV2])
    func `PRX-04 a subscriber with a wrong password is refused by the LNS`(method: AuthenticationMethod) throws {
        var relay = Relay(method, password: "guess")
        relay.begin()
        _ = try relay.handOver(to: .lns([method]))
        relay.wait(.seconds(10))
        #expect(relay.subscriber.link.ipv4 == nil)
        #expect(relay.said.lns.end == .authenticationFailed(method, .peer))
    }

    @Test func `PRX-02 PRX-06 who was asked for nothing is told as such, with what was said to network protocols`()
        throws
    {
        var relay = Relay(nil)
        relay.begin()
        #expect(relay.said.lac.contains(.networkPhase))
        let handover = try relay.handOver(to: .open(ipv6: true))
        #expect(handover.authentication == ProxiedAuthentication(type: 4))
        #expect(handover.frames.map(\.protocolNumber) == [.ipcp, .ipv6cp])
        #expect(relay.said.lns.packets(.lcp).isEmpty)
        // Their first requests were not lost: no timer had to pass.
        #expect(relay.subscriber.link.ipv4 != nil && relay.subscriber.link.ipv6 != nil)
    }

    // MARK: What is handed over

    @Test func `PRX-02 the option lists are the first received, the last sent and the last received`() throws {
        var station = Station(.lns([.chapMD5]))
        let started = station.handle(.lowerLayerUp)
        let callback = ConfigurationOption(13, [6])
        _ = station.request(.lcp, [callback, theirMagic])
        // A packet that cannot be read counts for nothing.
        _ = station.receive(.lcp, Code.configureRequest, 200, [1, 1])
        _ = station.request(.lcp, [theirMagic])
        let first = try #require(started.packets(.lcp, Code.configureRequest).first)
        let mru = ConfigurationOption.encode([ConfigurationOption(1, UInt16(1400))])
        let next = station.receive(.lcp, Code.configureNak, first.identifier, mru)
        let challenge = try #require(try station.acknowledge(.lcp, in: next).packets(.chap).first)
        let value = CHAP.md5Response(
            identifier: challenge.identifier, password: secret,
            challenge: try #require(CHAP.Value(parsing: challenge.data)).value)
        let response = CHAP.Value(value: value, name: Array("alice".utf8)).encoded
        let question = try #require(
            station.receive(.chap, CHAP.Code.response, challenge.identifier, response).questions.first)
        let handover = try station.handOver(question)
        #expect(handover.lcp.initialReceived == ConfigurationOption.encode([callback, theirMagic]))
        #expect(handover.lcp.lastReceived == ConfigurationOption.encode([theirMagic]))
        let lastSent = try #require(next.packets(.lcp, Code.configureRequest).first)
        #expect(lastSent.option(1)?.uint16 == 1400)
        #expect(handover.lcp.lastSent == lastSent.data)
        let authentication = try #require(handover.authentication)
        #expect(authentication.type == 2)
        #expect(authentication.name == Array("alice".utf8))
        #expect(authentication.challenge == CHAP.Value(parsing: challenge.data)?.value)
        #expect(authentication.identifier == challenge.identifier)
        #expect(authentication.response == value)
    }

    @Test func `PRX-06 a link that was handed over says nothing any more`() throws {
        var (station, _) = try lac(.pap)
        let question = try #require(station.receive(.pap, papRequest(4)).questions.first)
        #expect(station.link.deadline != nil)
        _ = try station.handOver(question)
        #expect(station.link.phase == .closed)
        #expect(station.link.deadline == nil)
        let echo = ControlPacket(code: Code.echoRequest, identifier: 9, data: [0, 0, 0x22, 0x22])
        #expect(station.receive(.lcp, echo).isEmpty)
        #expect(station.receive(.pap, papRequest(5)).isEmpty)
        #expect(station.handle(.authenticationDecided(.accepted(message: []), for: question.id)).isEmpty)
        #expect(station.handle(.close(.administrative)).isEmpty)
        #expect(station.handle(.lowerLayerDown).isEmpty)
        #expect(station.advance(.seconds(600)).isEmpty)
        #expect(!station.mayHandOver(question))
    }

    @Test func `PRX-02 what a LAC before us has negotiated is handed on as it came`() throws {
        let lcp = ProxiedLCP(
            initialReceived: [7, 2, 5, 6, 0, 0, 0x22, 0x22],
            lastSent: ConfigurationOption.encode([
                ConfigurationOption(3, AuthenticationMethod.pap.optionValue), ConfigurationOption(5, UInt32(0x1111)),
            ]), lastReceived: ConfigurationOption.encode([theirMagic]))
        let pap = ProxiedAuthentication(
            type: 3, name: Array("alice".utf8), identifier: 4, response: Array("secret".utf8))
        var station = Station(.lns([.pap]))
        let question = try #require(station.handle(.lowerLayerUpWithProxy(lcp, pap, accepting)).questions.first)
        let handover = try station.handOver(question)
        #expect(handover == Handover(lcp: lcp, authentication: pap, frames: []))
    }

    // MARK: While the LAC looks for its LNS

    @Test func `PRX-02 a PAP peer that repeats itself is answered under its latest identifier`() throws {
        var (station, _) = try lac(.pap)
        let question = try #require(station.receive(.pap, papRequest(4)).questions.first)
        #expect(station.receive(.pap, papRequest(5)).isEmpty)
        #expect(station.receive(.pap, papRequest(6, "other")).isEmpty)
        let handover = try station.handOver(question)
        #expect(
            handover.authentication
                == ProxiedAuthentication(
                    type: 3, name: Array("alice".utf8), identifier: 5, response: Array("secret".utf8)))
    }

    @Test func `PRX-06 a peer that waits is answered its echoes and nothing else`() throws {
        var relay = Relay(.chapMD5)
        relay.begin()
        let question = try #require(relay.said.lac.questions.first)
        let response = try #require(relay.said.subscriber.frames.last { $0.protocolNumber == .chap })
        #expect(relay.lac.handle(.frame(response.encoded)).isEmpty)
        let magic = relay.subscriber.link.localParameters.magicNumber
        let echo = ControlPacket(
            code: Code.echoRequest, identifier: 9,
            data: (0..<4).map { UInt8(truncatingIfNeeded: magic >> (24 - 8 * $0)) }
        )
        #expect(relay.lac.receive(.lcp, echo).packets(.lcp).map(\.code) == [Code.echoReply])
        let ipcp = ControlPacket(code: Code.configureRequest, identifier: 1, data: [])
        #expect(relay.lac.receive(.ipcp, ipcp) == [.noted(.outOfPhase(.ipcp))])
        #expect(relay.lac.advance(.seconds(30)).isEmpty)
        #expect(relay.lac.mayHandOver(question))
    }

    @Test func `PRX-06 a peer that ends the link makes the request void`() throws {
        var (station, _) = try lac(.pap)
        let question = try #require(station.receive(.pap, papRequest(4)).questions.first)
        let outputs = station.receive(.lcp, Code.terminateRequest, 50)
        #expect(outputs.packets(.lcp).map(\.code) == [Code.terminateAck])
        #expect(!station.mayHandOver(question))
        #expect(station.advance(.seconds(10)).end == .terminated(by: .peer))
    }

    @Test func `PRX-06 a peer that negotiates anew makes the request void and the next one counts`() throws {
        var (station, _) = try lac(.pap)
        let void = try #require(station.receive(.pap, papRequest(4)).questions.first)
        let mru = ConfigurationOption(1, UInt16(1400))
        let outputs = station.request(.lcp, [mru, theirMagic])
        #expect(outputs.first == .linkDown)
        #expect(!station.mayHandOver(void))
        _ = try station.acknowledge(.lcp, in: outputs)
        #expect(!station.mayHandOver(void))
        let question = try #require(station.receive(.pap, papRequest(7)).questions.first)
        #expect(!station.mayHandOver(void))
        let handover = try station.handOver(question)
        #expect(handover.authentication?.identifier == 7)
        // The lists are of the present negotiation alone.
        #expect(handover.lcp.initialReceived == ConfigurationOption.encode([mru, theirMagic]))
        #expect(handover.lcp.lastReceived == handover.lcp.initialReceived)
        #expect(handover.lcp.lastSent == outputs.packets(.lcp, Code.configureRequest).first?.data)
    }

    @Test func `PRX-06 a LAC that takes too long has nothing to hand over`() throws {
        let (station, _) = try lac(.chapMD5)
        #expect(!station.mayHandOver(nil))
        var (late, _) = try lac(.pap)
        let question = try #require(late.receive(.pap, papRequest(4)).questions.first)
        #expect(late.advance(.seconds(70)).end == .authenticationTimeout(.pap))
        #expect(!late.mayHandOver(question))
    }

    @Test func `PRX-06 a link with a verdict or with network protocols is not handed over`() throws {
        var (station, _) = try lac(.pap)
        let question = try #require(station.receive(.pap, papRequest(4)).questions.first)
        #expect(station.handle(.authenticationDecided(.accepted(message: []), for: question.id)).last == .networkPhase)
        #expect(!station.mayHandOver(question))
        #expect(!station.mayHandOver(nil))
        #expect(station.link.phase == .network)
        var open = Station(.open())
        _ = try open.openLCP()
        _ = open.handle(.networkReady(.lns))
        #expect(!open.mayHandOver(nil))
    }
}
