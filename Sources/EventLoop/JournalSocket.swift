import CLinux
import Glibc
package import Linux

/// systemd's journal, spoken to by its own protocol: a datagram an entry, with fields that `journalctl FIELD=value` finds
/// (systemd.io/JOURNAL_NATIVE_PROTOCOL).
///
/// An entry that the journal does not take at once is lost, and counted: nothing waits for the journal.
package struct JournalSocket: ~Copyable, Sendable {
    package static let usualPath = "/run/systemd/journal/socket"

    private let socket: OwnedFD

    package init(path: String = JournalSocket.usualPath) throws(Errno) {
        let socket = try UnixSocket.make(SOCK_DGRAM)
        try UnixSocket.connect(socket.rawValue, path)
        self.socket = socket
    }

    /// Whether the journal has it. Field names are upper-case letters, digits and underscores, and begin with a letter.
    package borrowing func send(_ fields: [(name: String, value: String)]) -> Bool {
        let octets = Self.datagram(fields)
        let descriptor = socket.rawValue
        do throws(Errno) {
            _ = try systemCall("send") {
                unsafe Glibc.send(descriptor, octets, octets.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            }
            return true
        } catch {
            return false
        }
    }

    /// "NAME=value" a line; a value of several lines comes behind its length, so that it cannot begin a field of its own.
    package static func datagram(_ fields: [(name: String, value: String)]) -> [UInt8] {
        fields.reduce(into: []) { octets, field in
            let value = Array(field.value.utf8)
            octets += Array(field.name.utf8)
            if value.contains(0x0a) {
                octets.append(0x0a)
                octets += (0..<8).map { UInt8(truncatingIfNeeded: UInt64(value.count) >> (8 * $0)) }
            } else {
                octets.append(UInt8(ascii: "="))
            }
            octets += value
            octets.append(0x0a)
        }
    }
}
