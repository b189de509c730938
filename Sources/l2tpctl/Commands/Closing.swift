import ArgumentParser
import ControlProtocol

/// What the two `close` commands have in common.
enum Closing {
    /// As many are closed by one request at most: the daemon has others to serve.
    static let most = 100

    /// Asks, says what is closing, complains about what is not. Throws when anything is not.
    static func close(_ request: Request, through client: ControlClient) throws(Failure) {
        guard try close(request, through: client, passing: []) else { throw .told }
    }

    /// The same for those that a filter found; those that have gone or are closing meanwhile are as they were wanted. Without
    /// `isSure` it says how many there are, and throws.
    static func close<Name>(
        _ names: [Name], _ noun: String, isSure: Bool, through client: ControlClient,
        _ request: ([Name]) -> Request
    ) throws(Failure) {
        let count = "\(names.count) \(noun)\(names.count == 1 ? "" : "s")"
        guard isSure || names.isEmpty else {
            Output.complain("\(count) would be closed; --yes closes \(names.count == 1 ? "it" : "them")")
            throw .told
        }
        if names.isEmpty { try Output.say("no \(noun) fits") }
        var areClosed = true
        var rest = names[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(most))
            rest = rest.dropFirst(most)
            if try !close(request(part), through: client, passing: [.notFound, .closing]) { areClosed = false }
        }
        guard areClosed else { throw .told }
    }

    private static func close(
        _ request: Request, through client: ControlClient, passing: Set<ControlError.Code>
    ) throws(Failure) -> Bool {
        guard case .closed(let record) = try client.ask(request) else { throw client.unexpected() }
        for name in record.closed { try Output.say("closing \(name)") }
        let refused = record.refused.filter { !passing.contains($0.code) }
        for refusal in refused { Output.complain("\(refusal.name) is not closed: \(refusal.message)") }
        return refused.isEmpty
    }

    /// Ids, or a filter: one of them and not both.
    static func validate(hasNames: Bool, hasFilter: Bool) throws(ValidationError) {
        switch (hasNames, hasFilter) {
        case (false, false):
            throw ValidationError("Name what is to be closed, or say which by a filter such as --peer.")
        case (true, true): throw ValidationError("Name what is to be closed, or say which by a filter, not both.")
        case (true, false), (false, true): break
        }
    }
}

/// For what a filter finds, which may be more than one thinks.
struct SureOption: ParsableArguments {
    @Flag(name: .customLong("yes"), help: "Close all that the filter finds; without it they are only counted.")
    var isSure = false
}
