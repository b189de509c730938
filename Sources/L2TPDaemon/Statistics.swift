/// Every fact that the daemon counts and times over its life. `l2tpctl show stats` lists the counters and what machines noted; `/metrics`
/// tells all of it.
struct Statistics: Sendable {
    enum Counter: String, CaseIterable, Sendable {
        case datagramsReceived = "datagrams_received"
        case datagramsNotSent = "datagrams_not_sent"
        case requestsOverRate = "requests_over_rate"
        case malformedHeaders = "malformed_headers"
        case unsupportedVersions = "unsupported_versions"
        case malformedMessages = "malformed_messages"
        case unknownTunnels = "unknown_tunnels"
        case unexpectedSources = "unexpected_sources"
        case strayData = "stray_data"
        case unknownPeers = "unknown_peers"
        case refusalsWithheld = "refusals_withheld"
        case tunnelsRefused = "tunnels_refused"
        case contestedTuples = "contested_tuples"
        case tunnelsOpened = "tunnels_opened"
        case tunnelsClosed = "tunnels_closed"
        case callsRefused = "calls_refused"
        case sessionsOpened = "sessions_opened"
        case sessionsClosed = "sessions_closed"
        case authenticationsAccepted = "authentications_accepted"
        case authenticationsRejected = "authentications_rejected"
        case addressesExhausted = "addresses_exhausted"
        case dataPlaneFailures = "data_plane_failures"
        case kernelLosses = "kernel_losses"
        case controlRequests = "control_requests"
        case controlRequestsRefused = "control_requests_refused"
    }

    private var counts: [Counter: UInt64] = [:]
    /// Those that were.
    private(set) var occurrences: [Occurrence: UInt64] = [:]
    private(set) var histograms: [Timing: Histogram] = [:]

    subscript(counter: Counter) -> UInt64 { counts[counter, default: 0] }

    mutating func count(_ counter: Counter) {
        counts[counter, default: 0] &+= 1
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
        return Counter.allCases.map { ($0.rawValue, self[$0]) } + noted.sorted { $0.name < $1.name }
    }
}
