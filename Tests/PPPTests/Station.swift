import Addresses
import Instants
import Testing

@testable import PPP

/// A small generator with a seed: the same test does the same every time.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

typealias Code = ControlPacket.Code

/// One link in virtual time, with a scripted peer on the other side.
struct Station {
    static let epoch = Instant(sinceBoot: .seconds(1000))

    var link: Link
    var now = Station.epoch
    var random: SplitMix
    /// Identifier of the scripted peer's next packet.
    var identifier: UInt8 = 100

    init(_ configuration: LinkConfiguration, seed: UInt64 = 1) {
        link = Link(configuration: configuration)
        random = SplitMix(state: seed)
    }

    mutating func handle(_ event: Link.Event) -> [Link.Output] {
        link.handle(event, at: now, using: &random)
    }

    mutating func receive(_ number: ProtocolNumber, _ packet: ControlPacket) -> [Link.Output] {
        handle(.frame(PPPFrame(number, packet.encoded).encodedWithAddressAndControl))
    }

    mutating func receive(
        _ number: ProtocolNumber, _ code: UInt8, _ identifier: UInt8, _ data: [UInt8] = []
    ) -> [Link.Output] {
        receive(number, ControlPacket(code: code, identifier: identifier, data: data))
    }

    /// The peer asks for options.
    mutating func request(_ number: ProtocolNumber, _ options: [ConfigurationOption]) -> [Link.Output] {
        identifier &+= 1
        return receive(number, Code.configureRequest, identifier, ConfigurationOption.encode(options))
    }

    /// The peer acknowledges the request among these outputs.
    mutating func acknowledge(_ number: ProtocolNumber, in outputs: [Link.Output]) throws -> [Link.Output] {
        var packet = try #require(outputs.packets(number).last { $0.code == Code.configureRequest })
        packet.code = Code.configureAck
        return receive(number, packet)
    }

    /// LCP goes up; what came of it.
    mutating func openLCP(_ options: [ConfigurationOption] = []) throws -> [Link.Output] {
        let started = handle(.lowerLayerUp)
        let answered = request(.lcp, options)
        return answered + (try acknowledge(.lcp, in: started))
    }

    /// The network protocols may begin and IPCP goes up; what came of it.
    mutating func openIPCP(
        _ parameters: NetworkParameters, _ options: [ConfigurationOption]
    ) throws -> [Link.Output] {
        let started = handle(.networkReady(parameters))
        let answered = request(.ipcp, options)
        return answered + (try acknowledge(.ipcp, in: started))
    }

    /// Time passes, and every deadline on the way is kept.
    mutating func advance(_ duration: Duration) -> [Link.Output] {
        let end = now + duration
        var outputs: [Link.Output] = []
        while let deadline = link.deadline, deadline <= end {
            now = max(now, deadline)
            outputs += handle(.timeout)
        }
        now = end
        return outputs
    }
}

extension [Link.Output] {
    var frames: [PPPFrame] {
        compactMap { if case .send(let frame) = $0 { frame } else { nil } }
    }

    func packets(_ number: ProtocolNumber) -> [ControlPacket] {
        frames.filter { $0.protocolNumber == number }.compactMap { try? ControlPacket(parsing: $0) }
    }

    func packets(_ number: ProtocolNumber, _ code: UInt8) -> [ControlPacket] {
        packets(number).filter { $0.code == code }
    }

    var questions: [AuthenticationRequest] {
        compactMap { if case .authenticate(let request) = $0 { request } else { nil } }
    }

    var notes: [Link.Note] {
        compactMap { if case .noted(let note) = $0 { note } else { nil } }
    }

    var end: LinkEnd? {
        for case .closed(let end) in self { return end }
        return nil
    }
}

extension ControlPacket {
    var options: [ConfigurationOption] { (try? ConfigurationOption.list(parsing: data)) ?? [] }

    func option(_ type: UInt8) -> ConfigurationOption? { options.first { $0.type == type } }
}

extension LinkConfiguration {
    /// An LNS that asks nobody.
    static func open(mru: UInt16 = 1500, echoInterval: Duration? = nil, ipv6: Bool = false) -> LinkConfiguration {
        LinkConfiguration(
            role: .authenticator(Authenticator(methods: [], name: "lns")), mru: mru, echoInterval: echoInterval,
            ipv6: ipv6)
    }

    static func lns(
        _ methods: [AuthenticationMethod], attempts: Int = 1, rechallengeInterval: Duration? = nil,
        failureDelay: Duration = .zero
    ) -> LinkConfiguration {
        LinkConfiguration(
            role: .authenticator(
                Authenticator(
                    methods: methods, name: "lns", rechallengeInterval: rechallengeInterval, attempts: attempts,
                    failureDelay: failureDelay)), echoInterval: nil)
    }

    static func client(
        _ methods: [AuthenticationMethod] = AuthenticationMethod.allCases, user: String = "alice",
        password: String = "secret", retries: Int = 1
    ) -> LinkConfiguration {
        LinkConfiguration(
            role: .peer(Peer(user: user, password: Password(password), methods: methods, retries: retries)),
            echoInterval: nil)
    }
}

extension NetworkParameters {
    static let lns = NetworkParameters(
        localIPv4: IPv4Address(100, 64, 0, 1), peerIPv4: IPv4Address(100, 64, 0, 2),
        dns: [IPv4Address(192, 0, 2, 53), IPv4Address(192, 0, 2, 54)], nbns: [IPv4Address(192, 0, 2, 137)])
}
