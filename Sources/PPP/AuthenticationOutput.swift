/// What a machine that authenticates, at either end, wants of the link.
enum AuthenticationOutput: Equatable, Sendable {
    case send(ControlPacket)
    /// Have this verified; the answer goes to `decide`.
    case ask(name: [UInt8], AuthenticationRequest.Proof)
    /// Authenticated, for the first time or once more.
    case succeeded(name: [UInt8])
    /// To be told to the peer by ending the link.
    case failed(LinkEnd)
    case noted(Link.Note)
}
