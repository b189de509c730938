import Glibc

/// What a program may ask of its own process and machine.
package enum CurrentProcess {
    package static var id: Int32 { getpid() }

    /// A variable of the environment, nil when it is not set.
    package static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// The system's host name (gethostname(2)).
    package static func hostName() throws(Errno) -> String {
        // HOST_NAME_MAX is 64; the name ends with a NUL.
        var name = [CChar](repeating: 0, count: 65)
        let size = name.count - 1
        _ = try systemCall("gethostname") { unsafe gethostname(&name, size) }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The clock on the wall, in seconds.
    package static var secondsSince1970: UInt32 { UInt32(truncatingIfNeeded: time(nil)) }

    /// Writes a line to standard error. Where that cannot be written there is nobody to be told.
    package static func complain(_ line: String) {
        var line = line + "\n"
        line.withUTF8 { octets in
            var written = 0
            while written < octets.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(octets)[written...])
                let count = unsafe write(2, rest.baseAddress, rest.count)
                guard count > 0 || errno == EINTR else { return }
                written += max(0, count)
            }
        }
    }
}
