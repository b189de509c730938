import Addresses

/// What IPCP negotiates: each end's address (RFC 1332 section 3.3) and the name servers of a client (RFC 1877 section 1).
struct IPCPOptions: NegotiatedOptions {
    /// Option types. IP-Addresses (1) and IP-Compression-Protocol (2) are rejected like anything else.
    enum Kind {
        static let address: UInt8 = 3
        static let primaryDNS: UInt8 = 129
        static let primaryNBNS: UInt8 = 130
        static let secondaryDNS: UInt8 = 131
        static let secondaryNBNS: UInt8 = 132
    }

    static let protocolNumber = ProtocolNumber.ipcp

    private let parameters: NetworkParameters
    private let requestsDNS: Bool
    private(set) var failure: LinkEnd?
    /// What we ask for; nil asks for no address, 0.0.0.0 for any.
    private var address: IPv4Address?
    /// Name servers asked for, by option type.
    private var servers: [(type: UInt8, address: IPv4Address)] = []
    /// Ours, and the peer's, as agreed.
    private(set) var local: IPv4Address?
    private(set) var peer: IPv4Address?
    private var hasAppendedAddress = false

    init(parameters: NetworkParameters, requestsDNS: Bool) {
        self.parameters = parameters
        self.requestsDNS = requestsDNS
    }

    /// The name servers that a client was told.
    var dns: [IPv4Address] { servers.map(\.address).filter { $0 != .any } }

    var request: [ConfigurationOption] {
        (address.map { [ConfigurationOption(Kind.address, $0.rawValue)] } ?? [])
            + servers.map { ConfigurationOption($0.type, $0.address.rawValue) }
    }

    mutating func begin(using random: inout some RandomNumberGenerator) {
        failure = nil
        address = parameters.localIPv4 ?? .any
        servers = requestsDNS ? [(Kind.primaryDNS, .any), (Kind.secondaryDNS, .any)] : []
        local = nil
        peer = nil
        hasAppendedAddress = false
    }

    mutating func verdict(
        on option: ConfigurationOption, using random: inout some RandomNumberGenerator
    ) -> OptionVerdict {
        switch option.type {
        case Kind.address:
            guard let assigned = parameters.peerIPv4 else {
                // Whoever has none to give cannot give one.
                return option.uint32.map { $0 != 0 } == true ? .acceptable : .unnegotiable
            }
            return compare(option, with: assigned)
        case Kind.primaryDNS: return compare(option, with: parameters.dns.first)
        case Kind.secondaryDNS: return compare(option, with: parameters.dns.dropFirst().first)
        case Kind.primaryNBNS: return compare(option, with: parameters.nbns.first)
        case Kind.secondaryNBNS: return compare(option, with: parameters.nbns.dropFirst().first)
        default: return .unnegotiable
        }
    }

    private func compare(_ option: ConfigurationOption, with known: IPv4Address?) -> OptionVerdict {
        guard let known else { return .unnegotiable }
        return option.uint32 == known.rawValue
            ? .acceptable : .desired(ConfigurationOption(option.type, known.rawValue))
    }

    /// A peer that does not speak of its address is told once.
    mutating func missing(
        besides types: OptionTypes, using random: inout some RandomNumberGenerator
    ) -> [ConfigurationOption] {
        guard let assigned = parameters.peerIPv4, !types.contains(Kind.address), !hasAppendedAddress else { return [] }
        hasAppendedAddress = true
        return [ConfigurationOption(Kind.address, assigned.rawValue)]
    }

    mutating func acknowledge(_ options: [ConfigurationOption]) {
        let named = options.first { $0.type == Kind.address }?.uint32.map { IPv4Address(rawValue: $0) }
        peer = named ?? parameters.peerIPv4
    }

    mutating func acknowledged() {
        local = address ?? parameters.localIPv4
        if local == nil || local == .any { failure = .addressNotPermitted }
    }

    /// Only what we do not know ourselves is taken from the peer.
    mutating func naked(_ options: [ConfigurationOption], using random: inout some RandomNumberGenerator) {
        for option in options {
            guard let told = option.uint32.map({ IPv4Address(rawValue: $0) }) else { continue }
            if option.type == Kind.address {
                if parameters.localIPv4 == nil, told != .any { address = told }
            } else if let index = servers.firstIndex(where: { $0.type == option.type }) {
                servers[index].address = told
            }
        }
        servers.removeAll { server in
            server.address == .any && options.contains { $0.type == server.type }
        }
    }

    mutating func rejected(_ options: [ConfigurationOption]) {
        for option in options {
            servers.removeAll { $0.type == option.type }
            guard option.type == Kind.address else { continue }
            address = nil
            if parameters.localIPv4 == nil { failure = .addressNotPermitted }
        }
    }

    mutating func gaveUp(on options: [ConfigurationOption]) {
        rejected(options)
        if options.contains(where: { $0.type == Kind.address }) { failure = .addressesDoNotConverge(.peer) }
    }
}
