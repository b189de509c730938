/// What came of one round: calls up, held, and down again. Times in seconds.
struct RoundReport: Encodable {
    var sessions = 0
    var tunnels = 0
    /// Sessions whose network protocols were all up.
    var opened = 0
    /// Opened sessions through which our ping was answered.
    var answered = 0
    /// The server's pings that we answered.
    var echoesAnswered = 0
    /// Calls that failed or ended too early, and the tear-down's troubles: how often each.
    var failures: [String: Int] = [:]
    /// The addresses that the sessions were given, in the order of the calls.
    var addresses: [String] = []
    var duplicateAddresses: [String] = []
    /// From the first message to the last session opened.
    var setupSeconds: Double?
    /// From the first message to the last ping answered.
    var dataSeconds: Double?
    var sessionsPerSecond: Double?
    /// From a call's request to its network protocols up.
    var durations: Percentiles?
    /// From the first message of the end to the last acknowledgement.
    var teardownSeconds: Double?
    var retransmissions = 0
    /// Configure-Requests and CHAP challenges that the server sent.
    var lcpRequestsReceived = 0
    var challengesReceived = 0
    /// Answers to the bursts, and those of them that came out of order or again.
    var burstAnswered = 0
    var burstMisplaced = 0

    var isGood: Bool { opened == sessions && failures.isEmpty && duplicateAddresses.isEmpty }

    mutating func fail(_ reason: String) {
        failures[reason, default: 0] += 1
    }

    private enum CodingKeys: String, CodingKey {
        case sessions, tunnels, opened, answered, failures, addresses, retransmissions
        case echoesAnswered = "echoes_answered"
        case duplicateAddresses = "duplicate_addresses"
        case setupSeconds = "setup_seconds"
        case dataSeconds = "data_seconds"
        case sessionsPerSecond = "sessions_per_second"
        case durations = "duration_seconds"
        case teardownSeconds = "teardown_seconds"
        case lcpRequestsReceived = "lcp_requests_received"
        case challengesReceived = "challenges_received"
        case burstAnswered = "burst_answered"
        case burstMisplaced = "burst_misplaced"
    }
}

/// How long something took, over all that it was done for; in seconds.
struct Percentiles: Encodable {
    var p50: Double
    var p90: Double
    var p99: Double
    var max: Double

    /// Nil of nothing.
    init?(_ durations: [Duration]) {
        let sorted = durations.map(\.inSeconds).sorted()
        guard let last = sorted.last else { return nil }
        func percentile(_ share: Double) -> Double { sorted[Int(Double(sorted.count - 1) * share)] }
        (p50, p90, p99, max) = (percentile(0.5), percentile(0.9), percentile(0.99), last)
    }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
