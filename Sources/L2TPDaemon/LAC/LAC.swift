import Configuration
import DataPlane
import Logging
import PPPoE

/// The LAC: the access interfaces, the subscribers on them, and where each of these ends.
final class LAC {
    typealias Instant = ContinuousClock.Instant

    let lns: LNS
    let ports: [AccessPort]
    let log: Logger
    let callees: Callees
    /// Those who came by themselves.
    var subscribers: [SessionKey: Subscription] = [:]
    private var realms: [Realm.Selector: Realm.Ending]
    private var lastNumber: UInt32 = 0

    init(lns: LNS, ports: [AccessPort], realms: [Realm], callees: Callees, log: Logger) {
        self.lns = lns
        self.ports = ports
        self.callees = callees
        self.log = log
        self.realms = Self.table(realms)
    }

    /// From now on; who is there stays where he is.
    func apply(_ interfaces: [AccessInterface], realms: [Realm]) {
        self.realms = Self.table(realms)
        for settings in interfaces {
            ports.first { $0.interface == settings.interface }?.apply(settings, hostName: lns.hostName)
        }
    }

    /// Selectors are unique: Configuration sees to it.
    private static func table(_ realms: [Realm]) -> [Realm.Selector: Realm.Ending] {
        Dictionary(realms.map { ($0.selector, $0.ending) }, uniquingKeysWith: { first, _ in first })
    }

    /// A key that no subscriber has.
    func freeKey() -> SessionKey {
        repeat {
            lastNumber &+= 1
        } while subscribers[.access(lastNumber)] != nil || callees.answered[.access(lastNumber)] != nil
        return .access(lastNumber)
    }

    /// Where a user ends: his realm says it, else the service that he asked for, else the interface. Nil: nobody has
    /// asked for a name.
    func ending(of user: String?, service: String, on interface: AccessInterface) -> Realm.Ending {
        if let realm = user.flatMap(Realm.name), let ending = realms[.name(realm)] { return ending }
        if let ending = realms[.service(service)] { return ending }
        return interface.group.map { .tunnel($0) } ?? .here(interface.ppp)
    }
}
