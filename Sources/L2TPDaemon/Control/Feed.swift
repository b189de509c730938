import ControlProtocol

/// The clients that are streamed one kind of thing, each what its filter lets through.
///
///     if !feed.isEmpty { feed.publish(.packet(record)) { $0.matches(record) } }
///
/// What is published goes out at the end of the loop's turn, by `ControlServer.deliver`.
final class Feed<Filter> {
    private var subscribers: [(filter: Filter, client: ControlClient)] = []

    /// Nobody is there to be told: who publishes much looks here first.
    var isEmpty: Bool { subscribers.isEmpty }

    /// From now on, until the client hangs up.
    func add(_ client: ControlClient, _ filter: Filter) {
        client.subscribe()
        subscribers.append((filter, client))
    }

    /// Tells those who want it; the line is written once for all of them.
    func publish(_ reply: Reply, where isWanted: (Filter) -> Bool) {
        subscribers.removeAll { $0.client.isDone }
        let wanting = subscribers.filter { isWanted($0.filter) }
        guard !wanting.isEmpty, let line = try? ControlLine.encode(reply) else { return }
        for (_, client) in wanting { client.stream(line) }
    }
}
