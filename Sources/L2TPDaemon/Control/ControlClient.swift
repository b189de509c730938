import ControlProtocol
import EventLoop

/// One connection to the control socket: requests in their order, and the answers that wait to be sent.
///
/// Whoever sends faster than he reads is not heard until he has read: neither requests nor answers gather here.
final class ControlClient {
    /// A list under way. Its rows are made when there is room for them, so that a long list neither fills memory nor
    /// keeps the loop.
    struct Listing {
        private let rows: [() -> Reply?]
        private var next = 0
        private var sent = 0

        init(_ rows: [() -> Reply?]) {
            self.rows = rows
        }

        /// The next row that is still there, or the list's end; nil behind its end.
        mutating func nextReply() -> Reply? {
            while next < rows.count {
                defer { next += 1 }
                if let reply = rows[next]() {
                    sent += 1
                    return reply
                }
            }
            guard next == rows.count else { return nil }
            next += 1
            return .end(count: sent)
        }
    }

    let connection: StreamConnection
    let token: Token
    private var lines = LineBuffer()
    private var hasEnded = false
    private var isBroken = false
    private var listing: Listing?
    /// What waits to be streamed, when the client asked for that: from then on it is served nothing else.
    private var outbox: Outbox?
    /// The request that waits for the kernel's counters.
    var awaitingCounters: Request?
    /// The call whose outcome is waited for.
    var awaitingCall: RequestedCall?
    /// What the loop watches for.
    var watched = Interest.readable

    init(connection: StreamConnection, token: Token) {
        self.connection = connection
        self.token = token
    }

    /// Octets that may wait for a slow client before it is served no more, and rows that are made in one turn of the loop.
    private static let comfortable = 64 * 1024
    private static let rowsPerTurn = 100

    /// Whether the next request must wait.
    private var isBusy: Bool {
        listing != nil || outbox != nil || awaitingCounters != nil || awaitingCall != nil
            || connection.pendingOctets >= Self.comfortable
    }

    /// Nothing more will come and nothing is owed.
    var isDone: Bool { isBroken || hasEnded && !isBusy && connection.pendingOctets == 0 }

    /// What the client is to be watched for. Its end is readable for ever, so it is not looked at twice.
    var interest: Interest {
        var interest: Interest = hasEnded || isBusy ? [] : .readable
        if listing != nil || connection.pendingOctets > 0 { interest.insert(.writable) }
        return interest
    }

    func read() {
        guard !isBusy, !hasEnded else { return }
        switch connection.read() {
        case .octets(let octets): lines.append(octets)
        case .empty: break
        case .end: hasEnded = true
        }
    }

    /// The client is gone, whatever it was owed.
    func abandon() {
        isBroken = true
    }

    /// The next request, when the one before it is answered.
    func nextRequest() throws(ControlError) -> Request? {
        guard !isBusy, !isBroken, let line = try lines.next() else { return nil }
        return try ControlLine.decode(Request.self, from: line)
    }

    func send(_ reply: Reply) {
        do {
            try connection.write(try ControlLine.encode(reply))
        } catch {
            isBroken = true
        }
    }

    /// A line that cannot be cut off from what follows leaves nothing to be read.
    func refuse(_ error: ControlError) {
        send(.error(error))
        if error.code == .lineTooLong { hasEnded = true }
    }

    // MARK: - What it is streamed

    var isSubscribed: Bool { outbox != nil }

    /// The client is told of what happens, by `stream`, until it hangs up.
    func subscribe() {
        send(.done)
        outbox = Outbox()
    }

    /// A line, its newline with it, that goes out with `deliver`; nothing for who did not subscribe.
    func stream(_ line: [UInt8]) {
        outbox?.put(line)
    }

    /// Hands the socket what waits, when it has taken what it was handed before.
    func deliver() {
        connection.flush()
        guard connection.pendingOctets == 0, let octets = outbox?.take(), !octets.isEmpty else { return }
        do {
            try connection.write(octets)
        } catch {
            isBroken = true
        }
    }

    // MARK: - Lists

    func begin(_ listing: Listing) {
        self.listing = listing
        advance()
    }

    /// Sends what waits, and of a list as much as the client takes in one turn.
    func advance() {
        deliver()
        for _ in 0..<Self.rowsPerTurn {
            guard listing != nil, connection.pendingOctets < Self.comfortable else { return }
            if let reply = listing?.nextReply() { send(reply) } else { listing = nil }
        }
    }
}
