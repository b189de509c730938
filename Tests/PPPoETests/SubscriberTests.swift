import Addresses
import Instants
import Testing

@testable import PPPoE

private let concentrator = MACAddress(2, 0, 0, 0, 0, 0xac)
private let epoch = Instant(sinceBoot: .seconds(1000))

private func machine(_ change: (inout Subscriber.Configuration) -> Void = { _ in }) -> Subscriber {
    var configuration = Subscriber.Configuration()
    change(&configuration)
    var random = SplitMix(state: 5)
    return Subscriber(configuration: configuration, using: &random)
}

extension [Subscriber.Output] {
    fileprivate var packets: [DiscoveryPacket] {
        compactMap { if case .send(let octets, _) = $0 { try? DiscoveryPacket(parsing: octets) } else { nil } }
    }
}

extension Subscriber {
    fileprivate mutating func receive(
        _ packet: DiscoveryPacket, from source: MACAddress = concentrator
    ) throws -> [Output] {
        handle(.received(try packet.encoded() + [0, 0, 0], from: source), at: epoch)
    }

    /// Up to its PADR; that PADR.
    fileprivate mutating func request(_ tags: [DiscoveryTag] = []) throws -> DiscoveryPacket {
        let padi = try #require(handle(.start, at: epoch).packets.first)
        let offered = [
            DiscoveryTag(.acName, text: "bras"), try #require(padi[.hostUniq]), try #require(padi[.serviceName]),
        ]
        return try #require(try receive(DiscoveryPacket(.pado, tags: offered + tags)).packets.first)
    }
}

@Suite struct SubscriberTests {
    @Test func `a host sends its PADI to all and its PADR, with the cookie, to the one that offers`() throws {
        var subscriber = machine { $0.serviceName = "internet" }
        let outputs = subscriber.handle(.start, at: epoch)
        let padi = try #require(outputs.packets.first)
        #expect(padi.code == .padi && padi.sessionID == 0 && padi.soleServiceName?.text == "internet")
        guard case .send(_, to: .broadcast) = outputs[0] else { Issue.record("not to all"); return }
        let echoed = [DiscoveryTag(.acCookie, [1, 2]), DiscoveryTag(.relaySessionID, [3])]
        var again = machine { $0.serviceName = "internet" }
        let padr = try again.request(echoed)
        #expect(padr.code == .padr && padr.soleServiceName?.text == "internet")
        #expect(padr[.acCookie] == echoed[0] && padr[.relaySessionID] == echoed[1])
        #expect(padr[.hostUniq] == padi[.hostUniq])
    }

    @Test func `an offer to another host, of another service, from another concentrator or with an error is not taken`()
        throws
    {
        var subscriber = machine {
            $0.serviceName = "internet"; $0.acName = "bras"
        }
        let padi = try #require(subscriber.handle(.start, at: epoch).packets.first)
        let good = [
            DiscoveryTag(.acName, text: "bras"), DiscoveryTag(.serviceName, text: "internet"),
            try #require(padi[.hostUniq]),
        ]
        var bad = [good, good, good, good, good]
        bad[0][0] = DiscoveryTag(.acName, text: "brat")
        bad[1][1] = anyService
        bad[2][2] = DiscoveryTag(.hostUniq, [1])
        bad[3].append(DiscoveryTag(.genericError))
        bad[4].remove(at: 0)
        for tags in bad { #expect(try subscriber.receive(DiscoveryPacket(.pado, tags: tags)).isEmpty) }
        #expect(try subscriber.receive(DiscoveryPacket(.pado, tags: good)).packets.first?.code == .padr)
    }

    @Test func `POE-06 only the session's concentrator ends it, and a host tells its own end`() throws {
        var subscriber = machine()
        let padr = try subscriber.request()
        let pads = DiscoveryPacket(.pads, sessionID: 0x1234, tags: padr.tags)
        #expect(try subscriber.receive(pads, from: host(9)).isEmpty)
        #expect(try subscriber.receive(DiscoveryPacket(.pads, sessionID: 0, tags: padr.tags)).isEmpty)
        let up = try subscriber.receive(pads)
        let session = try #require(subscriber.session)
        #expect(up == [.up(session)] && session.id.rawValue == 0x1234 && session.concentrator == concentrator)
        #expect(session.acName == "bras" && subscriber.deadline == nil)
        var ending = subscriber
        #expect(try subscriber.receive(DiscoveryPacket(.padt, sessionID: 0x1235)).isEmpty)
        #expect(try subscriber.receive(DiscoveryPacket(.padt, sessionID: 0x1234), from: host(9)).isEmpty)
        #expect(try subscriber.receive(DiscoveryPacket(.padt, sessionID: 0x1234)) == [.terminated])
        #expect(subscriber.handle(.end(reason: "late"), at: epoch).isEmpty)
        let padt = try #require(ending.handle(.end(reason: "bye"), at: epoch).packets.first)
        #expect(padt.code == .padt && padt.sessionID == 0x1234 && padt[.genericError]?.text == "bye")
        #expect(ending.handle(.end(reason: "bye"), at: epoch).isEmpty)
    }

    @Test(arguments: [DiscoveryRefusal.serviceName("x"), .system(""), .generic("y")])
    func `a refusal ends the search and is told`(refusal: DiscoveryRefusal) throws {
        var subscriber = machine()
        let padr = try subscriber.request()
        let pads = DiscoveryPacket(.pads, tags: [refusal.tag] + padr.tags)
        #expect(try subscriber.receive(pads) == [.failed(.refused(refusal))])
        #expect(subscriber.deadline == nil)
    }

    @Test func `an unanswered PADI is repeated, each time after twice the wait, and given up`() throws {
        var subscriber = machine { $0.initiations = 8 }
        _ = subscriber.handle(.start, at: epoch)
        var waits: [Duration] = []
        var now = epoch
        var last: [Subscriber.Output] = []
        while let deadline = subscriber.deadline {
            waits.append(deadline - now)
            now = deadline
            #expect(subscriber.handle(.timeout, at: now - .milliseconds(1)).isEmpty)
            last = subscriber.handle(.timeout, at: now)
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 32, 32].map { .seconds($0) })
        #expect(last == [.failed(.noAnswer)])
    }

    @Test func `an unanswered PADR is repeated, then the search begins again`() throws {
        var subscriber = machine {
            $0.requests = 3; $0.initiations = 2
        }
        let padr = try subscriber.request()
        var sent: [DiscoveryPacket.Code] = []
        while let deadline = subscriber.deadline {
            let packets = subscriber.handle(.timeout, at: deadline).packets
            sent += packets.map(\.code)
            if packets.first?.code == .padr { #expect(packets.first == padr) }
        }
        #expect(sent == [.padr, .padr, .padi])
    }

    @Test(
        arguments: [
            (nil, 1500, nil, nil, 1492), (1500, 1508, 1500, 1500, 1500), (1500, 1508, 1500, nil, 1492),
            (1500, 1500, nil, 1500, 1492), (9000, 2000, 1992, 1992, 1992), (9000, 2000, 1992, 9000, 1992),
            (1492, 9000, nil, nil, 1492),
        ] as [(UInt16?, UInt16, UInt16?, UInt16?, UInt16)])
    func `POE-07 a host asks for more than 1492 octets in both packets, and has them when both ends said so`(
        wished: UInt16?, mtu: UInt16, told: UInt16?, echoed: UInt16?, granted: UInt16
    ) throws {
        var subscriber = machine {
            $0.maxPayload = wished; $0.mtu = mtu
        }
        var probe = subscriber
        #expect(probe.handle(.start, at: epoch).packets.first?[.pppMaxPayload]?.uint16 == told)
        let padr = try subscriber.request()
        #expect(padr[.pppMaxPayload]?.uint16 == told)
        let tags =
            padr.tags.filter { $0.kind != .pppMaxPayload } + (echoed.map { [DiscoveryTag(maxPayload: $0)] } ?? [])
        _ = try subscriber.receive(DiscoveryPacket(.pads, sessionID: 1, tags: tags))
        let session = try #require(subscriber.session)
        #expect(session.maxPayload == granted)
    }
}
