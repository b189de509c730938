import Linux
import Instants
import ControlProtocol
import EventLoop

/// One connection to the control socket: requests in their order, and the answers that wait to be sent.
///
/// Whoever sends faster than he reads is not heard until he has read: neither requests nor answers gather here.
final class ControlClient {
    /// A list under way. Its rows are made when there is room for them, so that a long list neither fills memory nor
    /// keeps the loop.
    struct Listing {
        enum Step {
            case reply(Reply)
            /// The element has gone, or no filter wants it.
            case nothing
            case over
        }

        /// Nil in place of what is not told.
        private let rows: AnyIterator<Reply?>
        private var sent = 0
        private var hasEnded = false

        /// A lazy sequence makes each row when its turn has come.
        init(_ rows: some Sequence<Reply?>) {
            self.rows = AnyIterator(rows.makeIterator())
        }

        /// The next row, or the list's end; `over` behind its end.
        mutating func step() -> Step {
            guard !hasEnded else { return .over }
            guard let row = rows.next() else {
                hasEnded = true
                return .reply(.end(count: sent))
            }
            guard let reply = row else { return .nothing }
            sent += 1
            return .reply(reply)
        }
    }

    /// What the answer to a request waits for.
    enum Wait {
        /// The kernel's counters, but for no longer than this: a dump of many sessions takes a while.
        case counters(Request, until: Instant)
        case call(RequestedCall)
        case tunnels(RequestedTunnels)

        /// When it is over though nothing happens.
        var deadline: Instant {
            switch self {
            case .counters(_, let until): until
            case .call(let call): call.deadline
            case .tunnels(let tunnels): tunnels.deadline
            }
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
    var wait: Wait?
    /// Requests that have come are left for the next turn of the loop.
    private(set) var isPostponed = false
    /// What the loop watches for.
    var watched = Interest.readable

    init(connection: StreamConnection, token: Token) {
        self.connection = connection
        self.token = token
    }

    /// Octets that may wait for a slow client before it is served no more.
    private static let comfortable = 64 * 1024

    /// Whether the next request must wait.
    private var isBusy: Bool {
        listing != nil || outbox != nil || wait != nil || connection.pendingOctets >= Self.comfortable
    }

    /// Nothing more will come and nothing is owed.
    var isDone: Bool { isBroken || hasEnded && !isBusy && !isPostponed && connection.pendingOctets == 0 }

    /// What the client is to be watched for. Its end is readable for ever, so it is not looked at twice.
    var interest: Interest {
        var interest: Interest = hasEnded || isBusy || isPostponed ? [] : .readable
        if listing != nil || isPostponed && !isBusy || connection.pendingOctets > 0 { interest.insert(.writable) }
        return interest
    }

    func read() {
        guard !isBusy, !isPostponed, !hasEnded else { return }
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

    /// The next request, when the one before it is answered; nil also when it is not `inTime` and has to wait for the next
    /// turn of the loop.
    func nextRequest(inTime: Bool) throws(ControlError) -> Request? {
        isPostponed = false
        guard !isBusy, !isBroken, lines.hasPartialLine else { return nil }
        guard inTime else {
            isPostponed = true
            return nil
        }
        guard let line = try lines.next() else { return nil }
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
        write(octets)
    }

    private func write(_ octets: [UInt8]) {
        do {
            try connection.write(octets)
        } catch {
            isBroken = true
        }
    }

    // MARK: - Lists

    func begin(_ listing: Listing, until end: Instant) {
        self.listing = listing
        advance(until: end)
    }

    /// Sends what waits, and of a list as much as the client takes and there is time for, in one piece: one row at least.
    func advance(until end: Instant) {
        deliver()
        guard listing != nil, connection.pendingOctets < Self.comfortable else { return }
        var rows: [UInt8] = []
        repeat {
            switch listing?.step() {
            case .reply(let reply)?:
                do throws(ControlError) {
                    rows += try ControlLine.encode(reply)
                } catch {
                    isBroken = true
                }
            case .nothing?: break
            case .over?, nil: listing = nil
            }
        } while listing != nil && rows.count < Self.comfortable && .now < end
        write(rows)
    }
}
