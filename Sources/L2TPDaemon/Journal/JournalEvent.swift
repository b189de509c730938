import ControlProtocol
import DataPlane
import Linux
import Logging

extension Journal {
    /// Something that happened, as it was told: what it looks like to others is made when somebody asks.
    struct Event {
        var time: WallTime
        var level: LogLevel
        var message: Logger.Message
        var metadata: Logger.Metadata

        /// What it happened to; nil where that is neither a tunnel nor a session. A PPPoE subscriber's session has no tunnel.
        var subject: Subject? {
            switch (number("tunnel_id"), number("session_id")) {
            case (let tunnel, let session?): .session(SessionKey(tunnel: tunnel ?? 0, session: session))
            case (let tunnel?, nil): .tunnel(tunnel)
            case (nil, nil): nil
            }
        }

        private func number(_ key: String) -> UInt32? { metadata[key].flatMap { UInt32("\($0)") } }

        var record: EventRecord {
            var record = EventRecord(time: time.timestamp, level: level, event: "\(message)")
            for (key, value) in metadata {
                switch key {
                case "tunnel_id": record.tunnelID = UInt32("\(value)")
                case "session_id": record.sessionID = UInt32("\(value)")
                case "peer": record.peer = "\(value)"
                case "user": record.user = "\(value)"
                case "interface": record.interface = "\(value)"
                default: record.details = (record.details ?? [:]).merging([key: "\(value)"]) { $1 }
                }
            }
            return record
        }
    }
}
