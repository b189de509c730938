import ControlProtocol
import EventLoop

/// One connection to the control socket: requests in their order, and the answers that wait to be sent.
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
    /// The request that waits for the kernel's counters.
    var awaitingCounters: Request?
    /// Whether the loop watches for room to write.
    var watchesWriting = false

    init(connection: StreamConnection, token: Token) {
        self.connection = connection
        self.token = token
    }

    /// Octets that may wait for a slow client before its list pauses, and rows that are made in one turn of the loop.
    private static let comfortable = 64 * 1024
    private static let rowsPerTurn = 100

    /// Whether the next request must wait for the one before it.
    var isBusy: Bool { listing != nil || awaitingCounters != nil }

    /// Nothing more will come and nothing is owed.
    var isDone: Bool { isBroken || hasEnded && !isBusy && connection.pendingOctets == 0 }

    /// Whether `advance` has something to do as soon as the client takes more.
    var wantsToWrite: Bool { listing != nil || connection.pendingOctets > 0 }

    func read() {
        switch connection.read() {
        case .octets(let octets): lines.append(octets)
        case .empty: break
        case .end: hasEnded = true
        }
    }

    /// The next request, when the one before it is answered.
    func nextRequest() throws(ControlError) -> Request? {
        guard !isBusy, let line = try lines.next() else { return nil }
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

    func begin(_ listing: Listing) {
        self.listing = listing
        advance()
    }

    /// Sends what waits, and of a list as much as the client takes in one turn.
    func advance() {
        connection.flush()
        for _ in 0..<Self.rowsPerTurn {
            guard listing != nil, connection.pendingOctets < Self.comfortable else { return }
            if let reply = listing?.nextReply() { send(reply) } else { listing = nil }
        }
    }
}
