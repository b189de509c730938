import CLinux
import Glibc

/// The system's groups of users (group(5)).
package enum UserGroup {
    /// The number of the group that is called so, or that is this number. ENOENT where there is none.
    package static func number(_ name: String) throws(Errno) -> UInt32 {
        if let number = UInt32(name), number != .max { return number }
        var entry = unsafe group()
        var found: UnsafeMutablePointer<group>?
        // A group of many members needs room for all of their names.
        var buffer = [CChar](repeating: 0, count: 1 << 20)
        let size = buffer.count
        let code = unsafe getgrnam_r(name, &entry, &buffer, size, &found)
        guard unsafe found != nil else { throw Errno("getgrnam", code: code == 0 ? ENOENT : code) }
        return unsafe entry.gr_gid
    }
}
