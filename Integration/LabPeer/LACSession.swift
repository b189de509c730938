import Addresses
import L2TPWire
import PPP

/// One call of ours and the subscriber's end of the PPP link in it. What it says goes out as frames in data messages.
final class LACSession {
    typealias Instant = ContinuousClock.Instant

    /// What a session wants done, or tells.
    enum Effect: Equatable {
        case send(PPPFrame)
        /// All network protocols that were asked for are up.
        case opened
        /// An answer to our ping came: data passes both ways.
        case answered
        /// The link is over; the server closes the call, as a rule.
        case linkClosed(LinkEnd)
    }

    let id: SessionID
    let number: Int
    /// When the call was asked for.
    let placed: Instant
    /// What the server calls the session; `.none` until it has told.
    var peerID = SessionID.none
    private(set) var link: Link
    private(set) var opened: Instant?
    private(set) var answered: Instant?
    private(set) var linkEnd: LinkEnd?
    /// What the server asked for although a LAC might have said it: see `ProxyStyle`.
    private(set) var lcpRequestsReceived = 0
    private(set) var challengesReceived = 0
    private(set) var echoesAnswered = 0

    private let expectsIPv6: Bool
    private let pings: Bool
    private var proxied = false
    private var nextPing: Instant?
    private var pause = LACSession.firstPause
    private var sequence: UInt16 = 0

    /// Between pings: the server's interface comes a little later than its IPCP.
    private static let firstPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(2)
    private static let configureRequest: UInt8 = 1
    private static let challenge: UInt8 = 1

    init(id: SessionID, number: Int, plan: Plan, at now: Instant) {
        self.id = id
        self.number = number
        placed = now
        link = plan.subscribers.link(number, ipv6: plan.ipv6)
        expectsIPv6 = plan.ipv6
        pings = plan.pings
    }

    var ipv4: Link.IPv4Pair? { link.ipv4 }
    var isOpen: Bool { opened != nil && linkEnd == nil }

    /// Negotiates with a LAC in memory, for what the ICCN is to say of it.
    func negotiateByProxy(
        _ style: ProxyStyle, _ method: AuthenticationMethod, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> ProxyAVPs {
        proxied = true
        var lac = ProxyNegotiation(style, method: method)
        return lac.hold(with: &link, at: now, using: &random)
    }

    /// The ICCN is sent: PPP begins, unless the LAC has begun it.
    func start(at now: Instant, using random: inout some RandomNumberGenerator) -> [Effect] {
        proxied ? [] : handle(.lowerLayerUp, at: now, using: &random)
    }

    func terminate(at now: Instant, using random: inout some RandomNumberGenerator) -> [Effect] {
        handle(.close(.administrative), at: now, using: &random)
    }

    /// A frame from the server, as it was in a data message.
    func receive(_ octets: [UInt8], at now: Instant, using random: inout some RandomNumberGenerator) -> [Effect] {
        if let frame = try? PPPFrame(parsing: octets) {
            count(frame)
            if let echo = EchoPacket.parsed(frame) { return receive(echo, at: now) }
        }
        return handle(.frame(octets), at: now, using: &random)
    }

    var deadline: Instant? { [link.deadline, nextPing].compactMap(\.self).min() }

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
            case .send(let frame): effects.append(.send(frame))
            case .networkPhase: effects += handle(.networkReady(NetworkParameters()), at: now, using: &random)
            case .ipv4Up, .ipv6Up:
                guard opened == nil, link.ipv4 != nil, link.ipv6 != nil || !expectsIPv6 else { break }
                opened = now
                effects.append(.opened)
                if pings { effects += ping(at: now) }
            case .closed(let end):
                linkEnd = end
                nextPing = nil
                effects.append(.linkClosed(end))
            case .authenticate, .ipv4Down, .ipv6Down, .linkDown, .noted: break
            }
        }
        return effects
    }

    // MARK: - Echoes

    private func ping(at now: Instant) -> [Effect] {
        guard let ends = link.ipv4, answered == nil else {
            nextPing = nil
            return []
        }
        nextPing = now + pause
        pause = min(pause * 2, Self.longestPause)
        sequence += 1
        let request = EchoPacket.request(
            from: .v4(ends.local), to: .v4(ends.peer), identifier: id.rawValue, sequence: sequence)
        return [.send(request.frame)]
    }

    private func receive(_ echo: EchoPacket, at now: Instant) -> [Effect] {
        guard ownAddresses.contains(echo.destination) else { return [] }
        guard echo.isReply else {
            echoesAnswered += 1
            return [.send(echo.reply.frame)]
        }
        guard answered == nil, echo.identifier == id.rawValue else { return [] }
        answered = now
        nextPing = nil
        return [.answered]
    }

    private var ownAddresses: [IPAddress] {
        let linkLocal = link.ipv6.map { IPAddress.v6(IPv6Address(linkLocal: $0.local)) }
        return [link.ipv4.map { .v4($0.local) }, linkLocal].compactMap(\.self)
    }
}
