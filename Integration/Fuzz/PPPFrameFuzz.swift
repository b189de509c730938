import Addresses
import Instants
import PPP

/// libFuzzer's entry: the octets are a script that leads one PPP link through its phases - what the peer sends, what the
/// daemon answers, how time passes. Whatever they say, the link must neither trap nor answer out of proportion.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let octets = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    checkFrame(octets)
    var script = octets[...]
    var run = Run(configuration: Run.configuration(script.popFirst() ?? 0))
    while let step = script.popFirst() { run.step(step, &script) }
    return 0
}

/// A frame that was read must be written so that it reads the same, with FF 03 in front too.
private func checkFrame(_ octets: [UInt8]) {
    guard let frame = try? PPPFrame(parsing: octets) else { return }
    // A compressed or broken protocol number has no form of two octets that reads the same.
    guard frame.protocolNumber.rawValue & 0x0101 == 1 else { return }
    for form in [frame.encoded, frame.encodedWithAddressAndControl] {
        precondition((try? PPPFrame(parsing: form)) == frame, "frame changed")
    }
}

private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

private struct Run {
    private static let epoch = Instant(sinceBoot: .seconds(1000))

    private var link: Link
    private var now = Run.epoch
    private var random = Generator(state: 1)
    /// The latest packet of code 1 of each protocol - a request or challenge - so that a script can answer what it cannot know.
    private var sent: [ProtocolNumber: PPPFrame] = [:]
    private var question: AuthenticationRequest?
    private var isClosed = false

    init(configuration: LinkConfiguration) {
        link = Link(configuration: configuration)
    }

    static func configuration(_ choice: UInt8) -> LinkConfiguration {
        let all = AuthenticationMethod.allCases
        let methods = choice & 3 < all.count ? [all[Int(choice & 3)]] + all : []
        let role: LinkConfiguration.Role =
            choice & 4 == 0
            ? .authenticator(
                LinkConfiguration.Authenticator(
                    methods: methods, name: "lns", rechallengeInterval: choice & 8 == 0 ? nil : .seconds(50),
                    attempts: 2))
            : .peer(LinkConfiguration.Peer(user: "alice", password: Password("secret"), methods: methods))
        return LinkConfiguration(
            role: role, medium: choice & 64 == 0 ? .l2tp : .pppoe(maxPayload: 1492),
            mru: choice & 16 == 0 ? 1500 : 1460, ipv6: choice & 32 == 0)
    }

    mutating func step(_ step: UInt8, _ script: inout ArraySlice<UInt8>) {
        switch step & 15 {
        case 0: handle(.lowerLayerUp)
        case 1: proxy(&script)
        case 2, 3, 4, 5: handle(.frame(Self.take(&script)))
        // A whole packet of a protocol that is spoken, so that mutations get behind its header.
        case 6, 7: packet(step, &script)
        case 8: answer(.lcp, step)
        case 9: answer(.ipcp, step)
        case 10: answer(.ipv6cp, step)
        case 11: decide(step)
        case 12: handle(.networkReady(step & 16 == 0 ? Self.parameters : NetworkParameters()))
        case 13: pass(step)
        case 14: handle(step & 16 == 0 ? .dataReceived : .timeout)
        default: handle(step & 16 == 0 ? .close(.administrative) : .lowerLayerDown)
        }
    }

    private static let parameters = NetworkParameters(
        localIPv4: IPv4Address(10, 0, 0, 1), peerIPv4: IPv4Address(10, 0, 0, 2), dns: [IPv4Address(192, 0, 2, 53)])

    /// A length and so many octets, or as many as there are.
    private static func take(_ script: inout ArraySlice<UInt8>) -> [UInt8] {
        let count = Int(script.popFirst() ?? 0)
        let taken = Array(script.prefix(count))
        script = script.dropFirst(count)
        return taken
    }

    private mutating func proxy(_ script: inout ArraySlice<UInt8>) {
        let lcp = ProxiedLCP(lastSent: Self.take(&script), lastReceived: Self.take(&script))
        let authentication = ProxiedAuthentication(
            type: UInt16(script.popFirst() ?? 0), name: Self.take(&script), challenge: Self.take(&script),
            identifier: script.popFirst(), response: Self.take(&script))
        let policy = ProxyPolicy(acceptsLCP: true, acceptsAuthentication: true)
        handle(.lowerLayerUpWithProxy(lcp, authentication, policy))
    }

    private mutating func packet(_ step: UInt8, _ script: inout ArraySlice<UInt8>) {
        let spoken: [ProtocolNumber] = [.lcp, .pap, .chap, .ipcp, .ipv6cp, .ccp, .ipv4, .linkQualityReport]
        let number = spoken[Int(step >> 4) % spoken.count]
        let (code, scripted) = (script.popFirst() ?? 0, script.popFirst() ?? 0)
        let identifier = (step & 0x80 == 0 ? nil : sent[number]?.information.dropFirst().first) ?? scripted
        let data = Self.take(&script)
        let length = UInt16(data.count + 4)
        let header = [code, identifier, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
        handle(.frame(PPPFrame(number, header + data).encoded))
    }

    /// The link's own latest packet comes back as an Ack, or as whatever else these bits make of it.
    private mutating func answer(_ number: ProtocolNumber, _ step: UInt8) {
        guard var frame = sent[number], !frame.information.isEmpty else { return }
        frame = PPPFrame(frame.protocolNumber, [2 + (step >> 4 & 3)] + frame.information.dropFirst())
        handle(.frame(frame.encodedWithAddressAndControl))
    }

    private mutating func decide(_ step: UInt8) {
        guard let question else { return }
        guard step & 32 == 0 else { return handOver(question) }
        let verdict: AuthenticationVerdict =
            step & 16 == 0 ? .accepted(message: Array("S=0".utf8)) : question.verify(password: Password("secret"))
        handle(.authenticationDecided(verdict, for: question.id))
    }

    private mutating func pass(_ step: UInt8) {
        now += .seconds(Int(step >> 4) * 10)
        for _ in 0..<8 {
            guard let deadline = link.deadline, deadline <= now else { return }
            handle(.timeout)
        }
    }

    /// A LAC gives the link away, or may not.
    private mutating func handOver(_ question: AuthenticationRequest) {
        guard let handover = link.handOver(question) else { return }
        isClosed = true
        precondition(handover.lcp.lastSent != nil && handover.lcp.lastReceived != nil, "an open link has no requests")
        precondition(link.deadline == nil, "a link that was handed over waits")
    }

    private mutating func handle(_ event: Link.Event) {
        let outputs = link.handle(event, at: now, using: &random)
        precondition(!isClosed || outputs.isEmpty, "a link that is over spoke")
        precondition(outputs.count <= 32, "one event made \(outputs.count) outputs")
        for output in outputs {
            switch output {
            case .send(let frame):
                precondition(frame.information.count <= 1500, "a frame is longer than any MRU")
                if frame.information.first == 1 { sent[frame.protocolNumber] = frame }
            case .authenticate(let request): question = request
            case .closed(let end):
                isClosed = true
                precondition(!end.text.isEmpty && link.deadline == nil, "a link that is over waits")
            case .networkPhase, .ipv4Up, .ipv4Down, .ipv6Up, .ipv6Down, .linkDown, .noted:
                break
            }
        }
        precondition((link.phase == .closed) == isClosed, "a link ended without a word")
    }
}
