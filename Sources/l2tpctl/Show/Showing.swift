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
        if options.watch == nil { try Output.say(try text()) } else { try watch() }
    }

    /// Again and again, each time whole, so that the screen does not flicker.
    func watch() throws {
        guard let watch = options.watch else { return }
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
