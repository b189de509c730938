import Glibc

/// What this process has of its machine.
package struct ProcessUsage: Hashable, Sendable {
    /// User and system time since its start, in seconds.
    package var cpuSeconds: Double
    /// In octets.
    package var residentMemory: UInt64
    package var virtualMemory: UInt64
    package var mostDescriptors: UInt64

    /// As procfs has it at this moment.
    package static func now() throws(Errno) -> ProcessUsage {
        var limit = rlimit()
        _ = try systemCall("getrlimit") { unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
        // proc(5): behind the name in parentheses, which may hold anything, comes field 3.
        let text = try contents(of: "/proc/self/stat")
        let fields = text[(text.lastIndex(of: ")").map(text.index(after:)) ?? text.startIndex)...].split(separator: " ")
        func field(_ number: Int) -> UInt64 { fields.count > number - 3 ? UInt64(fields[number - 3]) ?? 0 : 0 }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        return ProcessUsage(
            cpuSeconds: Double(field(14) + field(15)) / ticks,
            residentMemory: field(24) * UInt64(sysconf(Int32(_SC_PAGESIZE))), virtualMemory: field(23),
            mostDescriptors: UInt64(limit.rlim_cur))
    }

    private static func contents(of path: String) throws(Errno) -> String {
        let file = OwnedFD(adopting: try systemCall("open") { unsafe open(path, O_RDONLY | O_CLOEXEC) })
        let descriptor = file.rawValue
        var octets = [UInt8](repeating: 0, count: 4096)
        let size = octets.count
        let count = try systemCall("read") { unsafe read(descriptor, &octets, size) }
        return String(decoding: octets[..<count], as: UTF8.self)
    }
}
