import ControlProtocol
import Linux

/// An event of the daemon's as a line for people.
enum EventText {
    /// "12:00:01.234  network up  7/12 alice ppp0  network=ipv4": `isStory` leaves out what the story itself says.
    static func line(_ event: EventRecord, isStory: Bool = false) -> String {
        let time = WallTime(timestamp: event.time)?.timeOfDay ?? event.time
        let level = event.level > .notice ? "\(event.level.rawValue): " : ""
        var parts = ["\(time)  \(level)\(TextTable.printable(event.event))"]
        if !isStory {
            let subject: [String?] = [name(of: event), event.peer, event.user, event.interface]
            let words = subject.compactMap(\.self).map(TextTable.printable).joined(separator: " ")
            if !words.isEmpty { parts.append(words) }
        }
        let details = (event.details ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\(quoted($0.value))" }
        if !details.isEmpty { parts.append(details.joined(separator: " ")) }
        return parts.joined(separator: "  ")
    }

    /// As `session close` and `tunnel close` take it.
    private static func name(of event: EventRecord) -> String? {
        switch (event.tunnelID, event.sessionID) {
        case (let tunnel, let session?): "\(SessionName(tunnelID: tunnel ?? 0, sessionID: session))"
        case (let tunnel?, nil): "\(tunnel)"
        case (nil, nil): nil
        }
    }

    private static func quoted(_ value: String) -> String {
        let text = TextTable.printable(value)
        return text.isEmpty || text.contains(" ") ? "\"\(text)\"" : text
    }
}
