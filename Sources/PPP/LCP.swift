import Instants
import Octets

/// LCP: the negotiation of the link and the packets that only LCP has - Protocol-Reject, echoes and the keepalive made of
/// them, Identification and Time-Remaining (RFC 1661 section 5, RFC 1570 section 2).
struct LCP: Sendable {
    enum Output: Equatable, Sendable {
        case send(ControlPacket)
        case up, down, finished
        /// The peer does not speak this.
        case rejected(ProtocolNumber)
        /// The link works no more: it is to be closed with this reason.
        case failed(LinkEnd)
        case noted(Link.Note)
    }

    /// Echoes with our own magic number that make a loop; one could be a peer that copies too much.
    private static let loopbackLimit = 3

    private(set) var negotiation: Negotiation<LCPOptions>
    /// The Configure-Requests of the present negotiation, or of the one that has opened LCP.
    private(set) var requests = ProxiedLCP()
    private let echoInterval: Duration?
    private let echoFailures: Int
    /// When the peer will have been silent for the interval; nil while no echoes are sent.
    private var echoDue: Instant?
    private var unanswered = 0
    private var ownEchoes = 0
    private var budget = RejectBudget()

    init(configuration: LinkConfiguration) {
        negotiation = Negotiation(options: LCPOptions(configuration: configuration), limits: configuration.limits)
        echoInterval = configuration.echoInterval
        echoFailures = configuration.echoFailures
    }

    var local: LCPParameters { negotiation.options.local }
    var peer: LCPParameters { negotiation.options.peer }
    var isOpened: Bool { negotiation.isOpened }

    var deadline: Instant? { earlier(negotiation.deadline, echoDue) }

    mutating func handle(
        _ event: Automaton.Event, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        let outputs = negotiation.handle(event, at: now, using: &random)
        return translate(outputs, at: now)
    }

    /// Opens as a LAC has negotiated it; both lists are what `requests` says, and were checked.
    mutating func open(
        _ requests: ProxiedLCP, sent: [ConfigurationOption], received: [ConfigurationOption],
        at now: Instant
    ) -> [Output] {
        self.requests = requests
        negotiation.options.adopt(sent: sent)
        negotiation.seedOpened(peerOptions: received)
        return translate([.up], at: now)
    }

    mutating func timeout(at now: Instant, using random: inout some RandomNumberGenerator) -> [Output] {
        let outputs = negotiation.timeout(at: now, using: &random)
        return translate(outputs, at: now) + keepAlive(at: now)
    }

    mutating func receive(
        _ packet: ControlPacket, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        switch packet.code {
        case ControlPacket.Code.protocolReject:
            return receiveProtocolReject(packet, at: now, using: &random)
        case ControlPacket.Code.echoRequest, ControlPacket.Code.echoReply:
            return receiveEcho(packet)
        case ControlPacket.Code.discardRequest:
            return []
        case ControlPacket.Code.identification:
            return [.noted(.identification(Link.Note.text(packet.data.dropFirst(4))))]
        case ControlPacket.Code.timeRemaining:
            var reader = ByteReader(packet.data)
            guard (try? reader.skip(4)) != nil, let seconds = try? reader.uint32() else {
                return [.noted(.malformed(.lcp))]
            }
            return [.noted(.timeRemaining(seconds: seconds, Link.Note.text(reader.rest())))]
        default:
            if packet.code == ControlPacket.Code.codeReject, packet.data.first == ControlPacket.Code.echoRequest {
                echoDue = nil
            }
            let outputs = negotiation.receive(packet, at: now, using: &random)
            let translated = translate(outputs, at: now)
            // Only now: a request that begins a new negotiation is the first of that one.
            if packet.code == ControlPacket.Code.configureRequest, !translated.contains(.noted(.malformed(.lcp))) {
                requests.initialReceived = requests.initialReceived ?? packet.data
                requests.lastReceived = packet.data
            }
            return translated
        }
    }

    /// The peer was heard: its next echo is a whole interval away.
    mutating func heard(at now: Instant) {
        guard echoDue != nil, let echoInterval else { return }
        unanswered = 0
        echoDue = now + echoInterval
    }

    /// A Protocol-Reject of a frame that nobody here understands; only sent on an open link (RFC 1661 section 5.7).
    mutating func reject(_ frame: PPPFrame, at now: Instant) -> [Output] {
        guard isOpened else { return [] }
        guard budget.spend(at: now) else { return [.noted(.rejectSuppressed)] }
        var writer = ByteWriter()
        writer.append(frame.protocolNumber.rawValue)
        writer.append(contentsOf: frame.information.prefix(max(0, room - 2)))
        return [
            .send(
                ControlPacket(
                    code: ControlPacket.Code.protocolReject, identifier: negotiation.nextIdentifier(),
                    data: writer.bytes))
        ]
    }

    /// Octets of data that fit a packet to the peer.
    private var room: Int { Int(peer.mru) - ControlPacket.headerSize }
}

extension LCP {
    private mutating func translate(_ outputs: [Negotiation<LCPOptions>.Output], at now: Instant) -> [Output] {
        outputs.map { output in
            switch output {
            case .send(let packet):
                if packet.code == ControlPacket.Code.configureRequest { requests.lastSent = packet.data }
                return .send(packet)
            case .up:
                negotiation.peerMRU = peer.mru
                unanswered = 0
                ownEchoes = 0
                echoDue = echoInterval.map { now + $0 }
                return .up
            case .down:
                negotiation.peerMRU = LCPOptions.defaultMRU
                echoDue = nil
                requests = ProxiedLCP()
                return .down
            case .finished: return .finished
            case .noted(let note): return .noted(note)
            }
        }
    }

    private mutating func keepAlive(at now: Instant) -> [Output] {
        guard let due = echoDue, due <= now, let echoInterval else { return [] }
        guard unanswered < echoFailures else {
            echoDue = nil
            return [.noted(.echoMissed(unanswered)), .failed(.echoTimeout)]
        }
        var outputs: [Output] = unanswered > 0 ? [.noted(.echoMissed(unanswered))] : []
        unanswered += 1
        echoDue = now + echoInterval
        outputs.append(
            .send(
                ControlPacket(
                    code: ControlPacket.Code.echoRequest, identifier: negotiation.nextIdentifier(), data: ownMagicNumber
                )))
        return outputs
    }

    private var ownMagicNumber: [UInt8] {
        var writer = ByteWriter(capacity: 4)
        writer.append(local.magicNumber)
        return writer.bytes
    }

    private mutating func receiveEcho(_ packet: ControlPacket) -> [Output] {
        guard Automaton.transition(from: negotiation.state, on: .receivedEcho)?.actions == [.sendEchoReply] else {
            return []
        }
        var reader = ByteReader(packet.data)
        guard let magicNumber = try? reader.uint32() else { return [.noted(.malformed(.lcp))] }
        var outputs: [Output] = []
        if magicNumber != 0, magicNumber == local.magicNumber {
            ownEchoes += 1
            outputs.append(ownEchoes < Self.loopbackLimit ? .noted(.loopbackSuspected) : .failed(.loopback))
        } else {
            ownEchoes = 0
            if magicNumber != peer.magicNumber { outputs.append(.noted(.unexpectedMagicNumber)) }
        }
        if packet.code == ControlPacket.Code.echoRequest {
            let data = ownMagicNumber + reader.rest().prefix(max(0, room - 4))
            outputs.append(
                .send(ControlPacket(code: ControlPacket.Code.echoReply, identifier: packet.identifier, data: data)))
        }
        return outputs
    }

    private mutating func receiveProtocolReject(
        _ packet: ControlPacket, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        guard isOpened else { return [] }
        var reader = ByteReader(packet.data)
        guard let number = try? reader.uint16() else { return [.noted(.malformed(.lcp))] }
        let rejected = ProtocolNumber(rawValue: number)
        let event: Automaton.Event = rejected == .lcp ? .receivedCatastrophicReject : .receivedPermittedReject
        let outputs = negotiation.handle(event, at: now, using: &random)
        return [.noted(.rejectedByPeer(rejected)), .rejected(rejected)] + translate(outputs, at: now)
    }
}

extension Link.Note {
    /// A peer's text as a log can bear it: 255 octets at most, control characters replaced.
    static func text(_ octets: some Collection<UInt8>) -> String {
        let cut = String(decoding: octets.prefix(255), as: UTF8.self)
        // Nearly every text; what Unicode has to say of a character is looked up slowly.
        if cut.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) { return cut }
        return String(
            String.UnicodeScalarView(
                cut.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: "\u{fffd}"
                    default: scalar
                    }
                }))
    }
}
