/// Every fact that the daemon counts and times over its life. `l2tpctl show stats` lists the counters and what machines noted; `/metrics`
/// tells all of it.
struct Statistics: Sendable {
    enum Counter: Int, CaseIterable, Sendable {
        case datagramsReceived
        case datagramsNotSent
        case requestsOverRate
        case malformedHeaders
        case unsupportedVersions
        case malformedMessages
        case unknownTunnels
        case unexpectedSources
        case strayData
        case unknownPeers
        case refusalsWithheld
        case tunnelsRefused
        case contestedTuples
        case tunnelsOpened
        case tunnelsClosed
        case callsRefused
        case sessionsOpened
        case sessionsClosed
        case authenticationsAccepted
        case authenticationsRejected
        case addressesExhausted
        case dataPlaneFailures
        case kernelLosses
        case controlRequests
        case controlRequestsRefused

        /// As others call it: the case's name in snake_case.
        var name: String {
            "\(self)".reduce(into: "") { name, letter in
                name += letter.isUppercase ? "_\(letter.lowercased())" : String(letter)
            }
        }
    }

    /// By the counters' numbers.
    private var counts = [UInt64](repeating: 0, count: Counter.allCases.count)
    /// Those that were.
    private(set) var occurrences: [Occurrence: UInt64] = [:]
    private(set) var histograms: [Timing: Histogram] = [:]

    subscript(counter: Counter) -> UInt64 { counts[counter.rawValue] }

    mutating func count(_ counter: Counter) {
        counts[counter.rawValue] &+= 1
    }

    /// Counts one of a kind, and for the sum that it belongs to.
    mutating func count(_ occurrence: Occurrence) {
        occurrences[occurrence, default: 0] &+= 1
        if let counter = occurrence.counter { count(counter) }
    }

    mutating func observe(_ timing: Timing, _ time: Duration) {
        histograms[timing, default: Histogram(bounds: timing.bounds)].observe(time)
    }

    /// Every counter with its name: the daemon's own, zeros included, then what machines noted, as "tunnel_odd".
    var all: [(name: String, value: UInt64)] {
        let noted = occurrences.compactMap { occurrence, value -> (name: String, value: UInt64)? in
            guard case .note(let machine, let name) = occurrence else { return nil }
            return ("\(machine.rawValue)_\(name)", value)
        }
        return Counter.allCases.map { ($0.name, self[$0]) } + noted.sorted { $0.name < $1.name }
    }
}
