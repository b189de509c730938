import ControlProtocol
import EventLoop
import Instants
import Linux

/// Follows what the daemon tells, also after it was restarted.
final class DaemonWatch {
    private let loop: EventLoop
    private let daemon: DaemonOption
    private let filter: EventFilter
    private let tell: (EventRecord) throws(Failure) -> Void
    private var connection: StreamConnection?
    private var lines = LineBuffer()
    /// When the daemon is looked for again, while there is none.
    private(set) var deadline: Instant?

    private static let token = Token(owner: 2, value: 0)
    private static let pause: Duration = .seconds(2)

    init(
        _ loop: EventLoop, at daemon: DaemonOption, for filter: EventFilter,
        _ tell: @escaping (EventRecord) throws(Failure) -> Void
    ) {
        self.loop = loop
        self.daemon = daemon
        self.filter = filter
        self.tell = tell
    }

    /// Throws when there is no daemon and it is `isNeeded`.
    func begin(isNeeded: Bool) throws(Failure) {
        do {
            try connect()
        } catch {
            if isNeeded { throw error }
            try say("no daemon", ["reason": error.description])
            deadline = .now + Self.pause
        }
    }

    /// Takes what the loop heard; what is not the daemon's it passes over.
    func handle(_ event: Event) throws(Failure) {
        switch event {
        case .readable(Self.token), .hangUp(Self.token): try read()
        case .writable(Self.token): connection?.flush()
        case .deadline:
            guard let due = deadline, due <= .now else { return }
            deadline = .now + Self.pause
            do { try connect() } catch {}  // It is looked for again.
        case .readable, .writable, .hangUp, .signal: break
        }
    }

    private func connect() throws(Failure) {
        let connection = try daemon.open()
        do {
            try loop.add(connection.descriptor, Self.token)
            try connection.write(try ControlLine.encode(Request.monitor(filter)))
        } catch {
            throw .noAnswer(socket: daemon.path, reason: "\(error)")
        }
        self.connection = connection
        lines = LineBuffer()
        deadline = nil
    }

    private func read() throws(Failure) {
        guard let connection else { return }
        switch connection.read() {
        case .empty: return
        case .octets(let octets): lines.append(octets)
        case .end:
            loop.remove(connection.descriptor)
            self.connection = nil
            deadline = .now + Self.pause
            return try say("daemon gone")
        }
        do {
            while let line = try lines.next() { try take(try ControlLine.decode(Reply.self, from: line)) }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .notUnderstood(socket: daemon.path, reason: "\(error)")
        }
    }

    private func take(_ reply: Reply) throws(Failure) {
        switch reply {
        case .event(let event): try tell(event)
        case .done: try say("following")
        case .missed(let count): try say("events missed", ["count": "\(count)"])
        case .error(let error): throw .refused(error)
        default: throw .notUnderstood(socket: daemon.path, reason: "the reply belongs to another request")
        }
    }

    /// What is to be said of the daemon that it does not say itself.
    private func say(_ event: String, _ details: [String: String]? = nil) throws(Failure) {
        var record = EventRecord(time: WallTime.now.timestamp, level: .info, event: event)
        record.details = details
        try tell(record)
    }
}
