import Addresses
import Instants

/// The network protocols of an authenticated link: IPCP and IPV6CP, each of which opens and closes for itself
/// (RFC 1661 section 3.6).
struct Network: Sendable {
    enum Output: Equatable, Sendable {
        case send(PPPFrame)
        case ipv4Up, ipv4Down, ipv6Up, ipv6Down
        case noted(Link.Note)
    }

    private(set) var ipcp: Negotiation<IPCPOptions>?
    private(set) var ipv6cp: Negotiation<IPV6CPOptions>?

    /// IPv6 is not begun where the peer cannot receive 1280 octets (RFC 5072 section 2).
    static let smallestIPv6MRU: UInt16 = 1280

    init(configuration: LinkConfiguration, parameters: NetworkParameters, peerMRU: UInt16) {
        let requestsDNS = if case .peer(let role) = configuration.role { role.requestsDNS } else { false }
        if configuration.ipv4 {
            ipcp = Negotiation(
                options: IPCPOptions(parameters: parameters, requestsDNS: requestsDNS), limits: configuration.limits)
        }
        if configuration.ipv6, peerMRU >= Self.smallestIPv6MRU {
            ipv6cp = Negotiation(options: IPV6CPOptions(parameters: parameters), limits: configuration.limits)
        }
        ipcp?.peerMRU = peerMRU
        ipv6cp?.peerMRU = peerMRU
    }

    /// Where the protocols stand, taken together.
    enum Standing {
        /// At least one is open.
        case opened
        /// None is open nor on its way: each has given up or been refused.
        case exhausted
        case underWay
    }

    // Mutating, these two, so that they look at what is there: a getter would be handed a copy of both machines, and
    // every event of a link asks.
    var standing: Standing {
        mutating get {
            if ipcp?.isOpened == true || ipv6cp?.isOpened == true { return .opened }
            func rests(_ state: Automaton.State?) -> Bool { state == nil || state == .stopped || state == .closed }
            return rests(ipcp?.state) && rests(ipv6cp?.state) ? .exhausted : .underWay
        }
    }

    var deadline: Instant? {
        mutating get { earlier(ipcp?.deadline, ipv6cp?.deadline) }
    }

    /// Whether the peer has said anything of any network protocol.
    var hasHeardPeer: Bool { ipcp?.hasHeardPeer == true || ipv6cp?.hasHeardPeer == true }

    /// Why nothing came up.
    var failure: LinkEnd {
        if let failure = ipcp?.options.failure ?? ipv6cp?.options.failure { return failure }
        return ipcp?.hasExhaustedNaks == true ? .addressesDoNotConverge(.local) : .noNetworkProtocol
    }

    mutating func open(at now: Instant, using random: inout some RandomNumberGenerator) -> [Output] {
        var outputs: [Output] = []
        for event in [Automaton.Event.up, .open] {
            outputs += Self.translate(ipcp?.handle(event, at: now, using: &random))
            outputs += Self.translate(ipv6cp?.handle(event, at: now, using: &random))
        }
        return outputs
    }

    mutating func timeout(at now: Instant, using random: inout some RandomNumberGenerator) -> [Output] {
        Self.translate(ipcp?.timeout(at: now, using: &random))
            + Self.translate(ipv6cp?.timeout(at: now, using: &random))
    }

    /// A packet of IPCP or IPV6CP; nil when that protocol is not spoken on this link.
    mutating func receive(
        _ packet: ControlPacket, of protocolNumber: ProtocolNumber, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [Output]? {
        guard speaks(protocolNumber) else { return nil }
        return protocolNumber == .ipcp
            ? Self.translate(ipcp?.receive(packet, at: now, using: &random))
            : Self.translate(ipv6cp?.receive(packet, at: now, using: &random))
    }

    /// Whether a protocol number is a control protocol that this link speaks.
    func speaks(_ protocolNumber: ProtocolNumber) -> Bool {
        switch protocolNumber {
        case .ipcp, .ipv4: ipcp != nil
        case .ipv6cp, .ipv6: ipv6cp != nil
        default: false
        }
    }

    /// The peer does not know this protocol: the one that it belongs to stops, the other goes on.
    mutating func rejected(
        _ protocolNumber: ProtocolNumber, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [Output] {
        switch protocolNumber {
        case .ipcp, .ipv4: Self.translate(ipcp?.handle(.receivedCatastrophicReject, at: now, using: &random))
        case .ipv6cp, .ipv6: Self.translate(ipv6cp?.handle(.receivedCatastrophicReject, at: now, using: &random))
        default: []
        }
    }

    /// LCP has left Opened.
    mutating func down(at now: Instant, using random: inout some RandomNumberGenerator) -> [Output] {
        Self.translate(ipcp?.handle(.down, at: now, using: &random))
            + Self.translate(ipv6cp?.handle(.down, at: now, using: &random))
    }

    private static func translate<Options>(_ outputs: [Negotiation<Options>.Output]?) -> [Output] {
        (outputs ?? []).compactMap { output in
            switch output {
            case .send(let packet): .send(PPPFrame(Options.protocolNumber, packet))
            case .up: Options.protocolNumber == .ipcp ? .ipv4Up : .ipv6Up
            case .down: Options.protocolNumber == .ipcp ? .ipv4Down : .ipv6Down
            case .finished: nil
            case .noted(let note): .noted(note)
            }
        }
    }
}
