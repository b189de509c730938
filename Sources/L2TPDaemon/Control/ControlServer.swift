import ControlProtocol
import EventLoop
import Linux

/// The control socket: takes clients in, reads their requests and sends the answers. What a request means is not its
/// business; `Service` answers.
final class ControlServer {
    private let loop: EventLoop
    private let listener: StreamListener
    private var clients: [UInt64: ControlClient] = [:]
    private var nextNumber: UInt64 = 1

    /// More clients than a crowd of operators and scripts needs.
    private static let mostClients = 64

    init(path: String, loop: EventLoop) throws(Errno) {
        self.loop = loop
        listener = try StreamListener(path: path)
        try loop.add(listener.descriptor, .controlListener)
    }

    func client(_ number: UInt64) -> ControlClient? { clients[number] }

    /// Clients whose request waits for the kernel's counters.
    var awaitingCounters: [ControlClient] { clients.values.filter { $0.awaitingCounters != nil } }

    /// Takes in who waits. With too many clients the newest is turned away at once.
    func accept() {
        while let connection = try? listener.accept() {
            guard clients.count < Self.mostClients else {
                let refusal = ControlError(code: .busy, message: "\(Self.mostClients) clients are connected already")
                if let line = try? ControlLine.encode(Reply.error(refusal)) { try? connection.write(line) }
                continue
            }
            let client = ControlClient(connection: connection, token: .controlClient(nextNumber))
            guard (try? loop.add(connection.descriptor, client.token)) != nil else { continue }
            clients[nextNumber] = client
            nextNumber += 1
        }
    }

    /// After anything was done for a client: watches for room where something waits, and lets go of who is done.
    func settle(_ client: ControlClient) {
        if client.isDone {
            loop.remove(client.connection.descriptor)
            clients[client.token.value] = nil
        } else if client.watchesWriting != client.wantsToWrite {
            client.watchesWriting = client.wantsToWrite
            let interest: Interest = client.wantsToWrite ? [.readable, .writable] : .readable
            try? loop.change(client.connection.descriptor, client.token, for: interest)
        }
    }
}
