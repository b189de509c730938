package import ControlProtocol

/// What a configuration that was read again changes in a running daemon.
package struct Reload: Hashable, Sendable {
    /// What is in force from now on: the new file, except for what only a restart can change.
    package var configuration: Configuration
    /// A sentence for each change, and for each that waits for a restart.
    package var record: ReloadRecord

    /// Peers, PPP, pools, users, clients, limits and the log level follow the new file; listeners, the control socket, the Host Name and
    /// where metrics are told stay as they are. Tunnels and sessions that stand keep what they were made with.
    package init(from old: Configuration, to new: Configuration) {
        var inForce = new
        var record = ReloadRecord()
        if new.logLevel != old.logLevel { record.applied.append("log.level is \(new.logLevel.rawValue)") }
        var limits = new.daemon
        limits.controlSocket = old.daemon.controlSocket
        limits.controlGroup = old.daemon.controlGroup
        limits.hostName = old.daemon.hostName
        if limits != old.daemon { record.applied.append("limits of [daemon] changed") }
        record.applied += Self.changes("peer", old.peers, new.peers, \.name)
        record.applied += Self.changes("ppp", old.profiles, new.profiles, \.name)
        record.applied += Self.changes("pool", old.pools, new.pools, \.name)
        record.applied += Self.changes("user", old.users, new.users, \.name)
        record.applied += Self.changes("tunnel_group", old.groups, new.groups, \.name)
        record.applied += Self.changes("client", old.clients, new.clients, \.name)
        record.applied += Self.changes("realm", old.realms, new.realms, \.title)
        record.applied += Self.changes("callee", old.callees, new.callees, \.number)
        // Each interface has its socket from the start.
        inForce.accessInterfaces = old.accessInterfaces.map { access in
            new.accessInterfaces.first { $0.interface == access.interface } ?? access
        }
        record.applied += Self.changes("pppoe", old.accessInterfaces, inForce.accessInterfaces, \.interface)

        if new.listeners != old.listeners { record.notApplied.append("[[listener]] changed; restart l2tpd") }
        if Set(new.accessInterfaces.map(\.interface)) != Set(old.accessInterfaces.map(\.interface)) {
            record.notApplied.append("[[pppoe]] was added or removed; restart l2tpd")
        }
        if new.daemon.controlSocket != old.daemon.controlSocket {
            record.notApplied.append("daemon.control_socket changed; restart l2tpd")
        }
        if new.logFormat != old.logFormat { record.notApplied.append("log.format changed; restart l2tpd") }
        if new.daemon.controlGroup != old.daemon.controlGroup {
            record.notApplied.append("daemon.control_group changed; restart l2tpd")
        }
        if new.daemon.hostName != old.daemon.hostName {
            record.notApplied.append("daemon.host_name changed; restart l2tpd")
        }
        if new.metrics != old.metrics { record.notApplied.append("[metrics] changed; restart l2tpd") }
        inForce.daemon = limits
        inForce.logFormat = old.logFormat
        inForce.metrics = old.metrics
        inForce.listeners = old.listeners
        configuration = inForce
        self.record = record
    }

    /// More changes of one kind than this are counted, not listed.
    private static let listed = 10

    private static func changes<Value: Equatable>(
        _ kind: String, _ old: [Value], _ new: [Value], _ name: KeyPath<Value, String>
    ) -> [String] {
        let before = Dictionary(old.map { ($0[keyPath: name], $0) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(new.map { ($0[keyPath: name], $0) }, uniquingKeysWith: { first, _ in first })
        let groups = [
            ("added", after.keys.filter { before[$0] == nil }),
            ("changed", after.keys.filter { before[$0] != nil && before[$0] != after[$0] }),
            ("removed", before.keys.filter { after[$0] == nil }),
        ]
        return groups.flatMap { what, names in
            names.count > listed
                ? ["\(names.count) \(kind)s \(what)"] : names.sorted().map { "\(kind) \"\($0)\" \(what)" }
        }
    }
}
