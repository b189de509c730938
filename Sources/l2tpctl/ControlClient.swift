import ControlProtocol
import EventLoop
import Instants
import Linux
import SystemPackage

/// A connection to the daemon: one request, then its replies, each awaited.
final class ControlClient {
    /// Time without an octet after which the daemon is given up.
    static let patience: Duration = .seconds(10)

    private let socket: String
    private let connection: StreamConnection
    private let loop: EventLoop
    private var lines = LineBuffer()
    private let patience: Duration

    init(socket: String, patience: Duration = ControlClient.patience, signals: Set<Signal> = []) throws(Failure) {
        self.socket = socket
        self.patience = patience
        connection = try Self.connect(to: socket)
        do {
            loop = try EventLoop(signals: signals)
            try loop.add(connection.descriptor, Token(owner: 0, value: 0))
        } catch {
            throw .noAccess(socket: socket, reason: "\(error)")
        }
    }

    /// A connection to the daemon that listens at `socket`.
    static func connect(to socket: String) throws(Failure) -> StreamConnection {
        do {
            return try StreamConnection(connectingTo: socket)
        } catch {
            let absent = [SystemPackage.Errno.noSuchFileOrDirectory, .connectionRefused, .notDirectory].map(\.rawValue)
            throw absent.contains(error.code)
                ? .noDaemon(socket: socket, reason: "\(error)") : .noAccess(socket: socket, reason: "\(error)")
        }
    }

    /// The one reply to a request.
    func ask(_ request: Request) throws(Failure) -> Reply {
        try send(request)
        return try receive()
    }

    /// A list's replies, one by one, as they come.
    func list(_ request: Request, _ take: (Reply) throws(Failure) -> Void) throws(Failure) {
        try send(request)
        while true {
            let reply = try receive()
            if case .end = reply { return }
            try take(reply)
        }
    }

    /// What the daemon tells from now on, as it comes: until a signal, or until nobody reads standard output any more.
    func follow(_ request: Request, _ take: (Reply) throws(Failure) -> Void) throws(Failure) {
        try send(request)
        let output = Token(owner: 0, value: 1)
        // A file has no end that could go, and cannot be watched.
        try? loop.add(1, output, for: [])
        var isWaiting = false
        while true {
            do {
                let deadline = isWaiting ? nil : Instant.now
                for event in try loop.wait(until: deadline) {
                    switch event {
                    case .signal, .readable(output), .hangUp(output): return
                    case .readable, .writable, .hangUp, .deadline: break
                    }
                }
            } catch {
                throw .noAnswer(socket: socket, reason: "\(error)")
            }
            switch connection.read() {
            case .octets(let octets):
                lines.append(octets)
                while let line = try nextLine() { try take(try reply(in: line)) }
                isWaiting = false
            case .end: throw .noAnswer(socket: socket, reason: "the connection ended")
            case .empty: isWaiting = true
            }
        }
    }

    /// The reply is of a kind that does not answer the request.
    func unexpected() -> Failure {
        .notUnderstood(socket: socket, reason: "the reply belongs to another request")
    }

    private func send(_ request: Request) throws(Failure) {
        do {
            try connection.write(try ControlLine.encode(request))
        } catch {
            throw .noAnswer(socket: socket, reason: "the request is too long to send")
        }
    }

    private func receive() throws(Failure) -> Reply {
        try reply(in: try receiveLine())
    }

    private func reply(in line: [UInt8]) throws(Failure) -> Reply {
        let reply: Reply
        do {
            reply = try ControlLine.decode(Reply.self, from: line)
        } catch {
            throw .notUnderstood(socket: socket, reason: error.message)
        }
        if case .error(let error) = reply { throw .refused(error) }
        return reply
    }

    private func nextLine() throws(Failure) -> [UInt8]? {
        do {
            return try lines.next()
        } catch {
            throw .notUnderstood(socket: socket, reason: error.message)
        }
    }

    private func receiveLine() throws(Failure) -> [UInt8] {
        var deadline = Instant.now + patience
        while true {
            if let line = try nextLine() { return line }
            switch connection.read() {
            case .octets(let octets):
                lines.append(octets)
                deadline = .now + patience
            case .end: throw .noAnswer(socket: socket, reason: "the connection ended")
            case .empty: try wait(until: deadline)
            }
        }
    }

    /// Until something can be read; what could not be sent yet goes out meanwhile.
    private func wait(until deadline: Instant) throws(Failure) {
        let token = Token(owner: 0, value: 0)
        do {
            try loop.change(
                connection.descriptor, token, for: connection.pendingOctets > 0 ? [.readable, .writable] : .readable)
            for event in try loop.wait(until: deadline) {
                switch event {
                case .writable: connection.flush()
                case .deadline where Instant.now >= deadline:
                    throw Failure.noAnswer(socket: socket, reason: "nothing came for \(patience)")
                case .readable, .hangUp, .signal, .deadline: break
                }
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .noAnswer(socket: socket, reason: "\(error)")
        }
    }
}
