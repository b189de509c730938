import Addresses
import Glibc
import Linux
import Netlink

/// Routes to single addresses, each by the way that led there before anybody changed it: as many sessions as need one
/// share it. The setup worker's own.
final class PinnedRoutes {
    private struct Pin {
        var users: Int
        /// Nil where somebody else had made such a route already, who then keeps it.
        var route: Route?
    }

    private var pins: [IPAddress: Pin] = [:]

    func pin(_ address: IPAddress, by netlink: RouteNetlink) throws(Errno) {
        if pins[address] != nil {
            pins[address]?.users += 1
            return
        }
        let route = try netlink.route(to: address)
        do throws(Errno) {
            try netlink.add(route, exclusively: true)
            pins[address] = Pin(users: 1, route: route)
        } catch {
            guard error.code == EEXIST else { throw error }
            pins[address] = Pin(users: 1, route: nil)
        }
    }

    /// What cannot be removed is not there any more: its interface may have gone.
    func unpin(_ address: IPAddress, by netlink: RouteNetlink) {
        guard let pin = pins[address] else { return }
        guard pin.users == 1 else {
            pins[address]?.users -= 1
            return
        }
        pins[address] = nil
        if let route = pin.route { try? netlink.remove(route) }
    }
}
