import Addresses
import Configuration
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import PPP

/// One call of a client's, from the dialling until nothing of it is left.
final class ClientCall: CallerRole {
    private let clients: Clients
    let line: ClientLine
    /// As the client was when it dialled.
    let client: Client
    let began: Instant
    /// The call while it has no session.
    weak var placed: PlacedCall?
    private(set) weak var context: TunnelContext?
    private(set) weak var session: PPPSession?
    /// What the hook was told of the present up.
    private var told: [String: String]?
    /// When a network protocol first passed.
    private(set) var opened: Instant?

    init(_ line: ClientLine, of clients: Clients, at now: Instant) {
        self.clients = clients
        self.line = line
        client = line.client
        began = now
    }

    var state: String {
        if let session { return session.state }
        return context.map { $0.isOpen ? "wait-reply" : "wait-tunnel" } ?? "dialling"
    }

    // MARK: - CallerRole

    func directed(to context: TunnelContext) {
        self.context = context
    }

    func failed(_ reason: String, retry: Instant?, at now: Instant) -> [SessionOrder] {
        clients.ended(self, reason, retry: retry, at: now)
        return []
    }

    // MARK: - SessionRole

    var peerName: String { context?.counterpart.name ?? client.group.name }
    var interface: InterfaceNaming { client.interface }
    var interfaceGroup: UInt32 { 0 }
    var side: Tunnel.Session.Side { .lac }
    var connection: CallConnection? { .incoming(.withoutLine) }
    var proxyPolicy: ProxyPolicy { ProxyPolicy(acceptsLCP: false, acceptsAuthentication: false) }

    func began(_ session: PPPSession) {
        self.session = session
    }

    /// A client asks nobody for a proof.
    func verdict(on request: AuthenticationRequest, in session: PPPSession) -> AuthenticationVerdict { .denied }

    func networkParameters(of session: PPPSession) -> NetworkParameters { NetworkParameters() }

    func withdrawn(_ network: NetworkProtocol, from session: PPPSession) {}

    func routes(of network: NetworkProtocol, through session: PPPSession) -> SessionRoutes? {
        guard let context else { return nil }
        let prefixes = (client.defaultRoute ? [.everyIPv4] : []) + client.routes
        let own = prefixes.filter { prefix in
            switch prefix.address {
            case .v4: network == .ipv4
            case .v6: network == .ipv6
            }
        }
        return own.isEmpty ? nil : SessionRoutes(prefixes: own, around: context.path.remote.address)
    }

    func networkUp(_ network: NetworkProtocol, of session: PPPSession, at now: Instant) {
        if network == .ipv4 { tellHook("up", of: session, at: now) }
        guard opened == nil else { return }
        opened = session.opened
        line.failures = 0
        line.lastFailure = nil
        clients.log.notice(
            "client up", session.facts.adding(["client": "\(client.name)"]))
    }

    func networkDown(_ network: NetworkProtocol, of session: PPPSession, at now: Instant) {
        if network == .ipv4 { tellHook("down", of: session, at: now) }
    }

    func forgotten(_ session: PPPSession, at now: Instant) {
        clients.ended(self, session.end ?? "the session ended", at: now)
    }

    // MARK: - The hook

    /// Every up is followed by one down, with the values of the up.
    private func tellHook(_ event: String, of session: PPPSession, at now: Instant) {
        guard let program = client.hook else { return }
        if event == "up" {
            guard told == nil, let addresses = session.link.ipv4, let interface = session.interfaceName else { return }
            told = [
                "L2TPD_CLIENT": client.name, "L2TPD_INTERFACE": interface,
                "L2TPD_LOCAL_ADDRESS": "\(addresses.local)", "L2TPD_PEER_ADDRESS": "\(addresses.peer)",
                "L2TPD_DNS": session.dns.map(\.description).joined(separator: " "),
            ]
        }
        guard let values = told else { return }
        if event == "down" { told = nil }
        clients.hooks.start(
            .init(
                owner: .client(client.name), program: program, limit: client.hookTimeout,
                environment: values.merging(["L2TPD_EVENT": event]) { $1 }), at: now)
    }
}
