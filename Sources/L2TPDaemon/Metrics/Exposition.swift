/// Prometheus's text format, version 0.0.4: samples, gathered by their families.
struct Exposition {
    typealias Labels = KeyValuePairs<String, String>

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private var lines: [Metric: [String]] = [:]

    mutating func add(_ metric: Metric, _ labels: Labels = [:], _ value: some BinaryInteger) {
        add(metric, Self.text(labels), "\(value)")
    }

    mutating func add(_ metric: Metric, _ labels: Labels = [:], _ value: Double) {
        add(metric, Self.text(labels), Self.text(value))
    }

    mutating func add(_ metric: Metric, _ labels: Labels = [:], _ histogram: Histogram) {
        let common = Self.text(labels)
        let separator = common.isEmpty ? "" : ","
        var count: UInt64 = 0
        // In the order of the bounds, which is not that of their texts: one entry for the sorting.
        var text = ""
        for (index, number) in histogram.counts.enumerated() {
            count += number
            let bound = index < histogram.bounds.count ? Self.text(histogram.bounds[index]) : "+Inf"
            text += "\(metric.rawValue)_bucket{\(common)\(separator)le=\"\(bound)\"} \(count)\n"
        }
        let braces = common.isEmpty ? "" : "{\(common)}"
        text += "\(metric.rawValue)_sum\(braces) \(Self.text(histogram.sum))\n"
        text += "\(metric.rawValue)_count\(braces) \(count)\n"
        lines[metric, default: []].append(text)
    }

    private mutating func add(_ metric: Metric, _ labels: String, _ value: String) {
        let braces = labels.isEmpty ? "" : "{\(labels)}"
        lines[metric, default: []].append("\(metric.rawValue)\(braces) \(value)\n")
    }

    /// All families, also those without a sample, so that what there may be can be seen.
    var octets: [UInt8] {
        var octets: [UInt8] = []
        for metric in Metric.allCases {
            octets +=
                "# HELP \(metric.rawValue) \(metric.help)\n# TYPE \(metric.rawValue) \(metric.kind.rawValue)\n".utf8
            for line in lines[metric, default: []].sorted() { octets += line.utf8 }
        }
        return octets
    }

    private static func text(_ labels: Labels) -> String {
        labels.map { "\($0.key)=\"\(escaped($0.value))\"" }.joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5c || $0 == 0x22 || $0 == 0x0a }) else { return value }
        return value.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }

    private static func text(_ value: Double) -> String { Int64(exactly: value).map { "\($0)" } ?? "\(value)" }
}
