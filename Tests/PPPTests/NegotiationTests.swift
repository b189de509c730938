import Instants
import Testing

@testable import PPP

private let authentication = LCPOptions.Kind.authentication
private let magic = LCPOptions.Kind.magicNumber
private let mru = LCPOptions.Kind.mru

@Suite struct NegotiationTests {
    @Test func `LCP-02 a Configure-Request is sent ten times, three seconds apart, by default`() {
        var station = Station(.open())
        var requests = station.handle(.lowerLayerUp).packets(.lcp, Code.configureRequest)
        #expect(station.link.deadline == station.now + .seconds(3))
        let outputs = station.advance(.seconds(29))
        #expect(outputs.end == nil)
        requests += outputs.packets(.lcp, Code.configureRequest)
        #expect(requests.count == 10)
        #expect(Set(requests.map(\.identifier)).count == 1)
        #expect(station.advance(.seconds(1)).end == .noLCP)
    }

    @Test func `LCP-02 LCP-08 the limits are configurable and a Terminate-Request is sent Max-Terminate times`() throws
    {
        var configuration = LinkConfiguration.open()
        configuration.limits = NegotiationLimits(
            restartTimer: .milliseconds(500), maxTerminate: 3, maxConfigure: 4, maxFailure: 2)
        var silent = Station(configuration)
        let started = silent.handle(.lowerLayerUp) + silent.advance(.seconds(2))
        #expect(started.packets(.lcp, Code.configureRequest).count == 4)
        #expect(started.end == .noLCP)

        var station = Station(configuration)
        _ = try station.openLCP()
        var closing = station.handle(.close(.administrative))
        #expect(closing.first == .linkDown)
        closing += station.advance(.seconds(2))
        #expect(closing.packets(.lcp, Code.terminateRequest).count == 3)
        #expect(closing.end == .administrative)
    }

    @Test func `LCP-02 a server lets the client speak first, for a while`() throws {
        var configuration = LinkConfiguration.open()
        configuration.role = .authenticator(.init(methods: [], name: "lns", listening: .milliseconds(200)))
        var station = Station(configuration)
        #expect(station.handle(.lowerLayerUp).isEmpty)
        _ = station.advance(.milliseconds(50))
        let answers = station.request(.lcp, [])
        #expect(answers.packets(.lcp).map(\.code) == [Code.configureAck, Code.configureRequest])
        #expect(try station.acknowledge(.lcp, in: answers).contains(.networkPhase))
        #expect(station.advance(.seconds(10)).isEmpty)

        var silent = Station(configuration)
        _ = silent.handle(.lowerLayerUp)
        #expect(silent.advance(.milliseconds(199)).isEmpty)
        let started = silent.advance(.milliseconds(1))
        #expect(started.packets(.lcp).map(\.code) == [Code.configureRequest])
        #expect(try silent.acknowledge(.lcp, in: started).isEmpty)
        #expect(silent.request(.lcp, []).contains(.networkPhase))

        var closed = Station(configuration)
        _ = closed.handle(.lowerLayerUp)
        #expect(closed.handle(.close(.administrative)).end == .administrative)
        #expect(closed.link.deadline == nil)
    }

    @Test func `LCP-02 a client whose request a late server may not have heard repeats it ahead of its answer`() throws
    {
        var late = Station(.client())
        let request = try #require(late.handle(.lowerLayerUp).packets(.lcp).first)
        _ = late.advance(.seconds(1))
        let answers = late.request(.lcp, [])
        #expect(answers.packets(.lcp).first == request)
        #expect(answers.packets(.lcp).map(\.code) == [Code.configureRequest, Code.configureAck])
        #expect(late.request(.lcp, []).packets(.lcp).map(\.code) == [Code.configureAck], "once")

        var prompt = Station(.client())
        let started = prompt.handle(.lowerLayerUp)
        _ = try prompt.acknowledge(.lcp, in: started)
        #expect(prompt.request(.lcp, []).packets(.lcp).map(\.code) == [Code.configureAck], "it has heard us")

        var leaving = Station(.client())
        _ = leaving.handle(.lowerLayerUp)
        _ = leaving.handle(.close(.administrative))
        #expect(leaving.request(.lcp, []).packets(.lcp).isEmpty, "it wants nothing any more")
    }

    @Test func `LCP-03 after Max-Failure Naks a Nak becomes a Reject`() throws {
        var station = Station(.open())
        _ = station.handle(.lowerLayerUp)
        let tiny = ConfigurationOption(mru, UInt16(64))
        for _ in 0..<5 {
            let nak = try #require(station.request(.lcp, [tiny]).packets(.lcp).first)
            #expect(nak.code == Code.configureNak)
            #expect(nak.options == [ConfigurationOption(mru, LCPOptions.smallestMRU)])
        }
        let reject = try #require(station.request(.lcp, [tiny]).packets(.lcp).first)
        #expect(reject.code == Code.configureReject)
        #expect(reject.options == [tiny])
        #expect(station.request(.lcp, []).packets(.lcp).first?.code == Code.configureAck)
        #expect(station.request(.lcp, [tiny]).packets(.lcp).first?.code == Code.configureNak)
    }

    @Test func `LCP-04 an Ack echoes the request octet for octet`() throws {
        var station = Station(.open())
        _ = station.handle(.lowerLayerUp)
        let asked: [UInt8] = [8, 2, 1, 4, 5, 0xdc, 7, 2, 5, 6, 1, 2, 3, 4, 2, 6, 0, 10, 0, 0]
        let reply = try #require(station.receive(.lcp, Code.configureRequest, 77, asked).packets(.lcp).first)
        #expect(reply == ControlPacket(code: Code.configureAck, identifier: 77, data: asked))
    }

    @Test func `LCP-04 a reply with a wrong identifier or other options has no effect`() throws {
        var station = Station(.lns([.chapMD5]))
        let request = try #require(station.handle(.lowerLayerUp).packets(.lcp).first)
        _ = station.request(.lcp, [])
        var wrong = [request, request, request, request, request]
        wrong[0].code = Code.configureAck
        wrong[0].identifier &+= 1
        wrong[1].code = Code.configureAck
        wrong[1].data[wrong[1].data.count - 1] ^= 1
        wrong[2].code = Code.configureAck
        wrong[2].data = []
        wrong[3].code = Code.configureReject
        wrong[3].data = [99, 2]
        wrong[4].code = Code.configureNak
        wrong[4].identifier &-= 1
        for packet in wrong {
            #expect(station.receive(.lcp, packet) == [.noted(.unexpectedReply(.lcp))])
            #expect(station.link.lcp.negotiation.state == .ackSent)
        }
        var ack = request
        ack.code = Code.configureAck
        _ = station.receive(.lcp, ack)
        #expect(station.link.lcp.isOpened)
        #expect(station.receive(.lcp, ack) == [.noted(.unexpectedReply(.lcp))])
        #expect(station.link.lcp.isOpened)
    }

    @Test func `LCP-04 a Reject must be a part of the request in its order`() throws {
        var station = Station(.open(mru: 1400))
        let request = try #require(station.handle(.lowerLayerUp).packets(.lcp).first)
        var reject = request
        reject.code = Code.configureReject
        reject.data = ConfigurationOption.encode(request.options.reversed())
        #expect(station.receive(.lcp, reject) == [.noted(.unexpectedReply(.lcp))])
        reject.data = ConfigurationOption.encode([request.options[0]])
        let next = try #require(station.receive(.lcp, reject).packets(.lcp).first)
        #expect(next.options == [request.options[1]])
    }

    @Test func `LCP-05 a Nak names only what is wrong, in order, and boolean options are rejected`() throws {
        var station = Station(.open())
        _ = station.handle(.lowerLayerUp)
        let wrong = [
            ConfigurationOption(magic, UInt32(0)), ConfigurationOption(7, []), ConfigurationOption(mru, UInt16(1)),
        ]
        let nak = try #require(station.request(.lcp, wrong).packets(.lcp).first)
        #expect(nak.code == Code.configureNak)
        #expect(nak.options.map(\.type) == [magic, mru])
        let boolean = [ConfigurationOption(7, [1]), ConfigurationOption(8, [0]), ConfigurationOption(mru, UInt16(1))]
        let reject = try #require(station.request(.lcp, boolean).packets(.lcp).first)
        #expect(reject.code == Code.configureReject)
        #expect(reject.options == Array(boolean.prefix(2)))
    }

    @Test func `LCP-05 a Nak that suggests options we did not ask for is taken or ignored`() throws {
        var station = Station(.open())
        let request = try #require(station.handle(.lowerLayerUp).packets(.lcp).first)
        #expect(request.option(mru) == nil)
        let suggested = [ConfigurationOption(mru, UInt16(1400)), ConfigurationOption(9, [1])]
        let outputs = station.receive(
            .lcp, Code.configureNak, request.identifier, ConfigurationOption.encode(suggested))
        let next = try #require(outputs.packets(.lcp).first)
        #expect(next.option(mru)?.uint16 == 1400)
        #expect(next.option(9) == nil)
    }

    @Test func `LCP-06 new options and an answered request have a new identifier, a repetition has the old one`() throws
    {
        var station = Station(.open(mru: 1400))
        let first = try #require(station.handle(.lowerLayerUp).packets(.lcp).first)
        let again = try #require(station.advance(.seconds(3)).packets(.lcp).first)
        #expect(again == first)
        let nak = ConfigurationOption.encode([ConfigurationOption(mru, UInt16(1300))])
        let changed = try #require(
            station.receive(.lcp, Code.configureNak, first.identifier, nak).packets(.lcp).first)
        #expect(changed.identifier != first.identifier)
        #expect(changed.option(mru)?.uint16 == 1300)
    }

    @Test(arguments: [[1, 0], [1, 1], [1, 5, 1, 1], [5, 6, 0, 0, 0], [1, 4, 5, 0xdc, 9]] as [[UInt8]])
    func `LCP-06 a request whose options overrun it is dropped`(octets: [UInt8]) {
        var station = Station(.open())
        _ = station.handle(.lowerLayerUp)
        #expect(station.receive(.lcp, Code.configureRequest, 1, octets) == [.noted(.malformed(.lcp))])
    }

    @Test(arguments: [[], [1], [1, 1, 0], [1, 1, 0, 3], [1, 1, 0, 5], [1, 1, 0xff, 0xff, 0]] as [[UInt8]])
    func `LCP-06 PAU-04 a packet whose Length is wrong is dropped`(octets: [UInt8]) {
        var station = Station(.open())
        _ = station.handle(.lowerLayerUp)
        #expect(station.handle(.frame(PPPFrame(.lcp, octets).encoded)) == [.noted(.malformed(.lcp))])
    }

    @Test func `LCP-06 octets behind Length are padding`() {
        var station = Station(.open())
        _ = station.handle(.lowerLayerUp)
        let outputs = station.handle(.frame(PPPFrame(.lcp, [1, 9, 0, 4, 0xaa, 0xbb]).encoded))
        #expect(outputs.packets(.lcp) == [ControlPacket(code: Code.configureAck, identifier: 9, data: [])])
    }

    @Test func `LCP-09 an unknown code is rejected with a new identifier, the packet cut to the peer's MRU`() throws {
        var station = Station(.open())
        _ = try station.openLCP([ConfigurationOption(mru, UInt16(200))])
        let data = [UInt8](repeating: 7, count: 900)
        let first = try #require(station.receive(.lcp, 99, 5, data).packets(.lcp, Code.codeReject).first)
        let second = try #require(station.receive(.lcp, 99, 5, []).packets(.lcp, Code.codeReject).first)
        #expect(first.identifier != second.identifier)
        #expect(first.encoded.count == 200)
        #expect(Array(first.data.prefix(4)) == [99, 5, 0x03, 0x88])
        #expect(second.data == [99, 5, 0, 4])
        #expect(station.link.lcp.isOpened)
    }

    @Test func `LCP-09 Code-Rejects are few however many packets provoke them`() throws {
        var station = Station(.open())
        _ = try station.openLCP()
        let outputs = (0..<1000).flatMap { _ in station.receive(.lcp, 99, 5) }
        #expect(outputs.packets(.lcp, Code.codeReject).count == 10)
        #expect(outputs.notes.contains(.rejectSuppressed))
        _ = station.advance(.seconds(2))
        #expect((0..<9).flatMap { _ in station.receive(.lcp, 99, 5) }.packets(.lcp, Code.codeReject).count == 2)
    }

    @Test(arguments: 1...7 as ClosedRange<UInt8>)
    func `LCP-09 a Code-Reject of what LCP cannot do without ends the link`(
        code: UInt8
    ) throws {
        var station = Station(.open())
        _ = try station.openLCP()
        let outputs = station.receive(.lcp, Code.codeReject, 1, [code, 1, 0, 4])
        #expect(outputs.contains(.linkDown))
        #expect((outputs + station.advance(.seconds(10))).end == .lcpFailed)
    }

    @Test(arguments: 8...13 as ClosedRange<UInt8>) func `LCP-09 a Code-Reject of another code is lived with`(
        code: UInt8
    ) throws {
        var station = Station(.open(echoInterval: .seconds(10)))
        _ = try station.openLCP()
        #expect(station.receive(.lcp, Code.codeReject, 1, [code, 1, 0, 4]).isEmpty)
        #expect(station.link.lcp.isOpened)
        let echoes = station.advance(.seconds(10)).packets(.lcp, Code.echoRequest)
        #expect(echoes.isEmpty == (code == Code.echoRequest))
    }

    @Test func `LCP-01 what the table has no cell for does nothing`() {
        var station = Station(.open())
        #expect(station.request(.lcp, []) == [.noted(.malformed(ProtocolNumber(rawValue: 0)))])
        #expect(station.handle(.timeout).isEmpty)
        #expect(station.link.deadline == nil)
        _ = station.handle(.lowerLayerUp)
        #expect(station.handle(.lowerLayerUp).isEmpty)
    }

    @Test func `LCP-04 a reply in Stopped is answered by a Terminate-Ack`() {
        var negotiation = Negotiation(
            options: LCPOptions(configuration: .open()), limits: NegotiationLimits(maxConfigure: 1))
        var random = SplitMix(state: 3)
        var now = Station.epoch
        _ = negotiation.handle(.open, at: now, using: &random)
        _ = negotiation.handle(.up, at: now, using: &random)
        now += .seconds(3)
        #expect(negotiation.timeout(at: now, using: &random) == [.finished])
        let ack = ControlPacket(code: Code.configureAck, identifier: 8, data: [])
        #expect(
            negotiation.receive(ack, at: now, using: &random)
                == [.send(ControlPacket(code: Code.terminateAck, identifier: 8, data: []))])
        #expect(negotiation.state == .stopped)
    }
}
