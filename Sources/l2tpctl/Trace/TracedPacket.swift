import ControlProtocol
import Linux

/// A packet and what it says: a line, or a few, for people, or an object for programs.
struct TracedPacket {
    var record: PacketRecord
    var reading: Reading

    init(_ record: PacketRecord) {
        self.record = record
        reading = Reading(record)
    }

    private var time: WallTime { WallTime(microseconds: record.time) }

    /// "<-" came in, "->" went out. PPP's options stand on the line, AVPs and tags below it.
    var text: String {
        let place = record.accessInterface.map { "\($0) \(record.remote)" } ?? record.remote
        var words = ["\(time.timeOfDay)  \(record.direction == .received ? "<-" : "->")", place, ids]
        if let user = record.user { words.append("(\(user))") }
        words.append(reading.title + (reading.identifier.map { " \($0)" } ?? ""))
        if let numbers = reading.numbers { words.append("Ns \(numbers.ns) Nr \(numbers.nr)") }
        let fields = reading.fields.map { $0.value.isEmpty ? $0.name : "\($0.name) \($0.value)" }
        guard record.kind != .ppp else {
            if !fields.isEmpty { words.append(fields.joined(separator: ", ")) }
            return TextTable.printable(words.joined(separator: "  "))
        }
        let indented = fields.map { "                  \($0)" }
        return ([words.joined(separator: "  ")] + indented).map { TextTable.printable($0) }.joined(separator: "\n")
    }

    /// "4617/6982", our ids, "4617" where it is the tunnel's own, "-" while there is none.
    private var ids: String {
        guard let session = record.sessionID else { return record.tunnelID.map { "\($0)" } ?? "-" }
        return "\(SessionName(tunnelID: record.tunnelID, sessionID: session))"
    }

    /// The line of `--json`.
    struct Line: Encodable {
        /// RFC 3339, in UTC.
        var time: String
        var direction: PacketRecord.Direction
        var kind: PacketRecord.Kind
        var local: String
        var remote: String
        var accessInterface: String?
        var pppoeSessionID: UInt16?
        var tunnelID: UInt32?
        var sessionID: UInt32?
        var peerTunnelID: UInt32?
        var peerSessionID: UInt32?
        var peer: String?
        var user: String?
        var message: String
        var ns: UInt16?
        var nr: UInt16?
        var identifier: UInt8?
        var fields: [Reading.Field]

        enum CodingKeys: String, CodingKey {
            case time, direction, kind, local, remote, peer, user, message, ns, nr, identifier, fields
            case accessInterface = "access_interface"
            case pppoeSessionID = "pppoe_session_id"
            case tunnelID = "tunnel_id"
            case sessionID = "session_id"
            case peerTunnelID = "peer_tunnel_id"
            case peerSessionID = "peer_session_id"
        }
    }

    var line: Line {
        Line(
            time: time.timestamp, direction: record.direction, kind: record.kind, local: record.local,
            remote: record.remote, accessInterface: record.accessInterface, pppoeSessionID: record.pppoeSessionID,
            tunnelID: record.tunnelID, sessionID: record.sessionID, peerTunnelID: record.peerTunnelID,
            peerSessionID: record.peerSessionID, peer: record.peer, user: record.user, message: reading.title,
            ns: reading.numbers?.ns, nr: reading.numbers?.nr, identifier: reading.identifier, fields: reading.fields)
    }
}
