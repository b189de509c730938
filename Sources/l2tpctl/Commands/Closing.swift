import ControlProtocol

/// What the two `close` commands have in common.
enum Closing {
    /// Asks, says what is closing, complains about what is not. Throws when anything is not.
    static func close(_ request: Request, through client: ControlClient) throws(Failure) {
        guard case .closed(let record) = try client.ask(request) else { throw client.unexpected() }
        for name in record.closed { try Output.say("closing \(name)") }
        for refusal in record.refused { Output.complain("\(refusal.name) is not closed: \(refusal.message)") }
        guard record.refused.isEmpty else { throw .told }
    }
}
