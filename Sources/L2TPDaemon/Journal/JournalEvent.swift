import ControlProtocol
import DataPlane
import Linux

extension Journal {
    /// Something that happened, as it was told: what it looks like to others is made when somebody asks.
    struct Event {
        var time: WallTime
        var level: LogLevel
        var message: String
        var facts: Facts

        /// What it happened to; nil where that is neither a tunnel nor a session. A PPPoE subscriber's session has no tunnel.
        var subject: Subject? {
            switch (number("tunnel_id"), number("session_id")) {
            case (let tunnel, let session?): .session(SessionKey(tunnel: tunnel ?? 0, session: session))
            case (let tunnel?, nil): .tunnel(tunnel)
            case (nil, nil): nil
            }
        }

        private func number(_ name: String) -> UInt32? { facts[name].flatMap { UInt32($0) } }

        /// Whether it says why something did not go well.
        var isFailure: Bool { level > .info && (facts["reason"] != nil || facts["error"] != nil) }

        var record: EventRecord {
            var record = EventRecord(time: time.timestamp, level: level, event: message)
            for (name, value) in facts.all {
                switch name {
                case "tunnel_id": record.tunnelID = UInt32(value)
                case "session_id": record.sessionID = UInt32(value)
                case "peer": record.peer = value
                case "user": record.user = value
                case "interface": record.interface = value
                default: record.details = (record.details ?? [:]).merging([name: value]) { $1 }
                }
            }
            return record
        }
    }
}
