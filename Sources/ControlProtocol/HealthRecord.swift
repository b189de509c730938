/// How the daemon fares: `l2tpctl health`, and `/healthz` over HTTP.
package struct HealthRecord: Codable, Hashable, Sendable {
    package enum Status: String, Codable, Sendable {
        case good
        /// Somebody should look after it, but a restart mends nothing: the daemon as a whole stays good.
        case warning
        case degraded
    }

    /// One of the things that were looked at.
    package struct Check: Codable, Hashable, Sendable {
        /// "event_loop", "workers", "listeners", "control_socket", "pools"
        package var name: String
        package var status: Status
        /// Why it is not good; absent when it is.
        package var reasons: [String]?

        package init(_ name: String, _ status: Status = .degraded, reasons: [String] = []) {
            self.name = name
            self.status = reasons.isEmpty ? .good : status
            self.reasons = reasons.isEmpty ? nil : reasons
        }
    }

    /// `good` or `degraded`.
    package var status: Status
    package var checks: [Check]

    package init(checks: [Check]) {
        status = checks.contains { $0.status == .degraded } ? .degraded : .good
        self.checks = checks
    }

    /// "good", or "degraded", and a line for each reason; with a line break at its end.
    package var text: String {
        let reasons = checks.flatMap { check in
            (check.reasons ?? []).map { "  \(check.status.rawValue)  \(check.name): \($0)\n" }
        }
        return "\(status.rawValue)\n" + reasons.joined()
    }
}
