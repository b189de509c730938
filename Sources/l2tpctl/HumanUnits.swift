/// Numbers as people read them. Machines read JSON, where they are whole.
enum HumanUnits {
    /// "17 B", "1.0 KiB", "345 MiB": three digits, powers of 1024.
    static func octets(_ count: UInt64) -> String {
        guard count >= 1024 else { return "\(count) B" }
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var scaled = Double(count) / 1024
        var unit = 0
        // 999.5 would be printed as 1000.
        while scaled >= 999.5, unit < units.count - 1 {
            scaled /= 1024
            unit += 1
        }
        let tenths = (scaled * 10).rounded() / 10
        return tenths < 10 ? "\(tenths) \(units[unit])" : "\(Int(scaled.rounded())) \(units[unit])"
    }

    /// "0", "7.5", "123", "12.3k", "345M": three digits, powers of 1000.
    static func rate(_ perSecond: Double) -> String {
        let units = ["", "k", "M", "G", "T"]
        var scaled = perSecond
        var unit = 0
        while scaled >= 999.5, unit < units.count - 1 {
            scaled /= 1000
            unit += 1
        }
        let tenths = (scaled * 10).rounded() / 10
        let isWhole = tenths >= 100 || tenths == tenths.rounded() && unit == 0
        return (isWhole ? "\(Int(scaled.rounded()))" : "\(tenths)") + units[unit]
    }

    /// "59s", "1m 0s", "23h 59m", "9d 3h": the two greatest units.
    static func duration(seconds: UInt64) -> String {
        switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m \(seconds % 60)s"
        case ..<86_400: "\(seconds / 3600)h \(seconds / 60 % 60)m"
        default: "\(seconds / 86_400)d \(seconds / 3600 % 24)h"
        }
    }

    /// "3" or, with a limit, "3/8".
    static func count(_ count: Int, of limit: Int?) -> String {
        limit.map { "\(count)/\($0)" } ?? "\(count)"
    }
}
