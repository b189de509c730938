import Addresses
import Instants
import PPP

/// The subscriber's end of the PPP link in one call of ours. What it says goes out by the call's carrier.
final class SubscriberSession {

    /// What a session wants done, or tells.
    enum Effect: Equatable {
        case send(PPPFrame)
        /// All network protocols that were asked for are up.
        case opened
        /// All that the plan wants to see has been seen.
        case settled
        /// Our ping was, for the first time.
        case answered
    }

    let number: Int
    /// When the call was asked for.
    let placed: Instant
    private(set) var link: Link
    private(set) var opened: Instant?
    /// When an answer to our ping came: data passes both ways.
    private(set) var answered: Instant?
    private(set) var burst: EchoBurst?
    private(set) var isSettled = false
    private(set) var linkEnd: LinkEnd?
    /// What the server asked for although a LAC might have said it: see `ProxyStyle`.
    private(set) var lcpRequestsReceived = 0
    private(set) var challengesReceived = 0
    private(set) var echoesAnswered = 0

    private let expectsIPv6: Bool
    private let pingsAtOnce: Bool
    private var proxied = false
    private var nextPing: Instant?
    private var pause = SubscriberSession.firstPause
    private var sequence: UInt16 = 0

    /// Between pings: the server's interface comes a little later than its IPCP.
    private static let firstPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(2)
    private static let configureRequest: UInt8 = 1
    private static let challenge: UInt8 = 1

    /// - Parameter now: when the call was asked for.
    init(number: Int, plan: Plan, medium: LinkConfiguration.Medium, at now: Instant) {
        self.number = number
        placed = now
        link = plan.subscribers.link(number, over: medium, ipv6: plan.ipv6)
        expectsIPv6 = plan.ipv6
        pingsAtOnce = plan.pings == .atOnce
        burst = plan.burst.map { EchoBurst(count: $0) }
    }

    var ipv4: Link.IPv4Pair? { link.ipv4 }

    /// Negotiates with a LAC in memory, for what the ICCN is to say of it.
    func negotiateByProxy(
        _ style: ProxyStyle, _ method: AuthenticationMethod, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> ProxyAVPs {
        proxied = true
        var lac = ProxyNegotiation(style, method: method)
        return lac.hold(with: &link, at: now, using: &random)
    }

    /// The call is there: PPP begins, unless the LAC has begun it.
    func start(at now: Instant, using random: inout some RandomNumberGenerator) -> [Effect] {
        proxied ? [] : handle(.lowerLayerUp, at: now, using: &random)
    }

    func terminate(at now: Instant, using random: inout some RandomNumberGenerator) -> [Effect] {
        handle(.close(.administrative), at: now, using: &random)
    }

    /// A frame from the server, as its carrier had it.
    func receive(_ octets: [UInt8], at now: Instant, using random: inout some RandomNumberGenerator) -> [Effect] {
        guard let frame = try? PPPFrame(parsing: octets) else { return handle(.frame(octets), at: now, using: &random) }
        count(frame)
        if let more = burst?.receive(frame) { return more.map(Effect.send) + settle() }
        if let echo = EchoPacket.parsed(frame) { return receive(echo, at: now) }
        return handle(.frame(frame.encoded), at: now, using: &random)
    }

    var deadline: Instant? { earlier(link.deadline, nextPing) }

    func timeout(at now: Instant, using random: inout some RandomNumberGenerator) -> [Effect] {
        var effects: [Effect] = []
        if let due = link.deadline, due <= now { effects += handle(.timeout, at: now, using: &random) }
        if let due = nextPing, due <= now { effects += ping(at: now) }
        return effects
    }

    private func count(_ frame: PPPFrame) {
        let code = frame.information.first
        switch frame.protocolNumber {
        case .lcp where code == Self.configureRequest: lcpRequestsReceived += 1
        case .chap where code == Self.challenge: challengesReceived += 1
        default: break
        }
    }

    private func handle(
        _ event: Link.Event, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Effect] {
        var effects: [Effect] = []
        for output in link.handle(event, at: now, using: &random) {
            switch output {
            case .send(let frame):
                effects.append(.send(frame))
                guard Self.isProof(frame) else { break }
                let frames = burst?.begin(magicNumber: link.localParameters.magicNumber) ?? []
                effects += frames.map(Effect.send)
            case .networkPhase: effects += handle(.networkReady(NetworkParameters()), at: now, using: &random)
            case .ipv4Up, .ipv6Up:
                guard opened == nil, link.ipv4 != nil, link.ipv6 != nil || !expectsIPv6 else { break }
                opened = now
                effects.append(.opened)
                effects += (burst?.networkOpened() ?? []).map(Effect.send)
                effects += pingsAtOnce ? ping(at: now) : settle()
            case .closed(let end):
                // The server closes the call, as a rule.
                linkEnd = end
                nextPing = nil
            case .authenticate, .ipv4Down, .ipv6Down, .linkDown, .noted: break
            }
        }
        return effects
    }

    private func settle() -> [Effect] {
        guard !isSettled, opened != nil, answered != nil || !pingsAtOnce, burst?.isComplete ?? true else { return [] }
        isSettled = true
        return [.settled]
    }

    /// An Authenticate-Request of PAP, a Response of CHAP.
    private static func isProof(_ frame: PPPFrame) -> Bool {
        switch frame.protocolNumber {
        case .pap: frame.information.first == 1
        case .chap: frame.information.first == 2
        default: false
        }
    }

    // MARK: - Pings

    /// Pings the server's address, again and again until it answers.
    func ping(at now: Instant) -> [Effect] {
        guard let ends = link.ipv4, answered == nil else {
            nextPing = nil
            return []
        }
        nextPing = now + pause
        pause = min(pause * 2, Self.longestPause)
        sequence += 1
        let request = EchoPacket.request(
            from: .v4(ends.local), to: .v4(ends.peer), identifier: identifier, sequence: sequence)
        return [.send(request.frame)]
    }

    private func receive(_ echo: EchoPacket, at now: Instant) -> [Effect] {
        guard ownAddresses.contains(echo.destination) else { return [] }
        guard echo.isReply else {
            echoesAnswered += 1
            return [.send(echo.reply.frame)]
        }
        guard answered == nil, echo.identifier == identifier else { return [] }
        answered = now
        nextPing = nil
        return settle() + [.answered]
    }

    private var identifier: UInt16 { UInt16(truncatingIfNeeded: number) }

    private var ownAddresses: [IPAddress] {
        let linkLocal = link.ipv6.map { IPAddress.v6(IPv6Address(linkLocal: $0.local)) }
        return [link.ipv4.map { .v4($0.local) }, linkLocal].compactMap(\.self)
    }
}
