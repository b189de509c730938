/// What LCP negotiates (RFC 1661 section 6): the MRU, who proves himself and how, and the magic number. The compressions and
/// the character map are granted to a peer but not asked for, and over PPPoE not granted; everything else is rejected.
struct LCPOptions: NegotiatedOptions {
    /// Option types.
    enum Kind {
        static let mru: UInt8 = 1
        static let asyncControlCharacterMap: UInt8 = 2
        static let authentication: UInt8 = 3
        static let magicNumber: UInt8 = 5
        static let protocolFieldCompression: UInt8 = 7
        static let addressAndControlFieldCompression: UInt8 = 8
    }

    static let protocolNumber = ProtocolNumber.lcp
    static let defaultMRU: UInt16 = 1500
    /// Less than this no link can be run on.
    static let smallestMRU: UInt16 = 128

    /// What both ends agreed that we are; only while LCP is open.
    private(set) var local = LCPParameters()
    /// What the peer asked for and was granted.
    private(set) var peer = LCPParameters()
    private(set) var failure: LinkEnd?

    private let configuration: LinkConfiguration
    /// Nil asks for nothing, which means 1500.
    private var mru: UInt16?
    /// What an authenticator may still ask for; the first is in the request.
    private var methods: [AuthenticationMethod] = []
    /// Ours, as last sent; 0 where the peer would have none.
    private(set) var magicNumber: UInt32 = 0
    /// What our last Configure-Nak told the peer to take.
    private var suggestedMagicNumber: UInt32 = 0
    /// Configure-Naks that told us what we had just told the peer: our own voice.
    private var echoesOfOurNaks = 0

    init(configuration: LinkConfiguration) {
        self.configuration = configuration
    }

    var request: [ConfigurationOption] {
        var options: [ConfigurationOption] = []
        options.reserveCapacity(3)
        if let mru { options.append(ConfigurationOption(Kind.mru, mru)) }
        if let method = methods.first { options.append(ConfigurationOption(Kind.authentication, method.optionValue)) }
        if magicNumber != 0 { options.append(ConfigurationOption(Kind.magicNumber, magicNumber)) }
        return options
    }

    mutating func begin(using random: inout some RandomNumberGenerator) {
        local = LCPParameters()
        peer = LCPParameters()
        failure = nil
        mru = configuration.largestPayload == Self.defaultMRU ? nil : configuration.largestPayload
        methods = if case .authenticator(let role) = configuration.role { role.methods } else { [] }
        magicNumber = Self.fresh(besides: magicNumber, using: &random)
        suggestedMagicNumber = 0
        echoesOfOurNaks = 0
    }

    /// What a LAC has sent in our place becomes what we asked for.
    mutating func adopt(sent options: [ConfigurationOption]) {
        let sent = Self.parameters(options)
        mru = options.contains { $0.type == Kind.mru } ? sent.mru : nil
        methods = sent.authentication.map { [$0] } ?? []
        magicNumber = sent.magicNumber
    }

    mutating func verdict(
        on option: ConfigurationOption, using random: inout some RandomNumberGenerator
    ) -> OptionVerdict {
        switch option.type {
        case Kind.mru:
            guard let asked = option.uint16 else {
                return .desired(ConfigurationOption(Kind.mru, min(Self.defaultMRU, largestMRU)))
            }
            let granted = min(max(asked, Self.smallestMRU), largestMRU)
            return asked == granted ? .acceptable : .desired(ConfigurationOption(Kind.mru, granted))
        case Kind.asyncControlCharacterMap, Kind.protocolFieldCompression, Kind.addressAndControlFieldCompression:
            if case .pppoe = configuration.medium { return .unnegotiable }
            return verdict(onFraming: option)
        case Kind.authentication:
            return verdict(onAuthentication: option)
        case Kind.magicNumber:
            if let asked = option.uint32, asked != 0, asked != magicNumber { return .acceptable }
            suggestedMagicNumber = Self.fresh(besides: magicNumber, using: &random)
            return .insisted(ConfigurationOption(Kind.magicNumber, suggestedMagicNumber))
        default:
            return .unnegotiable
        }
    }

    /// The largest MRU that a peer may have.
    private var largestMRU: UInt16 {
        switch configuration.medium {
        case .l2tp: .max
        case .pppoe(let maxPayload): max(maxPayload, Self.smallestMRU)
        }
    }

    /// What a peer may want of an access network that a tunnel knows nothing of.
    private func verdict(onFraming option: ConfigurationOption) -> OptionVerdict {
        if option.type == Kind.asyncControlCharacterMap {
            return option.uint32 == nil ? .desired(ConfigurationOption(option.type, UInt32(0))) : .acceptable
        }
        return option.value.isEmpty ? .acceptable : .unnegotiable
    }

    /// Only a client proves itself, and only in the ways that it may.
    private func verdict(onAuthentication option: ConfigurationOption) -> OptionVerdict {
        guard case .peer(let role) = configuration.role, let preferred = role.methods.first else {
            return .unnegotiable
        }
        if let asked = AuthenticationMethod(optionValue: option.value), role.methods.contains(asked) {
            return .acceptable
        }
        return .desired(ConfigurationOption(Kind.authentication, preferred.optionValue))
    }

    func missing(
        besides types: OptionTypes, using random: inout some RandomNumberGenerator
    ) -> [ConfigurationOption] {
        []
    }

    mutating func acknowledge(_ options: [ConfigurationOption]) {
        peer = Self.parameters(options)
    }

    mutating func acknowledged() {
        local = Self.parameters(request)
    }

    mutating func naked(_ options: [ConfigurationOption], using random: inout some RandomNumberGenerator) {
        for option in options {
            switch option.type {
            case Kind.mru:
                let largest = min(largestMRU, max(Self.defaultMRU, configuration.largestPayload))
                if let wished = option.uint16, (Self.smallestMRU...largest).contains(wished) { mru = wished }
            case Kind.authentication:
                fallBack(to: AuthenticationMethod(optionValue: option.value))
            case Kind.magicNumber where magicNumber != 0:
                let isEcho = suggestedMagicNumber != 0 && option.uint32 == suggestedMagicNumber
                echoesOfOurNaks = isEcho ? echoesOfOurNaks + 1 : 0
                if echoesOfOurNaks >= configuration.limits.maxFailure { failure = .loopback }
                magicNumber = Self.fresh(besides: magicNumber, using: &random)
            default:
                break
            }
        }
    }

    /// The peer's wish if it is one of ours, else the next of ours (RFC 1661 section 6.2).
    private mutating func fallBack(to wished: AuthenticationMethod?) {
        guard let refused = methods.first, wished != refused else { return }
        methods.removeFirst()
        if let wished, let index = methods.firstIndex(of: wished) { methods.insert(methods.remove(at: index), at: 0) }
        if methods.isEmpty { failure = .authenticationProtocolUnacceptable(.peer) }
    }

    mutating func rejected(_ options: [ConfigurationOption]) {
        for option in options {
            switch option.type {
            case Kind.mru: mru = nil
            case Kind.authentication: failure = .authenticationProtocolUnacceptable(.peer)
            case Kind.magicNumber: magicNumber = 0
            default: break
            }
        }
    }

    mutating func gaveUp(on options: [ConfigurationOption]) {
        rejected(options)
    }

    static func parameters(_ options: [ConfigurationOption]) -> LCPParameters {
        var parameters = LCPParameters()
        for option in options {
            switch option.type {
            case Kind.mru: parameters.mru = option.uint16 ?? defaultMRU
            case Kind.asyncControlCharacterMap: parameters.asyncControlCharacterMap = option.uint32 ?? 0xffff_ffff
            case Kind.authentication: parameters.authentication = AuthenticationMethod(optionValue: option.value)
            case Kind.magicNumber: parameters.magicNumber = option.uint32 ?? 0
            case Kind.protocolFieldCompression: parameters.protocolFieldCompression = true
            case Kind.addressAndControlFieldCompression: parameters.addressAndControlFieldCompression = true
            default: break
            }
        }
        return parameters
    }

    private static func fresh(besides old: UInt32, using random: inout some RandomNumberGenerator) -> UInt32 {
        let drawn = UInt32.random(in: 1...UInt32.max, using: &random)
        // One more than what is taken is as good as another draw, and a poor generator cannot hold us up.
        guard drawn == old else { return drawn }
        return drawn == UInt32.max ? 1 : drawn + 1
    }
}
