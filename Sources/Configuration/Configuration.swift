package import Addresses
package import ControlProtocol

/// What the configuration file says, as values that are checked: names are resolved, times are durations, secrets hide.
package struct Configuration: Hashable, Sendable {
    package var daemon: Daemon
    package var logLevel: LogLevel
    package var logFormat: LogFormat
    /// Where tunnels come in, no two alike; at least one, unless there are only clients or subscribers.
    package var listeners: [Endpoint]
    package var peers: [Peer]
    package var profiles: [PPPProfile]
    package var pools: [Pool]
    package var users: [User]
    package var groups: [TunnelGroup]
    package var clients: [Client]
    package var accessInterfaces: [AccessInterface]
    package var realms: [Realm]
    package var callees: [Callee]
    /// Where metrics are told over HTTP; nil is nowhere.
    package var metrics: Endpoint?

    package init(
        daemon: Daemon = Daemon(), logLevel: LogLevel = .info, logFormat: LogFormat = .automatic,
        listeners: [Endpoint], peers: [Peer] = [],
        profiles: [PPPProfile] = [], pools: [Pool] = [], users: [User] = [], groups: [TunnelGroup] = [],
        clients: [Client] = [], accessInterfaces: [AccessInterface] = [], realms: [Realm] = [], callees: [Callee] = [],
        metrics: Endpoint? = nil
    ) {
        self.daemon = daemon
        self.logLevel = logLevel
        self.logFormat = logFormat
        self.listeners = listeners
        self.peers = peers
        self.profiles = profiles
        self.pools = pools
        self.users = users
        self.groups = groups
        self.clients = clients
        self.accessInterfaces = accessInterfaces
        self.realms = realms
        self.callees = callees
        self.metrics = metrics
    }
}
