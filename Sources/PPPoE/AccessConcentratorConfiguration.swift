extension AccessConcentrator {
    /// Which services are offered.
    package enum Services: Equatable, Sendable {
        /// Whatever a host asks for is granted, and nobody learns what there is (RFC 2516 section 9).
        case any
        /// These and "any service"; a host that asks for another is not served.
        case names([String])

        func serve(_ name: [UInt8]) -> Bool {
            switch self {
            case .any: true
            case .names(let names): name.isEmpty || names.contains { Array($0.utf8) == name }
            }
        }
    }

    /// How often a host, and all of an interface together, may do something.
    package struct Rates: Equatable, Sendable {
        package var interface: RateLimit
        package var host: RateLimit

        package init(interface: RateLimit, host: RateLimit) {
            self.interface = interface
            self.host = host
        }
    }

    /// How the access concentrator of one interface behaves.
    package struct Configuration: Equatable, Sendable {
        /// AC-Name.
        package var name: String
        package var services: Services
        /// What makes cookies ours: random, secret, 16 octets or more.
        package var cookieKey: [UInt8]
        /// Interface and VLAN, by any name that no other has: a cookie is good for one of them.
        package var circuit: String
        /// A cookie is good for one to two of these.
        package var cookiePeriod: Duration
        /// The interface's, in octets; more than 1500 allows PPP-Max-Payload (RFC 4638).
        package var mtu: UInt16
        /// Sessions on the interface; at most 65,534.
        package var sessionLimit: Int
        /// Sessions of one MAC address, those that an access node interworks not counted.
        package var sessionLimitPerHost: Int
        /// PADIs that are looked at.
        package var initiations: Rates
        /// PADRs with a good cookie that are looked at.
        package var requests: Rates
        /// How long after a PADS the same PADR gets the same PADS.
        package var repetitionWindow: Duration
        /// Whether an access node stands before the subscribers, so that its tag is to be believed.
        package var trustsAccessNode: Bool

        package init(
            name: String, services: Services = .any, cookieKey: [UInt8], circuit: String,
            cookiePeriod: Duration = .seconds(60), mtu: UInt16 = 1500, sessionLimit: Int = 65_534,
            sessionLimitPerHost: Int = 8,
            initiations: Rates = Rates(
                interface: RateLimit(perSecond: 1000, burst: 2000), host: RateLimit(perSecond: 2, burst: 10)),
            requests: Rates = Rates(
                interface: RateLimit(perSecond: 1000, burst: 2000), host: RateLimit(perSecond: 2, burst: 10)),
            repetitionWindow: Duration = .seconds(30), trustsAccessNode: Bool = true
        ) {
            self.name = name
            self.services = services
            self.cookieKey = cookieKey
            self.circuit = circuit
            self.cookiePeriod = cookiePeriod
            self.mtu = mtu
            self.sessionLimit = sessionLimit
            self.sessionLimitPerHost = sessionLimitPerHost
            self.initiations = initiations
            self.requests = requests
            self.repetitionWindow = repetitionWindow
            self.trustsAccessNode = trustsAccessNode
        }
    }
}
