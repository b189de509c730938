import ArgumentParser
import ControlProtocol
import EventLoop
import Instants
import Linux

/// How something is shown.
struct ShowOptions: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print JSON, for programs.")
    var isJSON = false

    @Option(
        help: ArgumentHelp("Show it again every so many seconds, until interrupted.", valueName: "seconds"),
        transform: { text in
            guard let seconds = Double(text), (0.1...86_400).contains(seconds) else {
                throw ValidationError("write a number of seconds from 0.1 to 86400")
            }
            return seconds
        })
    var watch: Double?
}

/// A command that prints what it finds, once or again and again.
protocol Watching: ParsableCommand {
    var options: ShowOptions { get }

    /// What is printed, in lines.
    func text() throws(Failure) -> String
}

extension Watching {
    func run() throws {
        guard let watch = options.watch else {
            try Output.say(try text())
            return
        }
        let loop = try EventLoop()
        var next = Instant.now
        while true {
            let text = try text()
            if !options.isJSON { try Output.clear() }
            try Output.say(text)
            next = max(next + .seconds(watch), .now)
            while Instant.now < next { _ = try loop.wait(until: next) }
        }
    }
}

/// A command that asks the daemon and prints what it says.
protocol Showing: Watching {
    var daemon: DaemonOption { get }

    func text(from client: ControlClient) throws(Failure) -> String
}

extension Showing {
    /// A connection a time: the daemon may be restarted meanwhile.
    func text() throws(Failure) -> String { try text(from: try daemon.connect()) }
}

/// A table of records: what the lists have in common.
protocol Listing: Showing {
    associatedtype Record: Encodable
    var request: Request { get }

    /// Nil when the reply is not of this list.
    static func record(in reply: Reply) -> Record?
    static func table(_ records: [Record]) -> TextTable
    /// What is printed in place of an empty table: "no tunnels".
    static var nothing: String { get }
}

extension Listing {
    func text(from client: ControlClient) throws(Failure) -> String {
        var records: [Record] = []
        try client.list(request) { reply throws(Failure) in
            guard let record = Self.record(in: reply) else { throw client.unexpected() }
            records.append(record)
        }
        guard options.isJSON else {
            return records.isEmpty ? Self.nothing : Self.table(records).lines.joined(separator: "\n")
        }
        return try JSONText.array(records)
    }
}
