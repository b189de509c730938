import ControlProtocol

/// The lines that wait for a client who is told of what happens.
///
/// It is bounded: who reads too slowly misses lines, and is told how many where they would have been. So nothing here ever
/// waits for a client.
struct Outbox {
    /// Octets that may wait.
    let limit: Int
    private var octets: [UInt8] = []
    private var missed = 0

    init(limit: Int = 256 * 1024) {
        self.limit = limit
    }

    /// A line with its newline. Once one was missed all are until `take`: a gap is one place.
    mutating func put(_ line: [UInt8]) {
        guard missed == 0, octets.count + line.count <= limit else { return missed += 1 }
        octets += line
    }

    /// All that waits, and behind it how much was missed.
    mutating func take() -> [UInt8] {
        defer { (octets, missed) = ([], 0) }
        guard missed > 0, let line = try? ControlLine.encode(Reply.missed(count: missed)) else { return octets }
        return octets + line
    }
}
