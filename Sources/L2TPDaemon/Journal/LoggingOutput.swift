package import Configuration
import ControlProtocol
package import EventLoop
import Linux
import Synchronization
import SystemPackage

/// Where log lines go.
package enum LoggingOutput: Sendable {
    /// `write` takes a line without its newline.
    case lines(LoggingStyle, write: @Sendable (String) -> Void)
    case journal(Journald)

    /// systemd's journal, and how much it did not take.
    package final class Journald: Sendable {
        private let socket: JournalSocket
        private let lost = Atomic(0)

        package init(_ socket: consuming JournalSocket) {
            self.socket = socket
        }

        fileprivate func send(_ fields: [(name: String, value: String)]) {
            let missing = lost.load(ordering: .relaxed)
            if missing > 0 {
                let event = Journal.Event(
                    time: .now, level: .warning, message: "log lines lost", facts: ["count": "\(missing)"])
                if socket.send(LoggingLine.fields(event)) { _ = lost.subtract(missing, ordering: .relaxed) }
            }
            if !socket.send(fields) { _ = lost.add(1, ordering: .relaxed) }
        }
    }

    /// What the configuration asks for. Where it leaves the choice, systemd's journal is spoken to as itself, when it reads
    /// standard error, and anybody else gets text.
    ///
    /// `journalStream` is the environment's JOURNAL_STREAM: the device and the inode of the stream that systemd made; only when
    /// standard error is still that stream does the journal read it (systemd.exec(5)).
    package static func standard(for format: LogFormat, journalStream: String?) -> LoggingOutput {
        switch format {
        case .text: .standardError(.plain)
        case .json: .standardError(.json)
        case .journal: journal ?? .standardError(.journal)
        case .automatic: isJournal(journalStream) ? journal ?? .standardError(.journal) : .standardError(.plain)
        }
    }

    private static var journal: LoggingOutput? {
        do throws(Linux.Errno) {
            return .journal(Journald(try JournalSocket()))
        } catch {
            return nil
        }
    }

    private static func isJournal(_ journalStream: String?) -> Bool {
        guard let journalStream, let stream = try? FileDescriptor.standardError.stat() else { return false }
        return journalStream == "\(stream.deviceID.rawValue):\(stream.inode.rawValue)"
    }

    private static func standardError(_ style: LoggingStyle) -> LoggingOutput {
        .lines(style, write: CurrentProcess.complain)
    }

    func put(_ event: Journal.Event) {
        switch self {
        case .lines(let style, let write): write(LoggingLine(event, style).description)
        case .journal(let journal): journal.send(LoggingLine.fields(event))
        }
    }
}
