import Testing

@testable import PPP

private let mru = LCPOptions.Kind.mru

extension LinkConfiguration {
    fileprivate static func ethernet(_ maxPayload: UInt16, mru: UInt16 = 1500) -> LinkConfiguration {
        LinkConfiguration(
            role: .authenticator(Authenticator(methods: [.pap], name: "bras")), medium: .pppoe(maxPayload: maxPayload),
            mru: mru, echoInterval: nil)
    }
}

@Suite struct PPPoEMediumTests {
    /// ACCM, FCS-Alternatives and ACFC must, PFC should be rejected; right and wrong forms of them alike.
    @Test(
        arguments: [
            ConfigurationOption(2, UInt32(0)), ConfigurationOption(2, [0]), ConfigurationOption(7, []),
            ConfigurationOption(7, [1]), ConfigurationOption(8, []), ConfigurationOption(9, [1]),
        ], [1492, 1500, 9000] as [UInt16])
    func `POE-07 over PPPoE a framing option is rejected`(option: ConfigurationOption, maxPayload: UInt16) {
        var station = Station(.ethernet(maxPayload))
        _ = station.handle(.lowerLayerUp)
        let reply = station.request(.lcp, [option, ConfigurationOption(mru, UInt16(1400))]).packets(.lcp).first
        #expect(reply?.code == Code.configureReject)
        #expect(reply?.options == [option])
    }

    @Test(
        arguments: [
            (1492, 1492, nil), (1492, 1493, 1492), (1492, 1500, 1492), (1492, 128, nil), (1492, 100, 128),
            (1500, 1500, nil), (1500, 1501, 1500), (9000, 9000, nil), (9000, 9001, 9000), (1392, 1492, 1392),
        ] as [(UInt16, UInt16, UInt16?)])
    func `POE-07 over PPPoE no MRU beyond what discovery agreed on is granted`(
        maxPayload: UInt16, asked: UInt16, told: UInt16?
    ) {
        var station = Station(.ethernet(maxPayload))
        _ = station.handle(.lowerLayerUp)
        let reply = station.request(.lcp, [ConfigurationOption(mru, asked)]).packets(.lcp).first
        #expect(reply?.code == (told == nil ? Code.configureAck : Code.configureNak))
        #expect(reply?.options == [ConfigurationOption(mru, told ?? asked)])
    }

    @Test func `POE-07 an MRU that is not two octets is told what Ethernet has room for`() {
        var station = Station(.ethernet(1492))
        _ = station.handle(.lowerLayerUp)
        let reply = station.request(.lcp, [ConfigurationOption(mru, [5])]).packets(.lcp).first
        #expect(reply?.options == [ConfigurationOption(mru, UInt16(1492))])
    }

    @Test(
        arguments: [(1492, 1500, 1492), (1492, 1460, 1460), (1500, 1500, nil), (9000, 9000, 9000), (9000, 1500, nil)]
            as [(UInt16, UInt16, UInt16?)])
    func `POE-07 our own request has the MRU that fits and no framing option`(
        maxPayload: UInt16, configured: UInt16, asked: UInt16?
    ) {
        var station = Station(.ethernet(maxPayload, mru: configured))
        let request = station.handle(.lowerLayerUp).packets(.lcp).first
        #expect(request?.option(mru) == asked.map { ConfigurationOption(mru, $0) })
        #expect(request?.options.map(\.type) == (asked == nil ? [3, 5] : [1, 3, 5]))
    }

    /// RFC 4638 section 5.1: nobody has to negotiate an MRU, and then it is 1500 by RFC 1661.
    @Test(arguments: [(1492, 1492), (1500, 1500)] as [(UInt16, UInt16)])
    func `POE-07 nothing larger than Ethernet carries is sent to a peer that names no MRU`(
        maxPayload: UInt16, mtu: UInt16
    ) throws {
        var configuration = LinkConfiguration.open()
        configuration.medium = .pppoe(maxPayload: maxPayload)
        var station = Station(configuration)
        _ = try station.openLCP()
        #expect(station.link.peerParameters.mru == 1500)
        #expect(station.link.mtu == mtu)
    }

    @Test(
        arguments: [(1492, 1500, 1492), (1492, 1400, 1400), (9000, 4000, 4000), (9000, 9001, 9000)]
            as [(UInt16, UInt16, UInt16)])
    func `POE-07 a peer's wish for another MRU is followed as far as Ethernet goes`(
        maxPayload: UInt16, wished: UInt16, asked: UInt16
    ) throws {
        var station = Station(.ethernet(maxPayload, mru: maxPayload))
        let first = try #require(station.handle(.lowerLayerUp).packets(.lcp).first)
        let nak = ConfigurationOption.encode([ConfigurationOption(mru, wished)])
        let second = station.receive(.lcp, Code.configureNak, first.identifier, nak).packets(.lcp).first
        #expect(second?.option(mru) == ConfigurationOption(mru, asked))
    }
}
