/// Every fact that the daemon counts over its life, by name. `l2tpctl show stats` lists them all.
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
    private var noted: [String: UInt64] = [:]

    subscript(counter: Counter) -> UInt64 { counts[counter, default: 0] }

    mutating func count(_ counter: Counter) {
        counts[counter, default: 0] &+= 1
    }

    /// Counts a fact that a machine noted, under the machine's name for it.
    mutating func note(_ name: String) {
        noted[name, default: 0] &+= 1
    }

    /// Every counter with its name: the daemon's own, zeros included, then what machines noted.
    var all: [(name: String, value: UInt64)] {
        Counter.allCases.map { ($0.rawValue, self[$0]) } + noted.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
