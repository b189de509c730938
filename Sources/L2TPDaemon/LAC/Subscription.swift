import Addresses
import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP
import PPPoE

/// A PPPoE subscriber's session, from the PADR until nothing of it is left: who he is, and by which line he came.
final class Subscription: SubscriberRole, AccessRole {
    private let lac: LAC
    let port: AccessPort
    let request: AccessRequest
    let destination: Destination
    var knowsEnd = false

    init(_ lac: LAC, on port: AccessPort, _ request: AccessRequest) {
        self.lac = lac
        self.port = port
        self.request = request
        destination = Destination(lac.lns, by: port.settings.ppp)
    }

    /// How LCP and the first step of authentication are done.
    var linkConfiguration: LinkConfiguration {
        let profile = port.settings.ppp
        var configuration = profile.linkConfiguration(hostName: lac.lns.hostName)
        configuration.medium = .pppoe(maxPayload: request.maxPayload)
        return configuration
    }

    /// "02:00:00:00:00:01", and the line that the access node says it is.
    var callingNumber: Text {
        Text(octets: Array("\(request.host)".utf8) + (request.line?.circuitID.map { Array(" ".utf8) + $0 } ?? []))
    }

    // MARK: - SessionRole

    var peerName: String { destination.call?.context?.counterpart.name ?? port.interface }
    var user: String? { destination.user }
    var side: Tunnel.Session.Side { .lac }
    var proxyPolicy: ProxyPolicy { ProxyPolicy(acceptsLCP: false, acceptsAuthentication: false) }

    func handsOver(_ session: PPPSession, _ request: AuthenticationRequest?) -> Bool {
        // Who has an interface here ends here, whatever he calls himself later.
        guard session.unit == .none else { return false }
        let user = request?.user
        let ending = lac.ending(of: user, service: self.request.serviceName, on: port.settings)
        return destination.decide(ending, for: user, .link(request))
    }

    func forgotten(_ session: PPPSession, at now: Instant) {
        destination.end()
        tellEnd(of: session, at: now)
    }

    // MARK: - SubscriberRole

    func connection(for handover: Handover) -> ICCN {
        var connection = ICCN.withoutLine
        connection.rxConnectSpeed = connection.txConnectSpeed
        if let rate = request.line?.actualDataRateDownstream {
            connection.txConnectSpeed = ConnectSpeed(bitsPerSecond: rate)
        }
        if let rate = request.line?.actualDataRateUpstream {
            connection.rxConnectSpeed = ConnectSpeed(bitsPerSecond: rate)
        }
        connection.tell(handover)
        return connection
    }
}
