package import Addresses

/// One end of a PPP link: LCP, authentication and the network protocols together, without any I/O.
package struct Link: Sendable {
    package let configuration: LinkConfiguration
    package private(set) var phase = Phase.dead
    /// The authenticated name: the peer's at an authenticator, our own at a client.
    package private(set) var user: String?
    package private(set) var authenticationMethod: AuthenticationMethod?
    /// What we told the peer about us.
    package var localParameters: LCPParameters { LCPParameters() }
    /// What the peer told us about itself.
    package var peerParameters: LCPParameters { LCPParameters() }
    /// The addresses while IPv4 is up.
    package private(set) var ipv4: IPv4Pair?
    /// The interface identifiers while IPv6 is up.
    package private(set) var ipv6: InterfaceIdentifiers?

    package struct IPv4Pair: Equatable, Sendable {
        package var local: IPv4Address
        package var peer: IPv4Address
    }

    package struct InterfaceIdentifiers: Equatable, Sendable {
        package var local: UInt64
        package var peer: UInt64
    }

    package init(configuration: LinkConfiguration) {
        self.configuration = configuration
    }

    /// The largest packet that may be sent: what the peer can receive, and no more than we ask to receive. The unit's MTU.
    package var mtu: UInt16 { min(peerParameters.mru, configuration.mru) }

    /// When `Event.timeout` is due; nil when nothing is waited for.
    package var deadline: ContinuousClock.Instant? { nil }

    package mutating func handle(
        _ event: Event, at now: ContinuousClock.Instant, using random: inout some RandomNumberGenerator
    ) -> [Output] {
        []
    }
}
