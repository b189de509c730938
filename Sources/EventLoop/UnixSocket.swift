import CLinux
import Glibc
import Linux

/// The calls that Unix sockets of all kinds share.
enum UnixSocket {
    static func make(_ type: __socket_type) throws(Errno) -> OwnedFD {
        OwnedFD(
            adopting: try systemCall("socket") { socket(AF_UNIX, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0) })
    }

    static func bind(_ descriptor: Int32, _ path: String) throws(Errno) {
        try unsafe call("bind", path) { unsafe Glibc.bind(descriptor, $0, $1) }
    }

    static func connect(_ descriptor: Int32, _ path: String) throws(Errno) {
        try unsafe call("connect", path) { unsafe Glibc.connect(descriptor, $0, $1) }
    }

    /// A path that begins with "@" is a name in the abstract namespace.
    private static func call(
        _ name: String, _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(Errno) {
        var octets = Array(path.utf8)
        if octets.first == UInt8(ascii: "@") { octets[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A path needs an octet of zero behind it.
        guard octets.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw Errno(name, code: ENAMETOOLONG)
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: octets) }
        let isAbstract = octets.first == 0
        let length = MemoryLayout<sa_family_t>.size + octets.count + (isAbstract ? 0 : 1)
        _ = try systemCall(name) {
            unsafe withUnsafePointer(to: address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, socklen_t(length))
                }
            }
        }
    }
}
