import Addresses
import Testing

@testable import PPP

private let address = IPCPOptions.Kind.address
private let identifier = IPV6CPOptions.Kind.interfaceIdentifier
private let ours = IPv4Address(100, 64, 0, 1)
private let theirs = IPv4Address(100, 64, 0, 2)

private func option(_ type: UInt8, _ value: IPv4Address) -> ConfigurationOption {
    ConfigurationOption(type, value.rawValue)
}

@Suite struct NCPTests {
    /// A link whose network phase has begun, and what came of that.
    private func network(
        _ configuration: LinkConfiguration = .open(), _ parameters: NetworkParameters = .lns,
        lcp: [ConfigurationOption] = []
    ) throws -> (Station, [Link.Output]) {
        var station = Station(configuration)
        _ = try station.openLCP(lcp)
        let outputs = station.handle(.networkReady(parameters))
        return (station, outputs)
    }

    @Test func `NCP-01 network protocols are not heard before their phase`() throws {
        var station = Station(.lns([.pap]))
        #expect(station.handle(.lowerLayerUp).packets(.ipcp).isEmpty)
        #expect(station.request(.ipcp, [option(address, theirs)]) == [.noted(.outOfPhase(.ipcp))])
        #expect(station.handle(.networkReady(.lns)).isEmpty)
    }

    @Test func `NCP-01 what comes while the unit is being made is answered once it is there`() throws {
        var station = Station(.open(ipv6: true))
        _ = try station.openLCP()
        #expect(station.request(.ipcp, [option(address, .any)]).isEmpty)
        #expect(station.request(.ipcp, [option(address, theirs)]).isEmpty)
        #expect(station.request(.ipv6cp, [ConfigurationOption(identifier, UInt64(5))]).isEmpty)
        let outputs = station.handle(.networkReady(.lns))
        #expect(outputs.packets(.ipcp, Code.configureAck).map(\.options) == [[option(address, theirs)]])
        #expect(outputs.packets(.ipv6cp, Code.configureAck).count == 1)
    }

    @Test(arguments: 8...13 as ClosedRange<UInt8>) func `NCP-01 a code beyond seven is rejected`(code: UInt8) throws {
        var (station, _) = try network(.open(ipv6: true))
        for number in [ProtocolNumber.ipcp, .ipv6cp] {
            let outputs = station.receive(number, code, 3, [1, 2, 3, 4])
            #expect(outputs.packets(number).map(\.code) == [Code.codeReject])
            #expect(outputs.packets(number).first?.data == [code, 3, 0, 8, 1, 2, 3, 4])
        }
    }

    @Test(arguments: [IPv4Address.any, IPv4Address(10, 0, 0, 1), IPv4Address(100, 64, 0, 3)])
    func `NCP-02 an address that is not the assigned one is naked with that`(asked: IPv4Address) throws {
        var (station, _) = try network()
        let nak = try #require(station.request(.ipcp, [option(address, asked)]).packets(.ipcp).first)
        #expect(nak.code == Code.configureNak)
        #expect(nak.options == [option(address, theirs)])
        let ack = try #require(station.request(.ipcp, [option(address, theirs)]).packets(.ipcp).first)
        #expect(ack.code == Code.configureAck)
    }

    @Test func `NCP-02 an address that is not asked for is told once`() throws {
        let (fresh, started) = try network()
        var station = fresh
        let nak = try #require(station.request(.ipcp, []).packets(.ipcp).first)
        #expect(nak.code == Code.configureNak)
        #expect(nak.options == [option(address, theirs)])
        #expect(station.request(.ipcp, []).packets(.ipcp).first?.code == Code.configureAck)
        let up = try station.acknowledge(.ipcp, in: started)
        #expect(up == [.ipv4Up(local: ours, peer: theirs, dns: [])])
    }

    @Test func `NCP-02 our own address is kept when we have one and taken when we have none`() throws {
        var (station, started) = try network()
        let request = try #require(started.packets(.ipcp).first)
        #expect(request.options == [option(address, ours)])
        let nak = ConfigurationOption.encode([option(address, IPv4Address(10, 0, 0, 9))])
        let next = station.receive(.ipcp, Code.configureNak, request.identifier, nak).packets(.ipcp).first
        #expect(next?.options == [option(address, ours)])

        var (client, begun) = try network(.client(), NetworkParameters())
        let asked = try #require(begun.packets(.ipcp).first)
        #expect(asked.options.map(\.type) == [3, 129, 131])
        #expect(asked.options.allSatisfy { $0.uint32 == 0 })
        let told = ConfigurationOption.encode([
            option(address, theirs), option(129, IPv4Address(192, 0, 2, 53)), option(131, .any),
        ])
        begun = client.receive(.ipcp, Code.configureNak, asked.identifier, told)
        #expect(
            begun.packets(.ipcp).first?.options
                == [option(address, theirs), option(129, IPv4Address(192, 0, 2, 53))])
        _ = client.request(.ipcp, [option(address, ours)])
        #expect(
            try client.acknowledge(.ipcp, in: begun)
                == [.ipv4Up(local: theirs, peer: ours, dns: [IPv4Address(192, 0, 2, 53)])])
    }

    @Test func `NCP-02 a client without an address has no IPv4`() throws {
        let (fresh, begun) = try network(.client(), NetworkParameters())
        var client = fresh
        _ = client.request(.ipcp, [option(address, ours)])
        let outputs = try client.acknowledge(.ipcp, in: begun)
        #expect(!outputs.contains { if case .ipv4Up = $0 { true } else { false } })
        #expect(client.link.ipv4 == nil)
    }

    @Test(
        arguments: [
            (129, [192, 0, 2, 53], Code.configureAck), (129, [0, 0, 0, 0], Code.configureNak),
            (129, [8, 8, 8, 8], Code.configureNak), (129, [1], Code.configureNak),
            (131, [192, 0, 2, 54], Code.configureAck), (131, [192, 0, 2, 53], Code.configureNak),
            (130, [192, 0, 2, 137], Code.configureAck), (130, [0, 0, 0, 0], Code.configureNak),
            (132, [0, 0, 0, 0], Code.configureReject), (132, [192, 0, 2, 137], Code.configureReject),
        ] as [(UInt8, [UInt8], UInt8)])
    func `NCP-03 each name server is answered by itself`(type: UInt8, value: [UInt8], code: UInt8) throws {
        var (station, _) = try network()
        let asked = [option(address, theirs), ConfigurationOption(type, value)]
        let reply = try #require(station.request(.ipcp, asked).packets(.ipcp).first)
        #expect(reply.code == code)
        switch code {
        case Code.configureAck: #expect(reply.options == asked)
        case Code.configureReject: #expect(reply.options == [asked[1]])
        default:
            let known: [UInt8: IPv4Address] = [
                129: IPv4Address(192, 0, 2, 53), 131: IPv4Address(192, 0, 2, 54), 130: IPv4Address(192, 0, 2, 137),
            ]
            #expect(reply.options == [option(type, try #require(known[type]))])
        }
    }

    @Test func `NCP-03 a peer that insists on its name server is rejected after Max-Failure`() throws {
        var (station, _) = try network()
        let asked = [option(address, theirs), option(129, IPv4Address(8, 8, 8, 8))]
        let codes = (0..<7).map { _ in station.request(.ipcp, asked).packets(.ipcp).first?.code }
        #expect(codes == [3, 3, 3, 3, 3, 4, 4])
        #expect(station.request(.ipcp, [asked[0]]).packets(.ipcp).first?.code == Code.configureAck)
    }

    @Test(arguments: [
        ConfigurationOption(1, [1, 2, 3, 4, 5, 6, 7, 8]), ConfigurationOption(2, [0, 0x2d, 15, 1]),
        ConfigurationOption(4, [1, 2, 3, 4]), ConfigurationOption(200, []),
    ])
    func `NCP-04 VJ compression, IP-Addresses and unknown options are rejected`(unknown: ConfigurationOption) throws {
        var (station, _) = try network()
        let reply = station.request(.ipcp, [unknown, option(address, .any)]).packets(.ipcp).first
        #expect(reply?.code == Code.configureReject)
        #expect(reply?.options == [unknown])
    }

    @Test func `DAT-07 NCP-04 compression is never asked for`() throws {
        for configuration in [LinkConfiguration.open(ipv6: true), .client()] {
            let (_, started) = try network(configuration)
            let types = started.packets(.ipcp).flatMap(\.options).map(\.type)
            #expect(types.contains(address))
            #expect(!types.contains(2))
            #expect(started.packets(.ipv6cp).flatMap(\.options).map(\.type) == [identifier])
        }
    }

    @Test func `NCP-05 addresses are withdrawn before anything else when IPv4 or the link goes`() throws {
        var (station, started) = try network(.open(ipv6: true))
        _ = station.request(.ipcp, [option(address, theirs)])
        #expect(try station.acknowledge(.ipcp, in: started) == [.ipv4Up(local: ours, peer: theirs, dns: [])])
        let terminated = station.receive(.ipcp, Code.terminateRequest, 9)
        #expect(terminated.first == .ipv4Down)
        #expect(station.link.ipv4 == nil)

        let again = station.request(.ipcp, [option(address, theirs)])
        #expect(again.isEmpty, "Stopping hears no request")
        _ = station.advance(.seconds(3))
        started = station.request(.ipcp, [option(address, theirs)])
        #expect(try station.acknowledge(.ipcp, in: started) == [.ipv4Up(local: ours, peer: theirs, dns: [])])
        #expect(
            station.handle(.lowerLayerDown) == [.ipv4Down, .linkDown, .closed(.lowerLayerDown)])
    }

    @Test(
        arguments: [
            (UInt64(7), Code.configureAck), (UInt64.max, Code.configureAck), (0, Code.configureNak),
            (42, Code.configureNak),
        ] as [(UInt64, UInt8)])
    func `NCP-06 an interface identifier is granted unless it is zero or ours`(asked: UInt64, code: UInt8) throws {
        var parameters = NetworkParameters.lns
        parameters.localInterfaceIdentifier = 42
        let (fresh, started) = try network(.open(ipv6: true), parameters)
        var station = fresh
        #expect(started.packets(.ipv6cp).first?.options == [ConfigurationOption(identifier, UInt64(42))])
        let reply = try #require(
            station.request(.ipv6cp, [ConfigurationOption(identifier, asked)]).packets(.ipv6cp).first)
        #expect(reply.code == code)
        let value = try #require(reply.options.first?.uint64)
        if code == Code.configureNak {
            #expect(value != 0 && value != 42)
            #expect(value & 1 << 57 == 0)
        }
        _ = station.request(.ipv6cp, [ConfigurationOption(identifier, value)])
        #expect(try station.acknowledge(.ipv6cp, in: started) == [.ipv6Up(local: 42, peer: value)])
    }

    @Test func `NCP-06 an own identifier is random, local and not zero`() throws {
        var seen: Set<UInt64> = []
        for seed in 0..<50 as Range<UInt64> {
            var station = Station(.open(ipv6: true), seed: seed)
            _ = try station.openLCP()
            let request = try #require(station.handle(.networkReady(.lns)).packets(.ipv6cp).first)
            let value = try #require(request.options.first?.uint64)
            #expect(value != 0)
            #expect(value & 1 << 57 == 0)
            seen.insert(value)
        }
        #expect(seen.count == 50)
    }

    @Test func `NCP-06 two zeros are rejected, one is naked with what is configured`() throws {
        let zero = ConfigurationOption(identifier, UInt64(0))
        var asking = NetworkParameters()
        asking.localInterfaceIdentifier = 0
        var (client, _) = try network(.client(), asking)
        let reply = client.request(.ipv6cp, [zero]).packets(.ipv6cp).first
        #expect(reply?.code == Code.configureReject)
        #expect(reply?.options == [zero])

        var offering = NetworkParameters.lns
        offering.peerInterfaceIdentifier = 0xabc
        var (station, _) = try network(.open(ipv6: true), offering)
        let nak = station.request(.ipv6cp, [zero]).packets(.ipv6cp).first
        #expect(nak?.options == [ConfigurationOption(identifier, UInt64(0xabc))])
    }

    @Test func `NCP-06 there is exactly one identifier, and one that is missing is told once`() throws {
        var (station, _) = try network(.open(ipv6: true))
        let two = [ConfigurationOption(identifier, UInt64(7)), ConfigurationOption(identifier, UInt64(8))]
        let reject = station.request(.ipv6cp, two).packets(.ipv6cp).first
        #expect(reject?.code == Code.configureReject)
        #expect(reject?.options == [two[1]])
        let compression = ConfigurationOption(2, [0, 0x61])
        #expect(station.request(.ipv6cp, [two[0], compression]).packets(.ipv6cp).first?.options == [compression])
        #expect(station.request(.ipv6cp, []).packets(.ipv6cp).first?.code == Code.configureNak)
        #expect(station.request(.ipv6cp, []).packets(.ipv6cp).first?.code == Code.configureAck)
    }

    @Test func `NCP-06 a naked identifier of ours is replaced`() throws {
        var (station, started) = try network(.open(ipv6: true))
        _ = station.request(.ipv6cp, [ConfigurationOption(identifier, UInt64(7))])
        var request = try #require(started.packets(.ipv6cp).first)
        for (told, accepted) in [(UInt64(99), true), (0, false), (7, false)] {
            let nak = ConfigurationOption.encode([ConfigurationOption(identifier, told)])
            started = station.receive(.ipv6cp, Code.configureNak, request.identifier, nak)
            request = try #require(started.packets(.ipv6cp).first)
            let value = try #require(request.options.first?.uint64)
            #expect((value == told) == accepted)
            #expect(value != 0 && value != 7)
        }
    }

    @Test func `NCP-07 IPv6 comes up with the identifiers that link-local addresses are made of`() throws {
        let (fresh, started) = try network(.open(ipv6: true))
        var station = fresh
        let local = try #require(started.packets(.ipv6cp).first?.options.first?.uint64)
        _ = station.request(.ipv6cp, [ConfigurationOption(identifier, UInt64(0x0200_5eff_fe00_5301))])
        let up = try station.acknowledge(.ipv6cp, in: started)
        #expect(up == [.ipv6Up(local: local, peer: 0x0200_5eff_fe00_5301)])
        #expect(station.link.ipv6?.peer == 0x0200_5eff_fe00_5301)
        #expect(station.handle(.close(.administrative)).first == .ipv6Down)
    }

    @Test(arguments: [(UInt16(1279), false), (1280, true)])
    func `NCP-07 IPv6 is not begun where 1280 octets do not pass`(
        mru: UInt16, begun: Bool
    ) throws {
        let (fresh, started) = try network(.open(ipv6: true), lcp: [ConfigurationOption(1, mru)])
        var station = fresh
        #expect(started.packets(.ipv6cp).isEmpty != begun)
        let outputs = station.request(.ipv6cp, [ConfigurationOption(identifier, UInt64(7))])
        #expect(outputs.packets(.lcp, Code.protocolReject).isEmpty == begun)
    }

    @Test func `NCP-08 one protocol that fails leaves the other alone`() throws {
        var (station, started) = try network(.open(ipv6: true))
        _ = station.request(.ipcp, [option(address, theirs)])
        _ = try station.acknowledge(.ipcp, in: started)
        started = station.advance(.seconds(1000))
        #expect(started.packets(.ipv6cp, Code.configureRequest).count == 9)
        #expect(started.end == nil)
        #expect(station.link.phase == .network)
        _ = station.request(.ipv6cp, [ConfigurationOption(identifier, UInt64(7))])
        #expect(station.link.ipv4?.peer == theirs)
    }

    @Test func `NCP-08 a link on which no network protocol opens in time is ended`() throws {
        var configuration = LinkConfiguration.open(ipv6: true)
        configuration.networkTimeout = .seconds(20)
        configuration.limits.maxConfigure = 100
        var (station, _) = try network(configuration)
        let outputs = station.advance(.seconds(20))
        #expect(outputs.contains(.linkDown))
        let end = (outputs + station.advance(.seconds(10))).end
        #expect(end == .noNetworkProtocol)
        #expect(end?.disconnectCode == 18)
    }

    @Test func `NCP-08 a link whose network protocols are all refused is ended at once`() throws {
        var (station, _) = try network(.open(ipv6: true))
        #expect(!station.receive(.lcp, Code.protocolReject, 1, [0x80, 0x57]).contains(.linkDown))
        let outputs = station.receive(.lcp, Code.protocolReject, 2, [0x80, 0x21])
        #expect(outputs.contains(.linkDown))
        #expect((outputs + station.advance(.seconds(10))).end == .noNetworkProtocol)
    }

    @Test func `NCP-08 a peer that refuses our address for ever is given up`() throws {
        var (station, outputs) = try network()
        let nak = ConfigurationOption.encode([option(address, IPv4Address(10, 0, 0, 9))])
        for _ in 0..<20 {
            guard let request = outputs.packets(.ipcp, Code.configureRequest).first else { break }
            outputs = station.receive(.ipcp, Code.configureNak, request.identifier, nak)
        }
        let end = (outputs + station.advance(.seconds(30))).end
        #expect(end == .addressesDoNotConverge(.peer))
        #expect(end?.disconnectCode == 19)
    }

    @Test func `NCP-08 a protocol that is configured off is refused, not ignored`() throws {
        var (station, _) = try network(.open(ipv6: false))
        let outputs = station.request(.ipv6cp, [ConfigurationOption(identifier, UInt64(7))])
        #expect(outputs.packets(.lcp, Code.protocolReject).first?.data.prefix(2) == [0x80, 0x57])
    }

    @Test func `LCP-10 a CCP probe is refused and does not disturb IPCP`() throws {
        let (fresh, started) = try network()
        var station = fresh
        let probe = ControlPacket(code: 1, identifier: 1, data: [18, 6, 1, 0, 0, 0x60])
        #expect(station.receive(.ccp, probe).packets(.lcp, Code.protocolReject).count == 1)
        _ = station.request(.ipcp, [option(address, theirs)])
        #expect(station.receive(.ccp, probe).packets(.lcp, Code.protocolReject).count == 1)
        #expect(try station.acknowledge(.ipcp, in: started) == [.ipv4Up(local: ours, peer: theirs, dns: [])])
        #expect(!station.receive(.ccp, probe).contains(.ipv4Down))
    }
}
