import ControlProtocol

/// A line of `l2tpctl monitor --json` about the daemon: its event, and that it is the daemon's.
struct DaemonEventRecord: Encodable {
    private let event: EventRecord

    init(_ event: EventRecord) {
        self.event = event
    }

    private enum CodingKeys: String, CodingKey { case source }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode("daemon", forKey: .source)
        try event.encode(to: encoder)
    }
}
