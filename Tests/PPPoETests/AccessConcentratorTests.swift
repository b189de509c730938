import Addresses
import Instants
import Testing

@testable import PPPoE

private func service(_ name: String) -> DiscoveryTag { DiscoveryTag(.serviceName, text: name) }

private let named = AccessConcentrator.Configuration.sample { $0.services = .names(["internet", "video"]) }
private let hostUniq = DiscoveryTag(.hostUniq, [0, 1, 0xfe, 0xff])
private let relay = DiscoveryTag(.relaySessionID, Array(0x20...0x2b))
private let unknown = DiscoveryTag(.init(rawValue: 0x7777), [1, 2, 3])

@Suite struct AccessConcentratorTests {
    @Test func `POE-02 an offer names the concentrator, the service that was asked for and the others`() throws {
        var station = Station(named)
        for (asked, expected) in [("", ["", "internet", "video"]), ("video", ["video", "internet"])] {
            let offer = try #require(try station.offer([service(asked)]))
            #expect(offer.code == .pado && offer.sessionID == 0)
            #expect(offer.tags.filter { $0.kind == .acName } == [DiscoveryTag(.acName, text: "bras")])
            #expect(offer.tags.filter { $0.kind == .serviceName } == expected.map(service))
        }
        #expect(station.machine.counters.padiReceived == 2 && station.machine.counters.padoSent == 2)
    }

    @Test(arguments: ["", "anything", "п"]) func `POE-02 with any service each is offered as it was asked for`(
        name: String
    ) throws {
        var station = Station()
        #expect(try station.offer([service(name)])?.tags.filter { $0.kind == .serviceName } == [service(name)])
        let opened = try station.open([service(name)])
        #expect(opened.pads.tags.filter { $0.kind == .serviceName } == [service(name)])
    }

    @Test func `POE-02 a PADI that cannot be served is not answered`() throws {
        var station = Station(named)
        #expect(try station.receive(.padi, [service("voice")]).isEmpty)
        #expect(station.discarded(.unknownService) == 1)
    }

    @Test(arguments: [.padi, .padr] as [DiscoveryPacket.Code], [[], [anyService, anyService]])
    func `POE-02 a host asks for exactly one service`(code: DiscoveryPacket.Code, names: [DiscoveryTag]) throws {
        var station = Station()
        let cookie = try #require(try station.offer()?[.acCookie])
        #expect(try station.receive(code, names + [cookie]).isEmpty)
        #expect(station.discarded(.serviceName) == 1)
    }

    @Test func `POE-02 a PADR for a service that is not offered gets a Service-Name-Error and session id 0`() throws {
        var station = Station(named)
        let outputs = try station.request([service("voice"), hostUniq, relay])
        let pads = try #require(outputs.packets().first)
        #expect(outputs.count == 1 && pads.code == .pads && pads.sessionID == 0)
        #expect(pads[.serviceNameError] != nil)
        #expect(pads[.hostUniq] == hostUniq && pads[.relaySessionID] == relay)
        #expect(station.machine.sessionCount == 0 && station.machine.counters.refusalsSent == 1)
    }

    @Test func `POE-03 Host-Uniq and Relay-Session-Id come back unmodified, unknown tags do not`() throws {
        var station = Station()
        let tags = [unknown, relay, anyService, hostUniq, DiscoveryTag(.vendorSpecific, [0, 0, 0, 9])]
        let offer = try #require(try station.offer(tags))
        let pads = try station.open(tags).pads
        for answer in [offer, pads] {
            #expect(answer.tags.filter { $0.kind == .hostUniq } == [hostUniq])
            #expect(answer.tags.filter { $0.kind == .relaySessionID } == [relay])
            #expect(answer[unknown.kind] == nil && answer[.vendorSpecific] == nil)
        }
        #expect(
            try #require(try station.offer([anyService])).tags.allSatisfy {
                ![.hostUniq, .relaySessionID].contains($0.kind)
            })
    }

    @Test(arguments: [0, 1, 64, 1200]) func `POE-03 a Host-Uniq of any length comes back`(count: Int) throws {
        var station = Station()
        let long = DiscoveryTag(.hostUniq, (0..<count).map { UInt8(truncatingIfNeeded: $0) })
        #expect(try station.offer([anyService, long])?[.hostUniq] == long)
        #expect(try station.open([anyService, long]).pads[.hostUniq] == long)
    }

    @Test func `POE-03 a malformed packet is dropped and counted`() {
        var station = Station()
        for octets in ["", "11 09 0000 0004 0101 0001", "11 09 0000 ffff 0101 0000", "11 d3 0000 0000"] {
            #expect(station.receive(hex(octets)).isEmpty)
        }
        #expect(station.discarded(.malformed) == 4)
    }

    @Test func `POE-03 an answer that would not fit a frame is not sent, and no session is begun for it`() throws {
        var station = Station(.sample { $0.name = String(repeating: "n", count: 200) })
        let long = DiscoveryTag(.hostUniq, [UInt8](repeating: 1, count: 1350))
        #expect(try station.receive(.padi, [anyService, long]).isEmpty)
        #expect(try station.request([anyService, long]).isEmpty)
        #expect(station.discarded(.tooLong) == 2)
        #expect(station.machine.sessionCount == 0)
    }

    @Test func `POE-01 packets that only a concentrator sends, and those with a session id too early, are dropped`()
        throws
    {
        var station = Station()
        for code in [.pado, .pads] as [DiscoveryPacket.Code] {
            #expect(try station.receive(code, [anyService], id: 0).isEmpty)
        }
        #expect(station.discarded(.unexpectedCode) == 2)
        let cookie = try #require(try station.offer()?[.acCookie])
        for code in [.padi, .padr] as [DiscoveryPacket.Code] {
            #expect(try station.receive(code, [anyService, cookie], id: 1).isEmpty)
        }
        #expect(station.discarded(.sessionID) == 2)
        #expect(try station.receive(.padi, [anyService], from: .broadcast).isEmpty)
        #expect(station.discarded(.groupSource) == 1)
    }

    @Test func `POE-04 a PADR without a cookie or with a wrong one comes to nothing`() throws {
        var station = Station()
        let cookie = try #require(try station.offer()?[.acCookie])
        #expect(try station.receive(.padr, [anyService]).isEmpty)
        #expect(station.discarded(.missingCookie) == 1)
        var bad = [cookie, cookie, cookie, DiscoveryTag(.acCookie)]
        bad[0].value[0] ^= 1
        bad[1].value.removeLast()
        bad[2].value.append(0)
        for tag in bad { #expect(try station.receive(.padr, [anyService, tag]).isEmpty) }
        // Another host's is a wrong one too.
        #expect(try station.receive(.padr, [anyService, cookie], from: host(2)).isEmpty)
        #expect(station.discarded(.wrongCookie) == 5)
        #expect(station.machine.sessionCount == 0)
        #expect(try station.receive(.padr, [anyService, cookie]).requests.count == 1)
    }

    @Test func `POE-04 a cookie is good for its circuit and key alone`() throws {
        var station = Station()
        let cookie = try #require(try station.offer()?[.acCookie])
        for change in [
            { $0.circuit = "eth0.101" }, { $0.cookieKey[31] ^= 1 },
        ] as [(inout AccessConcentrator.Configuration) -> Void] {
            var other = Station(.sample(change))
            #expect(try other.receive(.padr, [anyService, cookie]).isEmpty)
            #expect(other.discarded(.wrongCookie) == 1)
        }
    }

    @Test(arguments: [(0, true), (59, true), (61, true), (119, true), (121, false), (6000, false)])
    func `POE-04 a cookie lasts for its period and the next`(seconds: Int, isGood: Bool) throws {
        var station = Station(.sample { $0.cookiePeriod = .seconds(60) })
        station.now += .seconds(600)
        let cookie = try #require(try station.offer()?[.acCookie])
        station.now += .seconds(seconds)
        #expect(try station.receive(.padr, [anyService, cookie]).requests.count == (isGood ? 1 : 0))
        #expect(station.discarded(.wrongCookie) == (isGood ? 0 : 1))
    }

    @Test func `POE-04 nothing is remembered of a host before its cookie has come back`() throws {
        var station = Station()
        for number in 0..<1000 { #expect(try station.offer(from: host(number)) != nil) }
        #expect(station.machine.sessionCount == 0 && station.machine.sessions.requestCount == 0)
        #expect(station.machine.requests.count == 0)
    }

    @Test func `POE-05 ids are unique on the interface, never 0 or 0xFFFF, and rest before they are used again`() throws
    {
        var random = SplitMix(state: 3)
        var sessions = AccessSessions(first: .random(using: &random))
        func session(_ number: Int) -> AccessSessions.Session {
            AccessSessions.Session(
                host: host(number), isInterworked: false, stage: .confirmed, relaySessionID: nil, request: nil)
        }
        var ids: Set<UInt16> = []
        for number in 0..<65_534 { if let id = sessions.add(session(number)) { ids.insert(id.rawValue) } }
        #expect(ids == Set(1...0xfffe))
        let none = sessions.add(session(0))
        #expect(none == nil)
        let freed = try #require(PPPoESessionID(rawValue: 77))
        sessions.remove(freed)
        let again = sessions.add(session(1))
        #expect(again == freed)
        #expect(PPPoESessionID(rawValue: 0) == nil && PPPoESessionID(rawValue: 0xffff) == nil)

        var resting = AccessSessions(first: freed)
        var handedOut: Set<PPPoESessionID> = []
        for number in 0..<65_534 {
            guard let id = resting.add(session(number)) else { break }
            handedOut.insert(id)
            resting.remove(id)
        }
        #expect(handedOut.count == 65_534)
        let afterAll = resting.add(session(0))
        #expect(afterAll == freed)
    }

    @Test func `POE-05 two hosts, and two requests of one host, get sessions of their own`() throws {
        var station = Station()
        let ids = [
            try station.open([anyService, hostUniq]).id, try station.open([anyService]).id,
            try station.open([anyService, hostUniq], from: host(2)).id,
        ]
        #expect(Set(ids).count == 3)
        #expect(station.machine.sessionCount == 3)
    }

    @Test func `a repeated PADR gets the same PADS and no second session`() throws {
        var station = Station()
        let tags = [anyService, hostUniq]
        let id = try #require(try station.request(tags).requests.first?.id)
        // Not decided yet: the host must wait.
        #expect(try station.request(tags).isEmpty)
        #expect(station.discarded(.undecided) == 1)
        let confirmed = station.machine.handle(.accept(id), at: station.now)
        #expect(station.machine.handle(.accept(id), at: station.now).isEmpty)
        station.now += .seconds(29)
        #expect(try station.request(tags) == confirmed)
        #expect(station.machine.sessionCount == 1 && station.machine.counters.padsSent == 2)
        // Later it is a request of its own, and with the session over it is one at once.
        station.now += .seconds(2)
        let second = try station.open(tags).id
        #expect(second != id && station.machine.sessionCount == 2)
        _ = try station.receive(.padt, [], id: second.rawValue)
        #expect(try station.open(tags).id != second)
        #expect(station.machine.sessions.requestCount == 1)
    }

    @Test func `an owner that refuses has its reason told, and the id is free`() throws {
        let refusals: [(DiscoveryRefusal, DiscoveryTag.Kind)] = [
            (.serviceName("closed"), .serviceNameError), (.system("full"), .acSystemError),
            (.generic("no"), .genericError),
        ]
        for (refusal, kind) in refusals {
            var station = Station()
            let id = try #require(try station.request([anyService, hostUniq, relay]).requests.first?.id)
            let pads = try #require(station.machine.handle(.refuse(id, refusal), at: station.now).packets().first)
            #expect(pads.code == .pads && pads.sessionID == 0 && DiscoveryRefusal(in: pads) == refusal)
            #expect(pads[kind] != nil && pads[.hostUniq] == hostUniq && pads[.relaySessionID] == relay)
            #expect(station.machine.sessionCount == 0)
            #expect(station.machine.handle(.accept(id), at: station.now).isEmpty)
        }
    }

    @Test func `POE-06 the end of a session is told with a PADT, once`() throws {
        var station = Station()
        let id = try station.open([anyService, relay]).id
        let padt = try #require(
            station.machine.handle(.end(id, reason: "tunnel lost"), at: station.now).packets().first)
        #expect(padt.code == .padt && padt.sessionID == id.rawValue)
        #expect(padt[.genericError]?.text == "tunnel lost" && padt[.relaySessionID] == relay)
        #expect(station.machine.sessionCount == 0)
        for event in [.end(id, reason: ""), .accept(id), .refuse(id, .system(""))] as [AccessConcentrator.Event] {
            #expect(station.machine.handle(event, at: station.now).isEmpty)
        }
        #expect(try station.receive(.padt, [], id: id.rawValue).isEmpty)
        #expect(station.discarded(.unknownSession) == 1)
    }

    @Test func `POE-06 a session that ends before it was granted is refused`() throws {
        var station = Station()
        let id = try #require(try station.request().requests.first?.id)
        let pads = try #require(station.machine.handle(.end(id, reason: "no tunnel"), at: station.now).packets().first)
        #expect(pads.code == .pads && pads.sessionID == 0 && pads[.acSystemError]?.text == "no tunnel")
    }

    @Test func `POE-06 POE-05 a PADT is taken from the session's own host alone`() throws {
        var station = Station()
        let id = try station.open().id
        #expect(try station.receive(.padt, [], from: host(2), id: id.rawValue).isEmpty)
        #expect(station.discarded(.foreignSession) == 1)
        for nothing in [0, 0xffff] as [UInt16] { #expect(try station.receive(.padt, [], id: nothing).isEmpty) }
        #expect(station.discarded(.sessionID) == 2)
        #expect(station.machine.sessionCount == 1)
        #expect(try station.receive(.padt, [unknown], id: id.rawValue) == [.terminated(id)])
        #expect(station.machine.sessionCount == 0)
        #expect(station.machine.handle(.end(id, reason: "late"), at: station.now).isEmpty)
    }

    @Test func `POE-08 the line is told to the owner and to no host`() throws {
        var line = AccessLine()
        line.circuitID = Array("node/1/2".utf8)
        line.actualDataRateDownstream = 16_000_000
        var station = Station()
        let tags = [anyService, line.tag]
        #expect(try #require(try station.offer(tags))[.vendorSpecific] == nil)
        let begun = try #require(try station.request(tags).requests.first)
        #expect(begun.line == line)
        let pads = try #require(station.machine.handle(.accept(begun.id), at: station.now).packets().first)
        #expect(pads[.vendorSpecific] == nil)
        let padt = try #require(station.machine.handle(.end(begun.id, reason: ""), at: station.now).packets().first)
        #expect(padt[.vendorSpecific] == nil)

        var untrusting = Station(.sample { $0.trustsAccessNode = false })
        let request = try #require(try untrusting.request(tags).requests.first)
        #expect(request.line == nil)
    }

    @Test(
        arguments: [
            (nil, 1500, 1492, false), (1500, 1500, 1492, false), (1500, 1508, 1500, true), (1500, 1504, 1496, true),
            (1400, 9000, 1492, true), (9000, 9000, 8992, true), (1600, 9000, 1600, true), (nil, 9000, 1492, false),
            (1500, 1400, 1392, false), (nil, 1400, 1392, false),
        ] as [(UInt16?, UInt16, UInt16, Bool)])
    func `POE-07 PPP-Max-Payload is echoed and granted as far as the interface goes`(
        asked: UInt16?, mtu: UInt16, granted: UInt16, isEchoed: Bool
    ) throws {
        var station = Station(.sample { $0.mtu = mtu })
        let tags = [anyService] + (asked.map { [DiscoveryTag(maxPayload: $0)] } ?? [])
        let echo = isEchoed ? asked : nil
        #expect(try #require(try station.offer(tags))[.pppMaxPayload]?.uint16 == echo)
        let begun = try #require(try station.request(tags).requests.first)
        #expect(begun.maxPayload == granted)
        let pads = try #require(station.machine.handle(.accept(begun.id), at: station.now).packets().first)
        #expect(pads[.pppMaxPayload]?.uint16 == echo)
    }

    @Test(arguments: [[], [5], [5, 0xdc, 0]] as [[UInt8]])
    func `POE-07 a PPP-Max-Payload that is not two octets is ignored`(value: [UInt8]) throws {
        var station = Station(.sample { $0.mtu = 9000 })
        let begun = try #require(try station.request([anyService, DiscoveryTag(.pppMaxPayload, value)]).requests.first)
        #expect(begun.maxPayload == 1492)
        let pads = try #require(station.machine.handle(.accept(begun.id), at: station.now).packets().first)
        #expect(pads[.pppMaxPayload] == nil)
    }
}
