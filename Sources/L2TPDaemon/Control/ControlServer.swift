import ControlProtocol
import EventLoop
import Instants
import Linux

/// The control socket: takes clients in, reads their requests and sends the answers. What a request means is not its
/// business; `Service` answers.
final class ControlServer {
    private let loop: EventLoop
    private let listener: StreamListener
    private var clients: [UInt64: ControlClient] = [:]
    private var nextNumber: UInt64 = 1
    /// When clients are let in again, after there was no descriptor left for one.
    private(set) var resumption: Instant?

    /// More clients than a crowd of operators and scripts needs.
    static let mostClients = 64

    /// `group` may use the socket beside root.
    init(path: String, group: String?, loop: EventLoop) throws(Errno) {
        self.loop = loop
        let number: UInt32? = if let group { try UserGroup.number(group) } else { nil }
        listener = try StreamListener(path: path, group: number)
        try loop.add(listener.descriptor, .controlListener)
    }

    /// Until when one client may be served in this turn of the loop. All of them together have 2 ms: datagrams do not wait
    /// longer for an operator's lists.
    var allowance: Instant { .now + .milliseconds(2) / max(1, clients.count) }

    func client(_ number: UInt64) -> ControlClient? { clients[number] }

    /// Clients whose request waits for something.
    var waiting: [ControlClient] { clients.values.filter { $0.wait != nil } }

    /// When one of them has waited long enough.
    var waitDeadline: Instant? { clients.values.compactMap { $0.wait?.deadline }.min() }

    /// Why nobody can be let in, as far as can be seen.
    var fault: String? {
        if resumption != nil { return "there is no descriptor left for a client" }
        return listener.isInPlace ? nil : "its file is gone, or is another's"
    }

    /// Takes in who waits. With too many clients the newest is turned away at once.
    func accept(at now: Instant) {
        do throws(Errno) {
            while let connection = try listener.accept() { try takeIn(connection) }
        } catch {
            // Who waits would be told of again and again.
            loop.remove(listener.descriptor)
            resumption = now + .seconds(1)
        }
    }

    /// Looks after those again whom `accept` had to leave waiting, when it is time.
    func resume(at now: Instant) {
        guard let resumption, resumption <= now else { return }
        do throws(Errno) {
            try loop.add(listener.descriptor, .controlListener)
            self.resumption = nil
        } catch {
            self.resumption = now + .seconds(1)
        }
    }

    private func takeIn(_ connection: StreamConnection) throws(Errno) {
        guard clients.count < Self.mostClients else {
            let refusal = ControlError(code: .busy, message: "\(Self.mostClients) clients are connected already")
            if let line = try? ControlLine.encode(Reply.error(refusal)) { try? connection.write(line) }
            return
        }
        let client = ControlClient(connection: connection, token: .controlClient(nextNumber))
        try loop.add(connection.descriptor, client.token, for: client.watched)
        clients[nextNumber] = client
        nextNumber += 1
    }

    /// Sends the subscribers what this turn of the loop had for them.
    func deliver() {
        for client in clients.values where client.isSubscribed {
            client.deliver()
            settle(client)
        }
    }

    /// After anything was done for a client: watches for what it needs now, and lets go of who is done.
    func settle(_ client: ControlClient) {
        guard !client.isDone else {
            loop.remove(client.connection.descriptor)
            clients[client.token.value] = nil
            return
        }
        guard client.watched != client.interest else { return }
        client.watched = client.interest
        do throws(Errno) {
            try loop.change(client.connection.descriptor, client.token, for: client.watched)
        } catch {
            client.abandon()
            settle(client)
        }
    }
}
