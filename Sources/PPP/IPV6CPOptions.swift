/// What IPV6CP negotiates: two interface identifiers that differ (RFC 5072 section 4.1). IPv6-Compression-Protocol and
/// everything else is rejected.
struct IPV6CPOptions: NegotiatedOptions {
    enum Kind {
        static let interfaceIdentifier: UInt8 = 1
    }

    static let protocolNumber = ProtocolNumber.ipv6cp
    /// The bit that says "unique in the world", which an invented identifier is not.
    private static let universalBit: UInt64 = 1 << 57

    private let parameters: NetworkParameters
    private(set) var failure: LinkEnd?
    private var isRequested = true
    /// Ours; 0 asks the peer for one.
    private(set) var local: UInt64 = 0
    /// The peer's as agreed, or what it is offered.
    private(set) var peer: UInt64 = 0
    private var hasAppended = false

    init(parameters: NetworkParameters) {
        self.parameters = parameters
    }

    var request: [ConfigurationOption] {
        isRequested ? [ConfigurationOption(Kind.interfaceIdentifier, local)] : []
    }

    mutating func begin(using random: inout some RandomNumberGenerator) {
        failure = nil
        isRequested = true
        hasAppended = false
        peer = parameters.peerInterfaceIdentifier ?? 0
        local = parameters.localInterfaceIdentifier ?? Self.invented(besides: peer, using: &random)
    }

    mutating func verdict(
        on option: ConfigurationOption, using random: inout some RandomNumberGenerator
    ) -> OptionVerdict {
        guard option.type == Kind.interfaceIdentifier else { return .unnegotiable }
        let asked = option.uint64 ?? 0
        guard asked == 0 || asked == local else { return .acceptable }
        // Neither has one and neither can make one for the other: there is nothing to negotiate.
        if asked == 0, local == 0 { return .unnegotiable }
        return .desired(offer(using: &random))
    }

    private mutating func offer(using random: inout some RandomNumberGenerator) -> ConfigurationOption {
        if let configured = parameters.peerInterfaceIdentifier, configured != 0, configured != local {
            peer = configured
        } else {
            peer = Self.invented(besides: local, using: &random)
        }
        return ConfigurationOption(Kind.interfaceIdentifier, peer)
    }

    /// A peer that does not speak of its identifier is told once.
    mutating func missing(
        besides types: OptionTypes, using random: inout some RandomNumberGenerator
    ) -> [ConfigurationOption] {
        guard !types.contains(Kind.interfaceIdentifier), !hasAppended else { return [] }
        hasAppended = true
        return [offer(using: &random)]
    }

    mutating func acknowledge(_ options: [ConfigurationOption]) {
        if let named = options.first(where: { $0.type == Kind.interfaceIdentifier })?.uint64 { peer = named }
    }

    mutating func acknowledged() {
        if local == 0 { failure = .noNetworkProtocol }
    }

    mutating func naked(_ options: [ConfigurationOption], using random: inout some RandomNumberGenerator) {
        guard let told = options.first(where: { $0.type == Kind.interfaceIdentifier })?.uint64 else { return }
        local = told != 0 && told != peer ? told : Self.invented(besides: peer, using: &random)
    }

    mutating func rejected(_ options: [ConfigurationOption]) {
        isRequested = false
        if local == 0 { failure = .noNetworkProtocol }
    }

    mutating func gaveUp(on options: [ConfigurationOption]) {
        rejected(options)
    }

    /// Random, local and neither zero nor the other end's.
    private static func invented(besides other: UInt64, using random: inout some RandomNumberGenerator) -> UInt64 {
        let drawn = UInt64.random(in: 1...UInt64.max, using: &random) & ~universalBit
        guard drawn == 0 || drawn == other else { return drawn }
        return other == 1 ? 2 : 1
    }
}
