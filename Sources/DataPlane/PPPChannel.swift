import CLinux
import Linux

/// A PPP channel: LCP and authentication go through it, and all frames while no unit is connected.
final class PPPChannel: Sendable {
    let device: PPPDevice
    /// The kernel's number of the channel.
    private let number: Int32

    init(number: Int32) throws(Errno) {
        self.number = number
        device = try PPPDevice()
        try device.control("PPPIOCATTCHAN", clinux_PPPIOCATTCHAN, number)
    }

    /// From now on network protocols go by the unit.
    func connect(to unit: PPPUnit) throws(Errno) {
        try device.control("PPPIOCCONNECT", clinux_PPPIOCCONNECT, unit.number)
    }

    /// From now on each sends what the other receives; until the socket of either is closed. EALREADY: one of them has a
    /// unit or a bridge; when it is the other one, the kernel waits for a grace period before it says so.
    func bridge(to other: PPPChannel) throws(Errno) {
        try device.control("PPPIOCBRIDGECHAN", clinux_PPPIOCBRIDGECHAN, other.number)
    }

    func close() {
        device.descriptor.close()
    }
}
