import CLinux
import Linux

/// A PPP channel: LCP and authentication go through it, and all frames while no unit is connected.
final class PPPChannel: Sendable {
    let device: PPPDevice

    init(number: Int32) throws(Errno) {
        device = try PPPDevice()
        try device.control("PPPIOCATTCHAN", clinux_PPPIOCATTCHAN, number)
    }

    /// From now on network protocols go by the unit.
    func connect(to unit: PPPUnit) throws(Errno) {
        try device.control("PPPIOCCONNECT", clinux_PPPIOCCONNECT, unit.number)
    }

    func close() {
        device.descriptor.close()
    }
}
