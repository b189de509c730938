import Instants
import Octets

/// One control protocol at work: the automaton, its restart timer and counters, and the Configure, Terminate and
/// Code-Reject packets that every such protocol has (RFC 1661 sections 4 and 5).
struct Negotiation<Options: NegotiatedOptions>: Sendable {
    enum Output: Equatable, Sendable {
        case send(ControlPacket)
        /// This-Layer-Up and This-Layer-Down.
        case up, down
        /// This-Layer-Finished: the protocol rests in Closed or Stopped.
        case finished
        case noted(Link.Note)
    }

    /// What an action answers to.
    private enum Prompt {
        case none
        case packet(ControlPacket)
        case request(ControlPacket, [ConfigurationOption], Answer)
    }

    /// The answer to a Configure-Request.
    private enum Answer {
        case acknowledge
        case nak([ConfigurationOption])
        case reject([ConfigurationOption])
    }

    private(set) var state = Automaton.State.initial
    var options: Options
    /// When the Restart timer expires.
    private var restart: Instant?
    /// What the peer can receive: packets that quote the peer are cut to it.
    var peerMRU: UInt16 = 1500
    /// Whether any packet of this protocol could be read.
    private(set) var hasHeardPeer = false
    /// Whether the peer's latest wish was to terminate.
    private(set) var peerTerminated = false

    /// Whether the peer has rejected what this protocol cannot do without.
    private(set) var wasRejected = false

    private let limits: NegotiationLimits
    private var restartCount = 0
    /// The identifier used last; every new packet takes the next one.
    private var identifier: UInt8 = 0
    /// The Configure-Request that waits for its one reply.
    private var outstanding: (identifier: UInt8, options: [ConfigurationOption])?
    private var naksSent = 0
    private var naksReceived = 0
    private var budget = RejectBudget()

    init(options: Options, limits: NegotiationLimits) {
        self.options = options
        self.limits = limits
    }

    var deadline: Instant? { restart }
    /// The Configure-Request that waits for its reply; nil where there is none, or where we want to end.
    var unanswered: ControlPacket? {
        state == .reqSent ? outstanding.map { Self.packet($0.identifier, $0.options) } : nil
    }
    var isOpened: Bool { state == .opened }
    /// Whether our Configure-Naks have all been in vain.
    var hasExhaustedNaks: Bool { naksSent >= limits.maxFailure }

    /// Up, Down, Open or Close, or a reject that names this protocol.
    mutating func handle(
        _ event: Automaton.Event, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        apply(event, .none, at: now, using: &random)
    }

    mutating func timeout(at now: Instant, using random: inout some RandomNumberGenerator) -> [Output] {
        guard let restart, restart <= now else { return [] }
        return apply(restartCount > 0 ? .timeoutWithRetriesLeft : .timeoutExhausted, .none, at: now, using: &random)
    }

    /// LCP opened by a LAC: both ends' options are known and good (RFC 2661 section 4.4.5).
    mutating func seedOpened(peerOptions: [ConfigurationOption]) {
        options.acknowledge(peerOptions)
        options.acknowledged()
        restartCount = limits.maxConfigure
        state = .opened
    }

    /// The identifier of a packet that starts an exchange.
    mutating func nextIdentifier() -> UInt8 {
        identifier &+= 1
        return identifier
    }

    mutating func receive(
        _ packet: ControlPacket, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        // Before the lower layer is up nothing can arrive; should it, the table's dashes say what to do.
        guard state != .initial, state != .starting else { return [] }
        hasHeardPeer = true
        switch packet.code {
        case ControlPacket.Code.configureRequest:
            return receiveRequest(packet, at: now, using: &random)
        case ControlPacket.Code.configureAck, ControlPacket.Code.configureNak, ControlPacket.Code.configureReject:
            return receiveReply(packet, at: now, using: &random)
        case ControlPacket.Code.terminateRequest:
            peerTerminated = true
            return apply(.receivedTerminateRequest, .packet(packet), at: now, using: &random)
        case ControlPacket.Code.terminateAck:
            return apply(.receivedTerminateAck, .packet(packet), at: now, using: &random)
        case ControlPacket.Code.codeReject:
            guard let code = packet.data.first else { return [.noted(.malformed(Options.protocolNumber))] }
            let isOurs = (ControlPacket.Code.configureRequest...ControlPacket.Code.codeReject).contains(code)
            return apply(
                isOurs ? .receivedCatastrophicReject : .receivedPermittedReject, .packet(packet), at: now,
                using: &random)
        default:
            return [.noted(.unknownCode(Options.protocolNumber, packet.code))]
                + apply(.receivedUnknownCode, .packet(packet), at: now, using: &random)
        }
    }
}

extension Negotiation {
    private mutating func receiveRequest(
        _ packet: ControlPacket, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        guard let asked = try? ConfigurationOption.list(parsing: packet.data) else {
            return [.noted(.malformed(Options.protocolNumber))]
        }
        peerTerminated = false
        switch state {
        case .initial, .starting, .closed, .closing, .stopping:
            return apply(.receivedAcceptableRequest, .packet(packet), at: now, using: &random)
        case .stopped, .opened:
            begin(using: &random)
        case .reqSent, .ackRcvd, .ackSent:
            break
        }
        let answer = judge(asked, using: &random)
        let event: Automaton.Event =
            if case .acknowledge = answer { .receivedAcceptableRequest } else { .receivedUnacceptableRequest }
        return apply(event, .request(packet, asked, answer), at: now, using: &random)
    }

    /// Rejects go before Naks, and an option that stands there twice is rejected the second time (RFC 1661 sections 5.3
    /// and 5.4).
    private mutating func judge(
        _ asked: [ConfigurationOption], using random: inout some RandomNumberGenerator
    ) -> Answer {
        var rejected: [ConfigurationOption] = []
        var naked: [ConfigurationOption] = []
        var types = OptionTypes()
        for option in asked {
            guard types.insert(option.type) else {
                rejected.append(option)
                continue
            }
            switch options.verdict(on: option, using: &random) {
            case .acceptable: break
            case .unnegotiable: rejected.append(option)
            case .insisted(let desired): naked.append(desired)
            case .desired(let desired):
                if hasExhaustedNaks { rejected.append(option) } else { naked.append(desired) }
            }
        }
        guard rejected.isEmpty else { return .reject(rejected) }
        if !hasExhaustedNaks { naked += options.missing(besides: types, using: &random) }
        return naked.isEmpty ? .acknowledge : .nak(naked)
    }

    /// A reply counts once, and only when it fits the request that waits for it; anything else has no effect at all
    /// (RFC 1661 sections 5.2 to 5.4). In Closed and Stopped no request waits: there a reply is told so.
    private mutating func receiveReply(
        _ packet: ControlPacket, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        let isAck = packet.code == ControlPacket.Code.configureAck
        let event: Automaton.Event = isAck ? .receivedConfigureAck : .receivedConfigureNak
        guard state != .closed, state != .stopped else { return apply(event, .packet(packet), at: now, using: &random) }
        guard let listed = try? ConfigurationOption.list(parsing: packet.data) else {
            return [.noted(.malformed(Options.protocolNumber))]
        }
        guard let request = outstanding, request.identifier == packet.identifier,
            fits(packet.code, listed, request.options)
        else { return [.noted(.unexpectedReply(Options.protocolNumber))] }
        outstanding = nil
        switch packet.code {
        case ControlPacket.Code.configureAck:
            naksReceived = 0
            options.acknowledged()
        case ControlPacket.Code.configureNak:
            naksReceived += 1
            if naksReceived > 2 * limits.maxFailure {
                options.gaveUp(on: request.options.filter { asked in listed.contains { $0.type == asked.type } })
            } else {
                options.naked(listed, using: &random)
            }
        default:
            options.rejected(listed)
        }
        if options.failure != nil { return apply(.close, .none, at: now, using: &random) }
        return apply(event, .packet(packet), at: now, using: &random)
    }

    /// An Ack repeats the request, a Reject a part of it in the same order; a Nak may say anything.
    private func fits(_ code: UInt8, _ listed: [ConfigurationOption], _ asked: [ConfigurationOption]) -> Bool {
        switch code {
        case ControlPacket.Code.configureAck: return listed == asked
        case ControlPacket.Code.configureNak: return !listed.isEmpty
        default:
            var remaining = asked[...]
            for option in listed {
                guard let index = remaining.firstIndex(of: option) else { return false }
                remaining = remaining[(index + 1)...]
            }
            return !listed.isEmpty
        }
    }
}

extension Negotiation {
    private mutating func begin(using random: inout some RandomNumberGenerator) {
        options.begin(using: &random)
        outstanding = nil
        naksSent = 0
        naksReceived = 0
    }

    private mutating func apply(
        _ event: Automaton.Event, _ prompt: Prompt, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [Output] {
        guard let transition = Automaton.transition(from: state, on: event) else { return [] }
        let isRequest = if case .request = prompt { true } else { false }
        // A request in Stopped or Opened has begun anew already: its options had to be judged afresh.
        if transition.actions.contains(.sendConfigureRequest), !isRequest {
            switch state {
            case .starting, .closed, .stopped, .opened: begin(using: &random)
            case .initial, .closing, .stopping, .reqSent, .ackRcvd, .ackSent: break
            }
        }
        if event == .receivedCatastrophicReject { wasRejected = true }
        state = transition.next
        var outputs: [Output] = []
        outputs.reserveCapacity(transition.actions.count)
        for action in transition.actions {
            if let output = perform(action, prompt, at: now) { outputs.append(output) }
        }
        if !state.runsTimer { restart = nil }
        return outputs
    }

    private mutating func perform(_ action: Automaton.Action, _ prompt: Prompt, at now: Instant) -> Output? {
        switch action {
        case .thisLayerUp: return .up
        case .thisLayerDown: return .down
        case .thisLayerStarted: return nil
        case .thisLayerFinished: return .finished
        case .initializeRestartCount:
            restartCount = state == .closing || state == .stopping ? limits.maxTerminate : limits.maxConfigure
            return nil
        case .zeroRestartCount:
            restartCount = 0
            restart = now + limits.restartTimer
            return nil
        case .sendConfigureRequest:
            return sendConfigureRequest(at: now)
        case .sendConfigureAck, .sendConfigureNak:
            guard case .request(let packet, let asked, let answer) = prompt else { return nil }
            return reply(to: packet, asked, answer)
        case .sendTerminateRequest:
            restartCount -= 1
            restart = now + limits.restartTimer
            return .send(
                ControlPacket(code: ControlPacket.Code.terminateRequest, identifier: nextIdentifier(), data: []))
        case .sendTerminateAck:
            guard case .packet(let packet) = prompt else { return nil }
            return .send(ControlPacket(code: ControlPacket.Code.terminateAck, identifier: packet.identifier, data: []))
        case .sendCodeReject:
            guard case .packet(let packet) = prompt else { return nil }
            guard budget.spend(at: now) else { return .noted(.rejectSuppressed) }
            let quoted = packet.encoded.prefix(max(0, Int(peerMRU) - ControlPacket.headerSize))
            return .send(
                ControlPacket(code: ControlPacket.Code.codeReject, identifier: nextIdentifier(), data: Array(quoted)))
        case .sendEchoReply:
            // Only LCP has echoes: it answers them itself, where this cell says so.
            return nil
        }
    }

    /// A retransmission keeps its identifier; new options, or a reply that was taken, make a new one (RFC 1661 section 5.1).
    private mutating func sendConfigureRequest(at now: Instant) -> Output {
        let request = options.request
        let number: UInt8
        if let outstanding, outstanding.options == request {
            number = outstanding.identifier
        } else {
            number = nextIdentifier()
        }
        outstanding = (number, request)
        restartCount -= 1
        restart = now + limits.restartTimer
        return .send(Self.packet(number, request))
    }

    private static func packet(_ identifier: UInt8, _ options: [ConfigurationOption]) -> ControlPacket {
        ControlPacket(
            code: ControlPacket.Code.configureRequest, identifier: identifier,
            data: ConfigurationOption.encode(options))
    }

    /// The Ack is the request itself with another code; a Reject quotes it.
    private mutating func reply(
        to packet: ControlPacket, _ asked: [ConfigurationOption], _ answer: Answer
    ) -> Output {
        var reply = packet
        switch answer {
        case .acknowledge:
            naksSent = 0
            options.acknowledge(asked)
            reply.code = ControlPacket.Code.configureAck
        case .nak(let desired):
            naksSent += 1
            reply.code = ControlPacket.Code.configureNak
            reply.data = ConfigurationOption.encode(desired)
        case .reject(let rejected):
            reply.code = ControlPacket.Code.configureReject
            reply.data = ConfigurationOption.encode(rejected)
        }
        return .send(reply)
    }
}
