import Addresses
import Configuration
import DataPlane
import L2TPControl
import L2TPWire
import PPP
import PPPoE

/// A PPPoE subscriber's session, from the PADR until nothing of it is left: whose he is, and who ends his PPP.
final class Subscription: AccessRole {
    /// What an LNS is to judge, for as long as the link waits for it.
    struct Claim {
        /// Nil: nobody was asked for a name.
        var request: AuthenticationRequest?
        var group: TunnelGroup
    }

    private let lac: LAC
    let port: AccessPort
    let request: AccessRequest
    private(set) weak var session: PPPSession?
    private(set) var claim: Claim?
    /// The call to an LNS, from when one is asked for it.
    var call: RelayedCall?
    /// Once it is decided that PPP ends here.
    private var termination: PPPTermination?
    private(set) var claimedUser: String?
    var knowsEnd = false

    init(_ lac: LAC, on port: AccessPort, _ request: AccessRequest) {
        self.lac = lac
        self.port = port
        self.request = request
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

    var realm: String? { claimedUser.flatMap(Realm.name) }

    // MARK: - SessionRole

    var peerName: String { call?.context?.counterpart.name ?? port.interface }
    var user: String? { claimedUser }
    var side: Tunnel.Session.Side { .lac }
    var interface: InterfaceNaming { .numbered((termination?.profile ?? port.settings.ppp).interfaceName) }
    var interfaceGroup: UInt32 { (termination?.profile ?? port.settings.ppp).interfaceGroup }
    var proxyPolicy: ProxyPolicy { ProxyPolicy(acceptsLCP: false, acceptsAuthentication: false) }

    func began(_ session: PPPSession) {
        self.session = session
    }

    func handsOver(_ session: PPPSession, _ request: AuthenticationRequest?) -> Bool {
        claimedUser = request?.user
        // Who has an interface here ends here, whatever he calls himself later.
        guard session.unit == .none else { return false }
        switch lac.ending(of: request?.user, service: self.request.serviceName, on: port.settings) {
        case .here(let profile):
            claim = nil
            if termination?.profile != profile { termination = PPPTermination(lac.lns, by: profile) }
            return false
        case .tunnel(let group):
            claim = Claim(request: request, group: group)
            return true
        }
    }

    func verdict(on request: AuthenticationRequest, in session: PPPSession) -> AuthenticationVerdict {
        termination?.verdict(on: request, in: session) ?? .denied
    }

    func networkParameters(of session: PPPSession) throws(AddressError) -> NetworkParameters {
        let termination = termination ?? PPPTermination(lac.lns, by: port.settings.ppp)
        self.termination = termination
        return try termination.networkParameters(of: session)
    }

    func withdrawn(_ network: NetworkProtocol, from session: PPPSession) {
        termination?.withdrawn(network)
    }

    func forgotten(_ session: PPPSession, at now: ContinuousClock.Instant) {
        termination?.end()
        call = nil
        lac.subscribers[session.key] = nil
        tellEnd(of: session, at: now)
    }
}
