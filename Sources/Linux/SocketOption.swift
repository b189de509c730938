package import Addresses
import Glibc

/// Socket options whose value is an int.
package enum SocketOption {
    /// setsockopt(2).
    package static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32 = 1) throws(Errno) {
        var value = value
        _ = try systemCall("setsockopt") {
            unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }
}

extension SocketAddress {
    /// The endpoint that a socket is bound to (getsockname(2)); nil where it is of another family than IPv4 and IPv6.
    package static func bound(to descriptor: Int32) throws(Errno) -> Endpoint? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = try systemCall("getsockname") {
            unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getsockname(descriptor, $0, &length)
                }
            }
        }
        return endpoint(storage)
    }
}
