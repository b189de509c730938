import Configuration
import DataPlane
import PPPoE

/// The LAC: the access interfaces, the subscribers on them, and where each of these ends.
final class LAC {
    let lns: LNS
    let ports: [AccessPort]
    let log: Journal
    let callees: Callees

    init(lns: LNS, ports: [AccessPort], callees: Callees, log: Journal) {
        self.lns = lns
        self.ports = ports
        self.callees = callees
        self.log = log
    }

    /// From now on; who is there stays where he is.
    func apply(_ interfaces: [AccessInterface]) {
        for settings in interfaces {
            ports.first { $0.interface == settings.interface }?.apply(settings, hostName: lns.hostName)
        }
    }

    /// Where a user ends: his realm says it, else the service that he asked for, else the interface. Nil: nobody has
    /// asked for a name.
    func ending(of user: String?, service: String, on interface: AccessInterface) -> Realm.Ending {
        lns.realms.ending(of: user) ?? lns.realms.ending(ofService: service)
            ?? interface.group.map { .tunnel($0) } ?? .here(interface.ppp)
    }
}
