import CLinux
import Glibc
import Linux
import Netlink

/// A PPP interface and the descriptor that it lives by.
final class PPPUnit: Sendable {
    let device: PPPDevice
    /// The kernel's number of the unit.
    let number: Int32
    let interfaceIndex: Int32
    let name: String

    /// Makes the interface: down, without addresses, passing no network protocol.
    init(_ specification: UnitSpecification, by route: RouteNetlink) throws(Errno) {
        device = try PPPDevice()
        name = specification.name
        try Self.create(specification, device.descriptor.rawValue, by: route)
        var number: Int32 = -1
        _ = try systemCall("PPPIOCGUNIT") { [device] in
            unsafe ioctl(device.descriptor.rawValue, clinux_PPPIOCGUNIT, &number)
        }
        self.number = number
        interfaceIndex = try route.index(ofInterface: specification.name)
        // Every protocol passes at first.
        for networkProtocol in NetworkProtocol.allCases { try set(networkProtocol, passes: false) }
        for other in [PPP_IPX, PPP_AT, PPP_MPLS_UC, PPP_MPLS_MC] { try? setMode(NPMODE_DROP, of: other) }
    }

    /// Whether packets of a protocol pass, in both directions.
    func set(_ networkProtocol: NetworkProtocol, passes: Bool) throws(Errno) {
        let number =
            switch networkProtocol {
            case .ipv4: PPP_IP
            case .ipv6: PPP_IPV6
            }
        try setMode(passes ? NPMODE_PASS : NPMODE_DROP, of: number)
    }

    /// Deletes the interface, unless that has happened; blocks for some milliseconds then.
    func close() {
        device.descriptor.close()
    }

    private func setMode(_ mode: NPmode, of networkProtocol: Int32) throws(Errno) {
        var request = npioctl(protocol: networkProtocol, mode: mode)
        _ = try systemCall("PPPIOCSNPMODE") {
            unsafe ioctl(device.descriptor.rawValue, clinux_PPPIOCSNPMODE, &request)
        }
    }

    /// The kernel only tries its lock here, and answers EBUSY when another thread has it: while units are being
    /// deleted, that is often.
    private static func create(
        _ specification: UnitSpecification, _ descriptor: Int32, by route: RouteNetlink
    ) throws(Errno) {
        let attempts = 400
        for attempt in 1...attempts {
            do throws(Errno) {
                return try route.createPPP(
                    name: specification.name, mtu: specification.mtu, group: specification.group, unit: descriptor)
            } catch {
                guard error.code == EBUSY, attempt < attempts else { throw error }
            }
            usleep(UInt32(min(10_000, 200 * attempt)))
        }
    }
}
