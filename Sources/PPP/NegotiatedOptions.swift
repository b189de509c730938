/// What a control protocol negotiates: its options and its mind about the peer's. `Negotiation` runs the rest.
protocol NegotiatedOptions: Sendable {
    static var protocolNumber: ProtocolNumber { get }

    /// What the next Configure-Request asks for, in order.
    var request: [ConfigurationOption] { get }
    /// Set when no agreement is possible any more: the protocol is closed with it.
    var failure: LinkEnd? { get }

    /// A new negotiation: what was agreed, given up or counted before is forgotten.
    mutating func begin(using random: inout some RandomNumberGenerator)
    /// What we think of one option that the peer asks for.
    mutating func verdict(
        on option: ConfigurationOption, using random: inout some RandomNumberGenerator
    ) -> OptionVerdict
    /// What a Configure-Nak adds because the peer ought to have asked for it; `types` are those that it did ask for.
    mutating func missing(
        besides types: OptionTypes, using random: inout some RandomNumberGenerator
    ) -> [ConfigurationOption]
    /// The peer's options, all of them good, are being acknowledged.
    mutating func acknowledge(_ options: [ConfigurationOption])
    /// The peer has acknowledged our request.
    mutating func acknowledged()
    /// The peer would rather have these; options that we did not ask for may be among them.
    mutating func naked(_ options: [ConfigurationOption], using random: inout some RandomNumberGenerator)
    /// The peer will not hear of these, which we had asked for.
    mutating func rejected(_ options: [ConfigurationOption])
    /// The peer has naked these of ours so often that there is no point in going on.
    mutating func gaveUp(on options: [ConfigurationOption])
}

/// The answer to one option of a Configure-Request.
enum OptionVerdict: Equatable, Sendable {
    case acceptable
    /// This would be.
    case desired(ConfigurationOption)
    /// The same, and it is never rejected however often it was said.
    case insisted(ConfigurationOption)
    /// Nothing of this type is, or boolean: it is named back as it came.
    case unnegotiable
}
