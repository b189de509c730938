import Addresses
import Configuration
import ControlProtocol
import EventLoop
import FoundationEssentials
import Linux
import Synchronization
import SystemPackage
import Testing

@testable import L2TPDaemon

@Suite struct LoggingTests {
    /// What was logged.
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func append(_ line: String) { lines.withLock { $0.append(line) } }
    }

    static func event(
        _ message: String, _ facts: Facts = [:], level: LogLevel = .info, at milliseconds: Int64 = 0
    ) -> Journal.Event {
        Journal.Event(time: WallTime(milliseconds: milliseconds), level: level, message: message, facts: facts)
    }

    static func line(_ message: String, _ facts: Facts = [:]) -> String {
        LoggingLine(event(message, facts), .journal).description
    }

    @Test func `a line is the message and its facts in the order of their names`() {
        let facts: Facts = [
            "tunnel_id": "7", "peer": "bras-1", "host_name": "two words", "empty": "", "equation": "a=b",
            "ids": #"["1"]"#,
        ]
        #expect(
            Self.line("tunnel established", facts) == """
                <6>tunnel established empty="" equation="a=b" host_name="two words" ids="[\\"1\\"]" peer=bras-1 \
                tunnel_id=7
                """)
    }

    @Test func `facts are in the order of their names, each once, and what is added wins`() {
        var facts: Facts = ["user": "alice", "peer": "bras-1"]
        facts["reason"] = "full"
        facts["user"] = nil
        facts["interface"] = nil
        #expect(facts.all.map(\.name) == ["peer", "reason"] && facts["peer"] == "bras-1" && facts["user"] == nil)
        let more = facts.adding(["tunnel_id": "7", "peer": "bras-2", "code": "4"])
        #expect(more.all.map(\.name) == ["code", "peer", "reason", "tunnel_id"])
        #expect(more.all.map(\.value) == ["4", "bras-2", "full", "7"])
    }

    @Test func `the journal gets the priority, a person the time and the level`() {
        let priorities: [LogLevel: String] = [
            .trace: "<7>", .debug: "<7>", .info: "<6>", .notice: "<5>", .warning: "<4>", .error: "<3>",
            .critical: "<2>",
        ]
        for (level, expected) in priorities {
            #expect(LoggingLine(Self.event("m", level: level), .journal).description == expected + "m")
        }
        let line = LoggingLine(Self.event("m", level: .warning, at: 500), .plain)
        #expect(line.description == "1970-01-01T00:00:00.500Z warning m")
    }

    @Test func `what a peer sent can neither begin a line nor move the cursor`() {
        let line = Self.line("m\n<0>x", ["host_name": "a\r\n<0>forged\u{1b}[2J\u{9b}\u{2028}\"\\"])
        #expect(
            line == #"<6>m\u{a}<0>x host_name="a\u{d}\u{a}<0>forged\u{1b}[2J\u{9b}\u{2028}\"\\""#)
    }

    @Test func `the level changes what is logged from then on`() {
        let (journal, lines) = JournalTests.journal()
        journal.debug("unseen")
        journal.info("seen")
        journal.level = .debug
        journal.debug("seen too")
        journal.level = .error
        journal.warning("unseen")
        journal.error("an error")
        #expect(lines.all == ["<6>seen", "<7>seen too", "<3>an error"])
    }

    @Test func `HRD-07 no secret reaches the log, however it is handed over`() {
        let (journal, lines) = JournalTests.journal()
        let secret = Secret("hush-hush")
        let peer = Peer(
            name: "bras-1", tunnel: TunnelSettings(secret: secret),
            ending: .here(PPPProfile(name: "p", authentication: [], localAddress: .init(10, 0, 0, 1))))
        let user = User(name: "alice", password: secret)
        journal.info("\(secret) \(peer) \(user)")
        let facts: Facts = [
            "given": secret.description, "described": "\(secret)", "peer": "\(peer)", "user": "\(user)",
            "list": "\([secret])", "reflected": "\(String(reflecting: user))",
            // By name alone, for text that somebody took out of its type.
            "secret": "hush-hush", "password": "hush-hush",
        ]
        journal.isFollowed = true
        journal.info("m", facts)
        let refused = #expect(throws: ConfigurationError.self) {
            _ = try Configuration(parsing: Array("[[peer]]\nsecret = [\"hush-hush\"]".utf8), file: "f") { _ in [] }
        }
        journal.error("m", ["error": "\(refused.map { "\($0)" } ?? "")"])
        let text = lines.all.joined(separator: "\n")
        #expect(lines.all.count == 3)
        #expect(text.contains("bras-1") && text.contains("alice") && text.contains("<redacted>"))
        #expect(!text.contains("hush"))
        #expect(!text.contains("104, 117, 115, 104"))
        let news = journal.takeNews()
        #expect(news.count == 2 && news.first?.details?["secret"] == "<redacted>" && !"\(news)".contains("hush"))
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
        let event = Self.event(
            "m", ["tunnel_id": "7", "session_id": "?", "user": "a\"\n\\\u{1b}"], level: .notice, at: 500)
        let line = LoggingLine(event, .json)
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
            Self.event("call refused", ["tunnel_id": "7", "password": "hush"], level: .warning))
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
