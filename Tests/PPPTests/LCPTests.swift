import Testing

@testable import PPP

private let mru = LCPOptions.Kind.mru
private let magic = LCPOptions.Kind.magicNumber

private func number(_ value: UInt32) -> [UInt8] { ConfigurationOption(0, value).value }

@Suite struct LCPTests {
    @Test(arguments: [
        (ConfigurationOption(1, UInt16(1500)), Code.configureAck),
        (ConfigurationOption(1, UInt16(9000)), Code.configureAck),
        (ConfigurationOption(1, UInt16(127)), Code.configureNak), (ConfigurationOption(1, [5]), Code.configureNak),
        (ConfigurationOption(2, UInt32(0)), Code.configureAck), (ConfigurationOption(2, [0]), Code.configureNak),
        (ConfigurationOption(3, [0xc2, 0x23, 5]), Code.configureReject),
        (ConfigurationOption(4, [0xc0, 0x25, 0, 0, 0, 0]), Code.configureReject),
        (ConfigurationOption(5, UInt32(1)), Code.configureAck), (ConfigurationOption(5, UInt32(0)), Code.configureNak),
        (ConfigurationOption(5, [1, 2, 3]), Code.configureNak),
        (ConfigurationOption(7, []), Code.configureAck), (ConfigurationOption(8, []), Code.configureAck),
        (ConfigurationOption(9, [1]), Code.configureReject), (ConfigurationOption(10, [1]), Code.configureReject),
        (ConfigurationOption(11, [1, 2]), Code.configureReject), (ConfigurationOption(13, [6]), Code.configureReject),
        (ConfigurationOption(15, []), Code.configureReject),
        (ConfigurationOption(17, [5, 0xdc]), Code.configureReject),
        (ConfigurationOption(18, []), Code.configureReject), (ConfigurationOption(19, [0]), Code.configureReject),
        (ConfigurationOption(23, [0, 0]), Code.configureReject), (ConfigurationOption(0, []), Code.configureReject),
        (ConfigurationOption(255, [1]), Code.configureReject),
    ])
    func `LCP-05 LCP-14 an authenticator answers each option`(option: ConfigurationOption, code: UInt8) {
        var station = Station(.open())
        _ = station.handle(.lowerLayerUp)
        let replies = station.request(.lcp, [option]).packets(.lcp)
        #expect(replies.count == 1)
        #expect(replies.first?.code == code)
        #expect(replies.first?.options.map(\.type) == [option.type])
    }

    @Test func `LCP-05 an option that stands there twice is rejected the second time`() {
        var station = Station(.open())
        _ = station.handle(.lowerLayerUp)
        let twice = [ConfigurationOption(mru, UInt16(1400)), ConfigurationOption(mru, UInt16(1300))]
        let reply = station.request(.lcp, twice).packets(.lcp).first
        #expect(reply?.code == Code.configureReject)
        #expect(reply?.options == [twice[1]])
    }

    @Test func `LCP-07 a Configure-Request on an open link takes everything down and negotiates anew`() throws {
        var station = Station(.open(ipv6: false))
        #expect(try station.openLCP().contains(.networkPhase))
        let parameters = NetworkParameters.lns
        let address = ConfigurationOption(3, [100, 64, 0, 2])
        let up = try station.openIPCP(parameters, [address])
        #expect(up.contains { if case .ipv4Up = $0 { true } else { false } })
        #expect(station.link.ipv4?.peer == parameters.peerIPv4)

        let outputs = station.request(.lcp, [])
        #expect(Array(outputs.prefix(2)) == [.ipv4Down, .linkDown])
        #expect(outputs.packets(.lcp).map(\.code) == [Code.configureRequest, Code.configureAck])
        #expect(station.link.phase == .establish)
        #expect(station.link.ipv4 == nil)
        #expect(station.handle(.networkReady(parameters)).isEmpty)
        #expect(try station.acknowledge(.lcp, in: outputs) == [.networkPhase])
        let again = try station.openIPCP(parameters, [address])
        #expect(again.contains { if case .ipv4Up = $0 { true } else { false } })
    }

    @Test func `LCP-07 on renegotiation the peer is authenticated again`() throws {
        var station = Station(.lns([.pap]))
        _ = try station.openLCP()
        let credentials = PAP.Credentials(name: Array("alice".utf8), password: Password("secret")).encoded
        let question = try #require(station.receive(.pap, 1, 1, credentials).questions.first)
        let outputs = station.request(.lcp, [])
        #expect(station.link.phase == .establish)
        #expect(try station.acknowledge(.lcp, in: outputs).isEmpty)
        #expect(station.link.phase == .authenticate)
        #expect(station.handle(.authenticationDecided(.accepted(message: []), for: question.id)).isEmpty)
        #expect(station.link.user == nil)
        let second = try #require(station.receive(.pap, 1, 2, credentials).questions.first)
        #expect(second.id != question.id)
        #expect(station.handle(.authenticationDecided(.accepted(message: []), for: second.id)).contains(.networkPhase))
        #expect(station.link.user == "alice")
    }

    @Test func `LCP-08 a Terminate-Request is answered and the link kept for one restart time`() throws {
        var station = Station(.open())
        _ = try station.openLCP()
        let outputs = station.receive(.lcp, Code.terminateRequest, 9)
        #expect(
            outputs == [
                .linkDown,
                .send(PPPFrame(.lcp, ControlPacket(code: Code.terminateAck, identifier: 9, data: []).encoded)),
            ])
        #expect(station.receive(.lcp, Code.terminateRequest, 10).packets(.lcp, Code.terminateAck).count == 1)
        #expect(station.advance(.milliseconds(2999)).end == nil)
        #expect(station.advance(.milliseconds(1)).end == .terminated(by: .peer))
    }

    @Test func `LCP-08 a Terminate-Request is answered while LCP is negotiated and after our own`() throws {
        var station = Station(.open())
        _ = station.handle(.lowerLayerUp)
        #expect(station.receive(.lcp, Code.terminateRequest, 9).packets(.lcp, Code.terminateAck).count == 1)
        #expect(station.advance(.seconds(30)).end == .terminated(by: .peer))

        var closing = Station(.open())
        _ = try closing.openLCP()
        _ = closing.handle(.close(.administrative))
        #expect(closing.receive(.lcp, Code.terminateRequest, 9).packets(.lcp, Code.terminateAck).count == 1)
        #expect(closing.receive(.lcp, Code.terminateAck, 1) == [.closed(.administrative)])
        #expect(closing.receive(.lcp, Code.terminateRequest, 10).isEmpty)
        #expect(closing.link.deadline == nil)
    }

    @Test func `LCP-09 a Protocol-Reject of LCP ends the link, of an NCP only that NCP`() throws {
        var station = Station(.open(ipv6: true))
        _ = try station.openLCP([ConfigurationOption(magic, UInt32(5))])
        _ = try station.openIPCP(.lns, [ConfigurationOption(3, [100, 64, 0, 2])])
        let outputs = station.receive(.lcp, Code.protocolReject, 3, [0x80, 0x57, 1, 1, 0, 4])
        #expect(outputs == [.noted(.rejectedByPeer(.ipv6cp))])
        #expect(station.link.phase == .network)
        #expect(station.advance(.seconds(60)).frames.isEmpty)
        let fatal = station.receive(.lcp, Code.protocolReject, 4, [0xc0, 0x21, 1, 1, 0, 4])
        #expect(fatal.contains(.ipv4Down))
        #expect((fatal + station.advance(.seconds(10))).end == .lcpFailed)
    }

    @Test func `LCP-10 an unknown protocol is rejected with its information, cut to the peer's MRU`() throws {
        var station = Station(.open())
        _ = try station.openLCP([ConfigurationOption(mru, UInt16(300))])
        let outputs = station.handle(.frame([0x80, 0xfd] + [UInt8](repeating: 3, count: 1000)))
        let reject = try #require(outputs.packets(.lcp, Code.protocolReject).first)
        #expect(reject.data == [0x80, 0xfd] + [UInt8](repeating: 3, count: 294))
        #expect(reject.encoded.count == 300)
        #expect(outputs.notes.contains(.unknownProtocol(.ccp)))
    }

    @Test func `LCP-10 Protocol-Rejects are few however many frames provoke them`() throws {
        var station = Station(.open())
        _ = try station.openLCP()
        let outputs = (0..<1000).flatMap { _ in station.handle(.frame([0x80, 0x4f, 1])) }
        #expect(outputs.packets(.lcp, Code.protocolReject).count == 10)
    }

    @Test func `LCP-10 LCP-16 nothing but LCP is heard before it is open, nor but authentication before that is done`()
        throws
    {
        var station = Station(.lns([.chapMD5]))
        let started = station.handle(.lowerLayerUp)
        for number in [ProtocolNumber.pap, .chap, .ipcp, .ipv6cp, .ccp, .ipv4] {
            #expect(station.receive(number, 1, 1, []) == [.noted(.outOfPhase(number))])
        }
        _ = station.request(.lcp, [])
        _ = try station.acknowledge(.lcp, in: started)
        #expect(station.link.phase == .authenticate)
        for number in [ProtocolNumber.pap, .ipcp, .ipv6cp, .ccp, .ipv4, .linkQualityReport] {
            #expect(station.receive(number, 1, 1, []) == [.noted(.outOfPhase(number))])
        }
    }

    @Test func `LCP-16 Identification and Time-Remaining are accepted in any state`() throws {
        var station = Station(.open())
        let started = station.handle(.lowerLayerUp)
        let text = [0, 0, 0, 0] + Array("MSRASV5.20\u{1b}".utf8)
        #expect(station.receive(.lcp, Code.identification, 1, text) == [.noted(.identification("MSRASV5.20\u{fffd}"))])
        _ = station.request(.lcp, [])
        _ = try station.acknowledge(.lcp, in: started)
        let remaining = [0, 0, 0, 0, 0, 0, 1, 0] + Array("bye".utf8)
        #expect(
            station.receive(.lcp, Code.timeRemaining, 1, remaining) == [.noted(.timeRemaining(seconds: 256, "bye"))])
        #expect(station.receive(.lcp, Code.timeRemaining, 1, [1]) == [.noted(.malformed(.lcp))])
        #expect(station.receive(.lcp, Code.discardRequest, 1, [0, 0, 0, 0]).isEmpty)
    }

    @Test func `LCP-11 an echo is answered on an open link with our magic number and its data`() throws {
        var station = Station(.open())
        let started = station.handle(.lowerLayerUp)
        let ours = try #require(started.packets(.lcp).first?.option(magic)?.uint32)
        let echo = number(7) + [1, 2, 3]
        #expect(station.receive(.lcp, Code.echoRequest, 4, echo).isEmpty)
        _ = station.request(.lcp, [ConfigurationOption(magic, UInt32(7))])
        _ = try station.acknowledge(.lcp, in: started)
        #expect(
            station.receive(.lcp, Code.echoRequest, 4, echo).packets(.lcp)
                == [ControlPacket(code: Code.echoReply, identifier: 4, data: number(ours) + [1, 2, 3])])
        let strange = station.receive(.lcp, Code.echoRequest, 5, number(8))
        #expect(strange.notes == [.unexpectedMagicNumber])
        #expect(strange.packets(.lcp, Code.echoReply).count == 1)
        #expect(station.receive(.lcp, Code.echoRequest, 6, [1, 2]) == [.noted(.malformed(.lcp))])
    }

    @Test func `LCP-11 without a magic number of ours an echo carries 0`() throws {
        var station = Station(.open())
        var request = try #require(station.handle(.lowerLayerUp).packets(.lcp).first)
        request.code = Code.configureReject
        let second = station.receive(.lcp, request)
        #expect(second.packets(.lcp).first?.options == [])
        _ = station.request(.lcp, [])
        _ = try station.acknowledge(.lcp, in: second)
        let replies = station.receive(.lcp, Code.echoRequest, 4, number(0)).packets(.lcp)
        #expect(replies.first?.data == number(0))
    }

    @Test func `LCP-11 LCP-13 echoes with our own magic number make a loop`() throws {
        var station = Station(.open())
        let started = station.handle(.lowerLayerUp)
        let ours = try #require(started.packets(.lcp).first?.option(magic)?.uint32)
        _ = station.request(.lcp, [])
        _ = try station.acknowledge(.lcp, in: started)
        #expect(station.receive(.lcp, Code.echoRequest, 1, number(ours)).notes == [.loopbackSuspected])
        #expect(station.receive(.lcp, Code.echoReply, 1, number(ours)).notes == [.loopbackSuspected])
        let outputs = station.receive(.lcp, Code.echoRequest, 1, number(ours)) + station.advance(.seconds(10))
        #expect(outputs.end == .loopback)
    }

    @Test func `LCP-12 a peer that stops answering echoes is found after interval and failures`() throws {
        var station = Station(.open(echoInterval: .seconds(30)))
        _ = try station.openLCP()
        _ = try station.openIPCP(.lns, [ConfigurationOption(3, [100, 64, 0, 2])])
        let quiet = station.advance(.seconds(119))
        #expect(quiet.packets(.lcp, Code.echoRequest).count == 3)
        #expect(quiet.notes == [.echoMissed(1), .echoMissed(2)])
        let outputs = station.advance(.seconds(1))
        #expect(outputs.contains(.ipv4Down))
        let end = try #require((outputs + station.advance(.seconds(10))).end)
        #expect(end == .echoTimeout)
        #expect(end.disconnectCode == 8)
        #expect(end.controlProtocol == 0xc021)
    }

    @Test func `LCP-12 data and answers put the next echo off`() throws {
        var station = Station(.open(echoInterval: .seconds(30)))
        _ = try station.openLCP()
        _ = try station.openIPCP(.lns, [ConfigurationOption(3, [100, 64, 0, 2])])
        for _ in 0..<20 {
            #expect(station.advance(.seconds(29)).isEmpty)
            #expect(station.handle(.dataReceived).isEmpty)
        }
        for _ in 0..<20 {
            let echo = try #require(station.advance(.seconds(30)).packets(.lcp, Code.echoRequest).first)
            #expect(station.receive(.lcp, Code.echoReply, echo.identifier, number(0)).isEmpty)
        }
        #expect(station.link.phase == .network)
    }

    @Test func `LCP-12 without an interval there are no echoes`() throws {
        var station = Station(.open())
        _ = try station.openLCP()
        _ = try station.openIPCP(.lns, [ConfigurationOption(3, [100, 64, 0, 2])])
        #expect(station.link.deadline == nil)
        #expect(station.advance(.seconds(100_000)).isEmpty)
    }

    @Test func `LCP-13 our own magic number is naked with another, and no request is sent for it`() throws {
        var station = Station(.open())
        let ours = try #require(station.handle(.lowerLayerUp).packets(.lcp).first?.option(magic)?.uint32)
        #expect(ours != 0)
        for _ in 0..<20 {
            let replies = station.request(.lcp, [ConfigurationOption(magic, ours)]).packets(.lcp)
            #expect(replies.map(\.code) == [Code.configureNak])
            let suggested = try #require(replies.first?.option(magic)?.uint32)
            #expect(suggested != ours && suggested != 0)
        }
    }

    @Test func `LCP-13 a link that sends everything back is found to be a loop`() {
        var station = Station(.open())
        var inFlight = station.handle(.lowerLayerUp).frames
        var end: LinkEnd?
        var turns = 0
        while end == nil, turns < 1000 {
            turns += 1
            let outputs =
                inFlight.isEmpty
                ? station.advance(.seconds(3)) : station.handle(.frame(inFlight.removeFirst().encoded))
            inFlight += outputs.frames
            end = outputs.end
        }
        #expect(end == .loopback)
        #expect(end?.disconnectCode == 7)
    }

    @Test func `LCP-13 a naked magic number is replaced by a new one`() throws {
        var station = Station(.open())
        let first = try #require(station.handle(.lowerLayerUp).packets(.lcp).first)
        let nak = ConfigurationOption.encode([ConfigurationOption(magic, UInt32(1234))])
        let second = station.receive(.lcp, Code.configureNak, first.identifier, nak).packets(.lcp).first
        #expect(second?.option(magic)?.uint32 != first.option(magic)?.uint32)
        #expect(second?.option(magic)?.uint32 != 0)
    }

    @Test func `LCP-14 a larger MRU is granted, a lower one of ours does not refuse frames of 1500`() throws {
        var station = Station(.open(mru: 1400))
        let outputs = try station.openLCP([ConfigurationOption(mru, UInt16(4000))])
        #expect(outputs.contains(.networkPhase))
        #expect(station.link.localParameters.mru == 1400)
        #expect(station.link.peerParameters.mru == 4000)
        #expect(station.link.mtu == 1400)
        let echo = number(0) + [UInt8](repeating: 1, count: 1492)
        #expect(station.receive(.lcp, Code.echoRequest, 1, echo).packets(.lcp).first?.data.count == 1496)
    }

    @Test func `LCP-14 1500 is not asked for and is what a silent peer has`() throws {
        var station = Station(.open())
        let request = try #require(station.handle(.lowerLayerUp).packets(.lcp).first)
        #expect(request.option(mru) == nil)
        #expect(station.link.mtu == 1500)
    }

    @Test func `LCP-15 every LCP frame is written whole, and read whole or compressed`() throws {
        var station = Station(.open())
        let outputs = try station.openLCP([ConfigurationOption(7, []), ConfigurationOption(8, [])])
        #expect(station.link.peerParameters.protocolFieldCompression)
        #expect(station.link.peerParameters.addressAndControlFieldCompression)
        let frames = outputs.frames + station.handle(.close(.administrative)).frames
        #expect(frames.count == 2)
        #expect(frames.allSatisfy { $0.encodedWithAddressAndControl.starts(with: [0xff, 0x03, 0xc0, 0x21]) })

        var other = Station(.open())
        _ = try other.openLCP()
        for head in [[0xff, 0x03, 0xc0, 0x21], [0xc0, 0x21]] as [[UInt8]] {
            #expect(other.handle(.frame(head + [9, 1, 0, 8, 0, 0, 0, 0])).packets(.lcp, Code.echoReply).count == 1)
        }
        #expect(other.handle(.frame([0x21, 0x45])) == [.noted(.outOfPhase(.ipv4))])
        #expect(other.handle(.frame([0xff, 0x03, 0x21, 0x45])) == [.noted(.outOfPhase(.ipv4))])
    }

    @Test func `LCP-02 an LCP that never converges is given up`() {
        var station = Station(.open())
        _ = station.handle(.lowerLayerUp)
        var end: LinkEnd?
        for _ in 0..<80 where end == nil {
            _ = station.request(.lcp, [ConfigurationOption(99, [])])
            end = (station.request(.lcp, [ConfigurationOption(magic, UInt32(0))]) + station.advance(.seconds(1))).end
        }
        #expect(end == .lcpTimeout)
    }

    @Test func `a link that ends says nothing more`() throws {
        var station = Station(.open())
        _ = try station.openLCP()
        #expect(station.handle(.lowerLayerDown) == [.linkDown, .closed(.lowerLayerDown)])
        #expect(station.link.deadline == nil)
        #expect(station.request(.lcp, []).isEmpty)
        #expect(station.handle(.close(.administrative)).isEmpty)
        var unborn = Station(.open())
        #expect(unborn.handle(.close(.administrative)) == [.closed(.administrative)])
    }
}
