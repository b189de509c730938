import CLinux
import Glibc
import Linux

/// An open /dev/ppp: a channel or a unit, depending on what is attached to it.
struct PPPDevice: Sendable {
    let descriptor: ClosableFD

    init() throws(Errno) {
        descriptor = ClosableFD(
            OwnedFD(
                adopting: try systemCall("open /dev/ppp") { unsafe open("/dev/ppp", O_RDWR | O_NONBLOCK | O_CLOEXEC) }))
    }

    enum Reading {
        case frame([UInt8])
        /// Nothing now.
        case empty
        /// Nothing ever again: a unit without a channel, a channel without a socket. It reads so for good: do not poll.
        case end
    }

    /// The next frame that waits. `buffer` must hold the longest: a shorter one would lose it.
    func read(_ buffer: inout [UInt8]) -> Reading {
        let size = buffer.count
        do {
            let count = try systemCall("read") { unsafe Glibc.read(descriptor.rawValue, &buffer, size) }
            return count == 0 ? .end : .frame(Array(buffer[..<count]))
        } catch {
            return error.code == EAGAIN ? .empty : .end
        }
    }

    /// Sends a frame that begins with its protocol number.
    func write(_ frame: [UInt8]) -> Bool {
        unsafe Glibc.write(descriptor.rawValue, frame, frame.count) == frame.count
    }

    func control(_ name: String, _ request: UInt, _ value: Int32) throws(Errno) {
        var value = value
        _ = try systemCall(name) { unsafe ioctl(descriptor.rawValue, request, &value) }
    }
}
