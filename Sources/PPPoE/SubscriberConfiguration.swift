package import Addresses

extension Subscriber {
    /// How a host looks for its session. Times are durations, sizes octets.
    package struct Configuration: Equatable, Sendable {
        /// The service that is asked for; empty for any.
        package var serviceName: String
        /// The AC-Name that must be in an offer; nil takes the first offer.
        package var acName: String?
        /// The interface's MTU.
        package var mtu: UInt16
        /// The PPP payload that is asked for when it is more than 1492 (RFC 4638); nil asks for nothing.
        package var maxPayload: UInt16?
        /// How long the first PADI, and the first PADR, waits for its answer; every further one twice as long.
        package var firstWait: Duration
        /// PADIs sent before it is given up; the waits stop growing after the sixth.
        package var initiations: Int
        /// PADRs sent before it begins again with a PADI (RFC 2516 section 8).
        package var requests: Int
        /// What an access node on the way would say about the line; only to try an access concentrator.
        package var line: AccessLine?

        package init(
            serviceName: String = "", acName: String? = nil, mtu: UInt16 = 1500, maxPayload: UInt16? = nil,
            firstWait: Duration = .seconds(1), initiations: Int = 8, requests: Int = 4, line: AccessLine? = nil
        ) {
            self.serviceName = serviceName
            self.acName = acName
            self.mtu = mtu
            self.maxPayload = maxPayload
            self.firstWait = firstWait
            self.initiations = initiations
            self.requests = requests
            self.line = line
        }
    }

    /// What discovery has found.
    package struct Session: Equatable, Sendable {
        package var id: PPPoESessionID
        package var concentrator: MACAddress
        /// AC-Name, printable.
        package var acName: String
        /// The largest MRU that LCP may agree on, in either direction.
        package var maxPayload: UInt16
    }

    package enum Failure: Equatable, Sendable {
        /// Nobody has offered a session, or nobody who did has granted one.
        case noAnswer
        case refused(DiscoveryRefusal)
    }
}
