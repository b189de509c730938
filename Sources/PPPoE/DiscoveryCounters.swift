/// What an access concentrator has seen and done since it began, in packets.
package struct DiscoveryCounters: Equatable, Sendable {
    /// Why a packet came to nothing, under its name in `all`.
    package enum Discard: String, CaseIterable, Sendable {
        /// No discovery packet, or one whose tags overrun it.
        case malformed
        /// From a group address, from which nothing comes.
        case groupSource = "group_source"
        /// A packet that only an access concentrator sends.
        case unexpectedCode = "unexpected_code"
        /// A SESSION_ID where there must be none, or one that no session can have.
        case sessionID = "session_id"
        /// No Service-Name, or more than one.
        case serviceName = "service_name"
        /// A PADI for a service that is not offered.
        case unknownService = "unknown_service"
        /// A PADI while the interface, or the host, has all the sessions that it may have.
        case sessionLimit = "session_limit"
        /// PADIs beyond the interface's rate, and beyond the host's.
        case initiationRate = "padi_rate"
        case initiationRateOfHost = "padi_rate_per_mac"
        /// PADRs beyond the interface's rate, and beyond the host's.
        case requestRate = "padr_rate"
        case requestRateOfHost = "padr_rate_per_mac"
        /// A PADR without a cookie, and with one that is not ours, not this host's or too old.
        case missingCookie = "missing_cookie"
        case wrongCookie = "wrong_cookie"
        /// A PADR that was repeated before it was decided on.
        case undecided
        /// A PADT for a session that is not there.
        case unknownSession = "unknown_session"
        /// A PADT for the session of another host.
        case foreignSession = "foreign_session"
        /// An answer that would not fit a frame.
        case tooLong = "too_long"
    }

    package internal(set) var padiReceived: UInt64 = 0
    package internal(set) var padoSent: UInt64 = 0
    package internal(set) var padrReceived: UInt64 = 0
    /// PADSs that granted a session, repeated ones too.
    package internal(set) var padsSent: UInt64 = 0
    /// PADSs that did not.
    package internal(set) var refusalsSent: UInt64 = 0
    package internal(set) var padtReceived: UInt64 = 0
    package internal(set) var padtSent: UInt64 = 0
    /// A cause that never was is not there.
    package internal(set) var discarded: [Discard: UInt64] = [:]

    package init() {}

    /// Every counter with its name, zeros included; those of discarded packets begin with "discarded_".
    package var all: [(name: String, value: UInt64)] {
        let packets = [
            ("padi_received", padiReceived), ("pado_sent", padoSent), ("padr_received", padrReceived),
            ("pads_sent", padsSent), ("refusals_sent", refusalsSent), ("padt_received", padtReceived),
            ("padt_sent", padtSent),
        ]
        return packets + Discard.allCases.map { ("discarded_\($0.rawValue)", discarded[$0, default: 0]) }
    }

    mutating func discard(_ cause: Discard) {
        discarded[cause, default: 0] += 1
    }
}
