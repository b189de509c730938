import Glibc

/// How many descriptors the process may have open. A session takes three.
package enum DescriptorLimit {
    /// Raises the limit in force to the most that this process may have, and tells it.
    @discardableResult
    package static func raise() throws(Errno) -> UInt64 {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        _ = try systemCall("getrlimit") { unsafe getrlimit(resource, &limit) }
        limit.rlim_cur = limit.rlim_max
        _ = try systemCall("setrlimit") { unsafe setrlimit(resource, &limit) }
        return UInt64(limit.rlim_cur)
    }
}
