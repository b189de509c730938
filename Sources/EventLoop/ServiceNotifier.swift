import CLinux
import Glibc
package import Linux

/// Tells systemd how the service fares, as sd_notify(3) does: one datagram a message.
package struct ServiceNotifier: ~Copyable {
    private let socket: OwnedFD

    /// `address` is what NOTIFY_SOCKET says: a path, or "@" and an abstract name.
    package init(address: String) throws(Errno) {
        let socket = try UnixSocket.make(SOCK_DGRAM)
        try UnixSocket.connect(socket.rawValue, address)
        self.socket = socket
    }

    /// Lines such as "READY=1", "RELOADING=1", "STOPPING=1", "WATCHDOG=1", "STATUS=..." joined by newlines.
    package borrowing func notify(_ state: String) throws(Errno) {
        let octets = Array(state.utf8)
        let descriptor = socket.rawValue
        _ = try systemCall("send") {
            unsafe send(descriptor, octets, octets.count, Int32(MSG_NOSIGNAL))
        }
    }
}
