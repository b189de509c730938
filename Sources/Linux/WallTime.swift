import Glibc
import Instants

/// A moment on the wall's clock, to the microsecond: for people and for logs, not to measure with.
package struct WallTime: Hashable, Sendable {
    /// Microseconds since 1970 began in UTC.
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package init(milliseconds: Int64) {
        self.init(microseconds: milliseconds * 1000)
    }

    package var milliseconds: Int64 { microseconds / 1000 }

    package static var now: WallTime {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// What `timestamp` wrote; nil for anything else.
    package init?(timestamp: String) {
        let shape = "0000-00-00T00:00:00.000Z"
        guard timestamp.utf8.count == shape.utf8.count,
            zip(timestamp.utf8, shape.utf8).allSatisfy({ $1 == 0x30 ? (0x30...0x39).contains($0) : $0 == $1 })
        else { return nil }
        let numbers = timestamp.split { !$0.isNumber }.compactMap { Int32($0) }
        var parts = unsafe tm()
        unsafe parts.tm_year = numbers[0] - 1900
        unsafe parts.tm_mon = numbers[1] - 1
        unsafe parts.tm_mday = numbers[2]
        unsafe parts.tm_hour = numbers[3]
        unsafe parts.tm_min = numbers[4]
        unsafe parts.tm_sec = numbers[5]
        self.init(milliseconds: Int64(unsafe timegm(&parts)) * 1000 + Int64(numbers[6]))
    }

    /// RFC 3339 in UTC: "2026-01-02T03:04:05.678Z".
    package var timestamp: String {
        var seconds = time_t(milliseconds / 1000)
        var parts = unsafe tm()
        _ = unsafe gmtime_r(&seconds, &parts)
        return unsafe Self.text(
            (parts.tm_year + 1900, 4, "-"), (parts.tm_mon + 1, 2, "-"), (parts.tm_mday, 2, "T"),
            (parts.tm_hour, 2, ":"),
            (parts.tm_min, 2, ":"), (parts.tm_sec, 2, "."), (fraction, 3, "Z"))
    }

    /// The time of the day where this machine is: "03:04:05.678".
    package var timeOfDay: String {
        var seconds = time_t(milliseconds / 1000)
        var parts = unsafe tm()
        _ = unsafe localtime_r(&seconds, &parts)
        return unsafe Self.text(
            (parts.tm_hour, 2, ":"), (parts.tm_min, 2, ":"), (parts.tm_sec, 2, "."), (fraction, 3, nil))
    }

    private var fraction: Int32 { Int32(milliseconds % 1000) }

    /// Each number with so many digits and what follows it. Every log line has one: strftime(3) would take most of its time.
    private static func text(_ numbers: (value: Int32, digits: Int, separator: Unicode.Scalar?)...) -> String {
        unsafe String(unsafeUninitializedCapacity: 32) { octets in
            var end = 0
            for number in numbers {
                var value = number.value
                for place in (end..<end + number.digits).reversed() {
                    unsafe octets[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
                    value /= 10
                }
                end += number.digits
                guard let separator = number.separator else { break }
                unsafe octets[end] = UInt8(ascii: separator)
                end += 1
            }
            return end
        }
    }
}
