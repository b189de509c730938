package import Addresses
package import Glibc

/// The kernel's form of an endpoint: a sockaddr of either family.
package struct SocketAddress: Sendable {
    package var storage: sockaddr_storage
    package var length: socklen_t

    package init(_ endpoint: Endpoint) {
        storage = sockaddr_storage()
        switch endpoint.address {
        case .v4(let address):
            var value = sockaddr_in()
            value.sin_family = sa_family_t(AF_INET)
            value.sin_port = endpoint.port.bigEndian
            value.sin_addr.s_addr = address.rawValue.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.storeBytes(of: value, as: sockaddr_in.self) }
        case .v6(let address):
            var value = sockaddr_in6()
            value.sin6_family = sa_family_t(AF_INET6)
            value.sin6_port = endpoint.port.bigEndian
            unsafe withUnsafeMutableBytes(of: &value.sin6_addr) { unsafe $0.copyBytes(from: address.octets) }
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.storeBytes(of: value, as: sockaddr_in6.self) }
        }
    }

    /// Nil when the family is neither IPv4 nor IPv6. An IPv6 zone is not kept.
    package static func endpoint(_ storage: sockaddr_storage) -> Endpoint? {
        unsafe withUnsafeBytes(of: storage) { octets in
            switch Int32(storage.ss_family) {
            case AF_INET:
                let value = unsafe octets.loadUnaligned(as: sockaddr_in.self)
                let address = IPv4Address(rawValue: UInt32(bigEndian: value.sin_addr.s_addr))
                return Endpoint(address: .v4(address), port: UInt16(bigEndian: value.sin_port))
            case AF_INET6:
                let value = unsafe octets.loadUnaligned(as: sockaddr_in6.self)
                let octets = unsafe withUnsafeBytes(of: value.sin6_addr) { unsafe Array($0) }
                guard let address = IPv6Address(octets: octets) else { return nil }
                return Endpoint(address: .v6(address), port: UInt16(bigEndian: value.sin6_port))
            default:
                return nil
            }
        }
    }

    /// Calls with the sockaddr that socket calls take.
    package func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}

extension IPAddress {
    /// AF_INET or AF_INET6.
    package var family: Int32 {
        switch self {
        case .v4: AF_INET
        case .v6: AF_INET6
        }
    }
}
