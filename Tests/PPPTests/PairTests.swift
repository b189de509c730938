import Addresses
import Instants
import Testing

@testable import PPP

/// What a network does to frames: out of a hundred, so many are lost, doubled or held back behind later ones.
struct Weather: Sendable, CustomTestStringConvertible {
    var lost = 0
    var doubled = 0
    var delayed = 0
    /// How long a frame is under way.
    var way: Duration = .milliseconds(10)

    static let fair = Weather()
    static let foul = Weather(lost: 20, doubled: 10, delayed: 20)

    var testDescription: String { "\(lost)% lost, \(doubled)% doubled, \(delayed)% late, \(way) under way" }
}

/// An LNS and a client, joined in memory in virtual time, with a daemon of a few lines behind each.
private struct Pair {
    enum End: CaseIterable { case lns, client }

    var lns: Station
    var client: Station
    var weather: Weather
    var random: SplitMix
    /// Frames under way, each with the instant of its arrival.
    var flying: [(at: Instant, to: End, octets: [UInt8])] = []
    var log: [End: [Link.Output]] = [.lns: [], .client: []]
    var now = Station.epoch
    var users = ["alice": Password("secret")]

    init(_ lns: LinkConfiguration, _ client: LinkConfiguration, _ weather: Weather = .fair, seed: UInt64 = 1) {
        var lns = lns
        if case .authenticator(var role) = lns.role {
            role.listening = .milliseconds(200)
            lns.role = .authenticator(role)
        }
        self.lns = Station(lns, seed: seed)
        self.client = Station(client, seed: seed &+ 1_000_000)
        self.weather = weather
        random = SplitMix(state: seed ^ 0xabcdef)
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func handle(_ event: Link.Event, at end: End) {
        let outputs: [Link.Output]
        switch end {
        case .lns:
            lns.now = now
            outputs = lns.handle(event)
        case .client:
            client.now = now
            outputs = client.handle(event)
        }
        log[end]?.append(contentsOf: outputs)
        for output in outputs { act(on: output, at: end) }
    }

    private mutating func act(on output: Link.Output, at end: End) {
        switch output {
        case .send(let frame):
            guard !chance(weather.lost) else { return }
            for _ in 0..<(chance(weather.doubled) ? 2 : 1) {
                let delay: Duration = chance(weather.delayed) ? .milliseconds(700) : weather.way
                // Either form of a frame is what a peer may send.
                let octets = chance(50) ? frame.encoded : frame.encodedWithAddressAndControl
                flying.append((now + delay, end == .lns ? .client : .lns, octets))
            }
        case .authenticate(let request):
            let verdict = users[request.user].map { request.verify(password: $0) } ?? .denied
            handle(.authenticationDecided(verdict, for: request.id), at: end)
        case .networkPhase:
            handle(.networkReady(end == .lns ? .lns : NetworkParameters()), at: end)
        case .ipv4Up, .ipv4Down, .ipv6Up, .ipv6Down, .linkDown, .closed, .noted:
            break
        }
    }

    /// Time passes until nothing is left to happen in it, or the condition holds.
    mutating func run(_ duration: Duration, until condition: (Pair) -> Bool = { _ in false }) {
        let limit = now + duration
        while !condition(self) {
            let next = [lns.link.deadline, client.link.deadline, flying.map(\.at).min()].compactMap(\.self).min()
            guard let next, next <= limit else {
                now = limit
                return
            }
            now = max(now, next)
            if let index = flying.firstIndex(where: { $0.at <= now }) {
                let frame = flying.remove(at: index)
                handle(.frame(frame.octets), at: frame.to)
            } else {
                handle(.timeout, at: .lns)
                handle(.timeout, at: .client)
            }
        }
    }

    mutating func start() {
        handle(.lowerLayerUp, at: .lns)
        handle(.lowerLayerUp, at: .client)
    }

    var isUp: Bool {
        lns.link.ipv4 != nil && client.link.ipv4 != nil && lns.link.ipv6 != nil && client.link.ipv6 != nil
    }

    func end(_ end: End) -> LinkEnd? { log[end]?.end }
}

/// Without the whole history of both ends in the message of a failure.
private func expectUp(_ pair: Pair, sourceLocation: SourceLocation = #_sourceLocation) {
    let phases = [pair.lns.link.phase, pair.client.link.phase]
    let isUp = pair.isUp
    #expect(isUp, "\(phases)", sourceLocation: sourceLocation)
}

@Suite struct PairTests {
    private static let methods: [[AuthenticationMethod]] = [
        [.msChapV2], [.chapMD5], [.pap], [.msChapV2, .chapMD5, .pap], [],
    ]

    @Test(arguments: [1, 50, 150, 300, 600, 1400])
    func `LCP-02 NCP-02 on a line of any length each protocol opens once and stays open`(milliseconds: Int) {
        var pair = Pair(.lns([.msChapV2]), .client(), Weather(way: .milliseconds(milliseconds)))
        pair.start()
        pair.run(.seconds(60))
        expectUp(pair)
        for end in Pair.End.allCases {
            let log = pair.log[end] ?? []
            let ups = log.count { if case .ipv4Up = $0 { true } else { false } }
            let downs = log.count { $0 == .ipv4Down || $0 == .ipv6Down || $0 == .linkDown }
            #expect(ups == 1 && downs == 0, "\(end)")
            // The client's may be twice on a long line.
            #expect(log.packets(.lcp, Code.configureRequest).count <= (end == .lns ? 1 : 2))
            #expect(log.packets(.ipv6cp, Code.configureRequest).count == 1)
        }
    }

    @Test(arguments: methods) func `PAU-01 PAU-02 PAU-05 PAU-07 NCP-02 NCP-07 two ends come up with each method`(
        methods: [AuthenticationMethod]
    ) {
        var pair = Pair(.lns(methods), .client())
        pair.start()
        pair.run(.seconds(2))
        expectUp(pair)
        #expect(pair.lns.link.user == (methods.isEmpty ? nil : "alice"))
        #expect(pair.client.link.user == pair.lns.link.user)
        #expect(pair.lns.link.authenticationMethod == methods.first)
        #expect(pair.client.link.ipv4?.local == IPv4Address(100, 64, 0, 2))
        #expect(pair.client.link.ipv4?.peer == IPv4Address(100, 64, 0, 1))
        #expect(pair.lns.link.ipv4?.peer == pair.client.link.ipv4?.local)
        #expect(pair.lns.link.ipv6?.peer == pair.client.link.ipv6?.local)
        #expect(pair.lns.link.ipv6?.local == pair.client.link.ipv6?.peer)
        let servers = pair.log[.client]?.contains {
            if case .ipv4Up(_, _, let dns) = $0 { dns == NetworkParameters.lns.dns } else { false }
        }
        #expect(servers == true)
    }

    @Test(arguments: [AuthenticationMethod.pap, .chapMD5, .msChapV2])
    func `PAU-01 an LNS of many methods settles on the client's one`(
        method: AuthenticationMethod
    ) {
        var pair = Pair(.lns([.msChapV2, .chapMD5, .pap]), .client([method]))
        pair.start()
        pair.run(.seconds(2))
        expectUp(pair)
        #expect(pair.lns.link.authenticationMethod == method)
    }

    @Test(arguments: [AuthenticationMethod.pap, .chapMD5, .msChapV2], [("alice", "wrong"), ("mallory", "secret")])
    func `PAU-11 a wrong password or name ends both ends with the code for that`(
        method: AuthenticationMethod, credentials: (String, String)
    ) {
        var pair = Pair(.lns([method]), .client(user: credentials.0, password: credentials.1))
        pair.start()
        pair.run(.seconds(30))
        #expect(pair.end(.lns) == .authenticationFailed(method, .peer))
        #expect(pair.end(.lns)?.disconnectCode == 16)
        #expect(pair.end(.client) == .authenticationFailed(method, .local))
        #expect(pair.log[.lns]?.contains(.networkPhase) == false)
    }

    @Test func `PAU-07 a second MS-CHAPv2 attempt is made where both ends allow it, and no third`() {
        var pair = Pair(.lns([.msChapV2], attempts: 5), .client(password: "wrong", retries: 2))
        pair.start()
        pair.run(.seconds(30))
        #expect(pair.log[.lns]?.questions.count == 3)
        #expect(pair.end(.client) == .authenticationFailed(.msChapV2, .local))
        #expect(pair.end(.lns) == .terminated(by: .peer))
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `LCP-04 LCP-06 PAU-02 a link comes up and goes down through loss, doubles and disorder`(
        seed: UInt64
    ) {
        let methods = Self.methods[Int(seed % 4)]
        var pair = Pair(.lns(methods), .client(), .foul, seed: seed)
        pair.start()
        pair.run(.seconds(300)) { $0.isUp }
        expectUp(pair)
        let closing: Pair.End = seed.isMultiple(of: 2) ? .lns : .client
        pair.handle(.close(.administrative), at: closing)
        pair.run(.seconds(120))
        let (own, other) = (pair.end(closing), pair.end(closing == .lns ? .client : .lns))
        #expect(own == .administrative)
        // Every Terminate-Request may be lost; whoever has no echoes then does not notice.
        #expect(other == nil || other == .terminated(by: .peer))
    }

    @Test func `LCP-08 an orderly end is an orderly end at both ends`() {
        for (closing, other) in [(Pair.End.lns, Pair.End.client), (.client, .lns)] {
            var pair = Pair(.lns([.chapMD5]), .client())
            pair.start()
            pair.run(.seconds(2))
            pair.handle(.close(.administrative), at: closing)
            pair.run(.seconds(10))
            #expect(pair.end(closing) == .administrative)
            #expect(pair.end(other) == .terminated(by: .peer))
            for end in Pair.End.allCases {
                let downs = pair.log[end]?.filter { [.ipv4Down, .ipv6Down, .linkDown].contains($0) }
                #expect(downs == [.ipv4Down, .ipv6Down, .linkDown])
            }
        }
    }

    @Test func `LCP-07 a restarted client is served on the same link`() {
        var pair = Pair(.lns([.msChapV2]), .client())
        pair.start()
        pair.run(.seconds(2))
        expectUp(pair)
        pair.client = Station(.client(), seed: 77)
        pair.handle(.lowerLayerUp, at: .client)
        pair.run(.seconds(10))
        expectUp(pair)
        #expect(pair.log[.lns]?.filter { $0 == .networkPhase }.count == 2)
        #expect(pair.log[.lns]?.filter { $0 == .ipv4Down }.count == 1)
    }

    @Test func `LCP-12 a client that vanishes is noticed, and one that is merely quiet is not`() {
        var configuration = LinkConfiguration.lns([.chapMD5])
        configuration.echoInterval = .seconds(10)
        var pair = Pair(configuration, .client())
        pair.start()
        pair.run(.seconds(600))
        expectUp(pair)
        pair.weather.lost = 100
        pair.run(.seconds(60))
        #expect(pair.end(.lns) == .echoTimeout)
    }

    @Test func `PAU-03 later challenges do not disturb an open link`() {
        var pair = Pair(.lns([.msChapV2], rechallengeInterval: .seconds(60)), .client())
        pair.start()
        pair.run(.seconds(3600))
        expectUp(pair)
        #expect((pair.log[.lns]?.questions.count ?? 0) > 20)
        #expect(pair.log[.lns]?.filter { $0 == .networkPhase }.count == 1)
    }

    @Test func `LCP-13 ends that drew the same magic numbers come up all the same`() {
        var pair = Pair(.lns([.chapMD5]), .client())
        // Both begin at once.
        pair.lns = Station(.lns([.chapMD5]))
        pair.client.random = pair.lns.random
        pair.start()
        let magics = [pair.lns.link, pair.client.link].map(\.lcp.negotiation.options.magicNumber)
        #expect(magics[0] == magics[1])
        pair.client.random.state ^= 0x55
        pair.run(.seconds(30))
        expectUp(pair)
        #expect(pair.lns.link.localParameters.magicNumber != pair.client.link.localParameters.magicNumber)
    }
}

@Suite struct NoiseTests {
    /// Frames that begin like something, so that noise gets behind the first check.
    private static let heads: [[UInt8]] = [
        [0xc0, 0x21], [0xff, 0x03, 0xc0, 0x21], [0xc0, 0x23], [0xc2, 0x23], [0x80, 0x21], [0x80, 0x57], [0x80, 0xfd],
        [],
    ]

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `LCP-06 PAU-04 noise in any phase traps nothing and is not remembered`(
        seed: UInt64
    ) {
        var random = SplitMix(state: seed)
        var pair = Pair(.lns([[.msChapV2], [.chapMD5], [.pap], []][Int(seed % 4)]), .client(), seed: seed)
        for round in 0..<400 {
            if round == 100 { pair.start() }
            var octets = Self.heads.randomElement(using: &random) ?? []
            if Bool.random(using: &random) {
                let data = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let packet = ControlPacket(
                    code: .random(in: 0...14, using: &random), identifier: .random(in: 0...255, using: &random),
                    data: data)
                octets += packet.encoded
            } else {
                octets += (0..<Int.random(in: 0...40, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            }
            pair.handle(.frame(octets), at: Bool.random(using: &random) ? .lns : .client)
            pair.run(.milliseconds(200))
        }
        #expect(pair.flying.count < 100)
        for station in [pair.lns, pair.client] {
            #expect(station.link.early.count <= 2)
            #expect(
                (station.link.deadline == nil)
                    == (station.link.phase == .closed || station.link.ipv4 != nil || station.link.ipv6 != nil))
        }
    }
}
