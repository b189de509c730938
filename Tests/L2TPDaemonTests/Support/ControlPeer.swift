import ControlProtocol
import EventLoop

/// A client of the control socket.
final class ControlPeer {
    let connection: StreamConnection
    private var lines = LineBuffer(limit: 1 << 24)
    private(set) var replies: [Reply] = []
    private(set) var unreadable = 0
    private(set) var hasEnded = false
    /// While true nothing is read.
    var isStalled = false
    private var unsent: [UInt8] = []

    init(_ connection: StreamConnection) {
        self.connection = connection
    }

    func ask(_ request: Request) throws {
        send(try ControlLine.encode(request))
    }

    func send(_ octets: [UInt8]) {
        unsent += octets
    }

    var error: ControlError? {
        for case .error(let error) in replies { return error }
        return nil
    }

    var endCount: Int? {
        for case .end(let count) in replies { return count }
        return nil
    }

    /// Sends and reads as much as goes; false when nothing did.
    func turn() -> Bool {
        var hasActed = false
        connection.flush()
        while !unsent.isEmpty, connection.pendingOctets == 0 {
            let piece = Array(unsent.prefix(1 << 16))
            unsent.removeFirst(piece.count)
            try? connection.write(piece)
            hasActed = true
        }
        while !isStalled, !hasEnded {
            switch connection.read() {
            case .empty: return hasActed
            case .end: hasEnded = true
            case .octets(let octets):
                lines.append(octets)
                while let line = try? lines.next() {
                    if let reply = try? ControlLine.decode(Reply.self, from: line) {
                        replies.append(reply)
                    } else {
                        unreadable += 1
                    }
                }
            }
            hasActed = true
        }
        return hasActed
    }
}
