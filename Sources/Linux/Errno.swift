import CLinux
import Glibc

/// A system call that failed: its name and the error number.
package struct Errno: Error, Hashable, Sendable, CustomStringConvertible {
    package var call: String
    /// One of errno(3)'s positive numbers.
    package var code: Int32

    package init(_ call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    /// The error that the thread's last call left behind; to be asked for before anything else is called.
    package static func last(_ call: String) -> Errno {
        Errno(call, code: errno)
    }

    /// "connect: Connection refused (ECONNREFUSED)".
    package var description: String {
        let text = unsafe strerrordesc_np(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        let name = unsafe strerrorname_np(code).map { unsafe " (" + String(cString: $0) + ")" } ?? ""
        return "\(call): \(text)\(name)"
    }
}
