import Addresses
import Configuration
import ControlProtocol
import EventLoop
import FoundationEssentials
import L2TPDaemon
import Logging
import Synchronization
import SystemPackage
import Testing

@Suite struct LoggingTests {
    /// What was logged.
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func append(_ line: String) { lines.withLock { $0.append(line) } }
    }

    static func logger(_ threshold: LoggingThreshold = LoggingThreshold(.info)) -> (Logger, Lines) {
        let lines = Lines()
        let handler = LoggingHandler(threshold: threshold, output: .lines(.journal, write: { lines.append($0) }))
        return (Logger(label: "test", factory: { _ in handler }), lines)
    }

    struct Failure: Error {}

    static func line(_ message: String, _ metadata: Logger.Metadata = [:], error: (any Error)? = nil) -> String {
        LoggingLine(
            level: .info, message: message, metadata: metadata, error: error, style: .journal, at: Date.distantPast
        ).description
    }

    @Test func `a line is the message and its metadata in the order of the keys`() {
        let metadata: Logger.Metadata = [
            "tunnel_id": "7", "peer": "bras-1", "host_name": "two words", "empty": "", "equation": "a=b",
            "ids": ["1", "2"],
        ]
        #expect(
            Self.line("tunnel established", metadata, error: Failure()) == """
                <6>tunnel established empty="" equation="a=b" host_name="two words" ids="[\\"1\\", \\"2\\"]" peer=bras-1 \
                tunnel_id=7 error=Failure()
                """)
    }

    @Test func `the journal gets the priority, a person the time and the level`() {
        let priorities: [Logger.Level: String] = [
            .trace: "<7>", .debug: "<7>", .info: "<6>", .notice: "<5>", .warning: "<4>", .error: "<3>",
            .critical: "<2>",
        ]
        for (level, expected) in priorities {
            let line = LoggingLine(
                level: level, message: "m", metadata: [:], error: nil, style: .journal, at: .distantPast)
            #expect(line.description == expected + "m")
        }
        let line = LoggingLine(
            level: .warning, message: "m", metadata: [:], error: nil, style: .plain,
            at: Date(timeIntervalSince1970: 0.5))
        #expect(line.description == "1970-01-01T00:00:00.500Z warning m")
    }

    @Test func `what a peer sent can neither begin a line nor move the cursor`() {
        let line = Self.line("m\n<0>x", ["host_name": "a\r\n<0>forged\u{1b}[2J\u{9b}\u{2028}\"\\"])
        #expect(
            line == #"<6>m\u{a}<0>x host_name="a\u{d}\u{a}<0>forged\u{1b}[2J\u{9b}\u{2028}\"\\""#)
    }

    @Test func `the level changes for every logger at once`() {
        let threshold = LoggingThreshold(.info)
        let (logger, lines) = Self.logger(threshold)
        logger.debug("unseen")
        logger.info("seen")
        threshold.level = .debug
        logger.debug("seen too")
        threshold.level = .error
        logger.warning("unseen")
        logger.error("an error")
        #expect(lines.all == ["<6>seen", "<7>seen too", "<3>an error"])
        for level in LogLevel.allCases {
            threshold.level = level
            #expect(logger.logLevel.rawValue == level.rawValue)
        }
    }

    @Test func `a logger's own metadata comes with each of its lines and gives way to the line's`() {
        var (logger, lines) = Self.logger()
        logger[metadataKey: "tunnel_id"] = "7"
        logger[metadataKey: "state"] = "idle"
        logger.info("m", metadata: ["state": "established"])
        #expect(lines.all == ["<6>m state=established tunnel_id=7"])
    }

    @Test func `HRD-07 no secret reaches the log, however it is handed over`() {
        let (logger, lines) = Self.logger()
        let secret = Secret("hush-hush")
        let peer = Peer(
            name: "bras-1", tunnel: TunnelSettings(secret: secret),
            ending: .here(PPPProfile(name: "p", authentication: [], localAddress: .init(10, 0, 0, 1))))
        let user = User(name: "alice", password: secret)
        logger.info("\(secret) \(peer) \(user)")
        logger.info(
            "m",
            metadata: [
                "given": .stringConvertible(secret), "described": "\(secret)", "peer": "\(peer)", "user": "\(user)",
                "list": .array([.stringConvertible(secret)]), "reflected": "\(String(reflecting: user))",
                // By name alone, for text that somebody took out of its type.
                "secret": "hush-hush", "password": "hush-hush",
            ])
        let refused = #expect(throws: ConfigurationError.self) {
            _ = try Configuration(parsing: Array("[[peer]]\nsecret = [\"hush-hush\"]".utf8), file: "f") { _ in [] }
        }
        logger.error("m", error: refused)
        let text = lines.all.joined(separator: "\n")
        #expect(lines.all.count == 3)
        #expect(text.contains("bras-1") && text.contains("alice") && text.contains("<redacted>"))
        #expect(!text.contains("hush"))
        #expect(!text.contains("104, 117, 115, 104"))
    }

    @Test(arguments: [nil, "", "1:2", "not a stream"]) func `standard error that is no journal stream gets plain lines`(
        journalStream: String?
    ) {
        #expect(Self.style(of: .standard(for: .automatic, journalStream: journalStream)) == .plain)
    }

    /// Nil: the journal itself is spoken to.
    static func style(of output: LoggingOutput) -> LoggingStyle? {
        switch output {
        case .lines(let style, write: _): style
        case .journal: nil
        }
    }

    @Test
    func `standard error that is the journal's stream gets the journal, or priorities where it cannot be reached`()
        throws
    {
        let stream = try FileDescriptor.standardError.stat()
        let journalStream = "\(stream.deviceID.rawValue):\(stream.inode.rawValue)"
        let isThere = FileManager.default.fileExists(atPath: JournalSocket.usualPath)
        let expected: LoggingStyle? = isThere ? nil : .journal
        #expect(Self.style(of: .standard(for: .automatic, journalStream: journalStream)) == expected)
        #expect(Self.style(of: .standard(for: .journal, journalStream: nil)) == expected)
        #expect(Self.style(of: .standard(for: .text, journalStream: journalStream)) == .plain)
        #expect(Self.style(of: .standard(for: .json, journalStream: journalStream)) == .json)
    }

    @Test func `a line of JSON is an object, whatever a peer has sent`() throws {
        let line = LoggingLine(
            level: .notice, message: "m", metadata: ["tunnel_id": "7", "session_id": "?", "user": "a\"\n\\\u{1b}"],
            error: nil, style: .json, at: Date(timeIntervalSince1970: 0.5))
        #expect(
            line.description == #"{"time":"1970-01-01T00:00:00.500Z","level":"notice","event":"m","#
                + #""session_id":"?","tunnel_id":7,"user":"a\"\u000a\\\u001b"}"#)
        #expect(try JSONDecoder().decode([String: Mixed].self, from: Data(line.description.utf8)).count == 6)
    }

    private enum Mixed: Decodable {
        case number(Int)
        case text(String)
        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            self = try (try? value.decode(Int.self)).map { .number($0) } ?? .text(value.decode(String.self))
        }
    }

    @Test func `the journal gets each value in a field of its own`() {
        let fields = LoggingLine.fields(
            level: .warning, message: "call refused", metadata: ["tunnel_id": "7", "password": "hush"], error: nil)
        #expect(
            fields.map(\.name) == [
                "MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "L2TPD_EVENT", "L2TPD_PASSWORD", "L2TPD_TUNNEL_ID",
            ])
        #expect(
            fields.map(\.value) == [
                "call refused password=<redacted> tunnel_id=7", "4", "l2tpd", "call refused", "<redacted>", "7",
            ])
        let octets = JournalSocket.datagram([("A", "b"), ("C", "d\nE=f")])
        #expect(octets == Array("A=b\nC\n".utf8) + [5, 0, 0, 0, 0, 0, 0, 0] + Array("d\nE=f\n".utf8))
    }
}
