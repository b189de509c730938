import ControlProtocol

/// What a story says line by line: a name, and facts about it.
struct StoryFacts {
    private var facts: [(name: String, text: String)] = []

    /// A line, unless nothing is known.
    mutating func add(_ name: String, _ parts: [String?]) {
        let text = parts.compactMap(\.self).filter { !$0.isEmpty }.map(TextTable.printable).joined(separator: ", ")
        if !text.isEmpty { facts.append((name, text)) }
    }

    typealias Counters = (packets: UInt64, octets: UInt64, errors: UInt64)

    mutating func addCounters(received: Counters, sent: Counters) {
        for (name, counters) in [("received", received), ("sent", sent)] {
            add(
                name,
                ["\(counters.packets) packets", HumanUnits.octets(counters.octets), "\(counters.errors) errors"])
        }
    }

    /// Indented, the facts below each other.
    var lines: [String] {
        let width = facts.map(\.name.count).max() ?? 0
        return facts.map { "  \($0.name)\(String(repeating: " ", count: width - $0.name.count))  \($0.text)" }
    }

    static func events(_ events: [EventRecord]) -> [String] {
        events.isEmpty ? [] : ["  what happened"] + events.map { "    \(EventText.line($0, isStory: true))" }
    }

    /// "30 s", "0.5 s".
    static func seconds(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
    }
}
