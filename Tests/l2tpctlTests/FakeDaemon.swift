import ControlProtocol
import EventLoop
import FoundationEssentials
import Instants
import Linux
import Synchronization
@testable import l2tpctl

/// Listens at a socket of its own on a thread of its own and answers one client as it is told.
struct FakeDaemon {
    enum Answer {
        case replies([Reply])
        case octets([UInt8])
        /// Nothing at all.
        case silence
        /// The connection ends.
        case hangUp
    }

    let socket = FileManager.default.temporaryDirectory.path + "/l2tpctl-" + UUID().uuidString

    private final class Progress: Sendable {
        let listens = Atomic(false)
    }

    /// Returns when it listens.
    init(answer: @escaping @Sendable (Request) -> Answer) throws {
        let socket = socket
        let progress = Progress()
        try WorkerThread.start(named: "fake-l2tpd") {
            // Whatever fails here, the client under test misses its answer.
            try? Self.serve(socket, progress, answer)
        }
        let deadline = Instant.now + .seconds(10)
        while !progress.listens.load(ordering: .acquiring), Instant.now < deadline {}
    }

    func client(patience: Duration = .seconds(10)) throws(Failure) -> ControlClient {
        try ControlClient(socket: socket, patience: patience)
    }

    private static func serve(_ socket: String, _ progress: Progress, _ answer: (Request) -> Answer) throws {
        let listener = try StreamListener(path: socket, mode: 0o600)
        progress.listens.store(true, ordering: .releasing)
        let loop = try EventLoop()
        let token = Token(owner: 0, value: 0)
        try loop.add(listener.descriptor, token)
        var accepted: StreamConnection?
        while accepted == nil {
            _ = try loop.wait(until: .now + .seconds(20))
            accepted = try listener.accept(limit: 64 << 20)
        }
        loop.remove(listener.descriptor)
        guard let connection = accepted else { return }
        try loop.add(connection.descriptor, token)
        var lines = LineBuffer()
        while true {
            switch connection.read() {
            case .octets(let octets): lines.append(octets)
            case .end: return
            case .empty:
                connection.flush()
                let interest: Interest = connection.pendingOctets > 0 ? [.readable, .writable] : .readable
                try loop.change(connection.descriptor, token, for: interest)
                _ = try loop.wait(until: .now + .seconds(20))
            }
            while let line = try lines.next() {
                switch answer(try ControlLine.decode(Request.self, from: line)) {
                case .replies(let replies): for reply in replies { try connection.write(try ControlLine.encode(reply)) }
                case .octets(let octets): try connection.write(octets)
                case .silence: break
                case .hangUp: return
                }
            }
        }
    }
}
