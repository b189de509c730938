import ControlProtocol
private import DequeModule
import Instants
import Linux
import Logging

/// What happens, told once: to the log, to those who follow it live, to the story of the tunnel or session that it happened
/// to, and, when something failed, to the list of late failures.
///
/// Whoever tells uses the same words for the same thing and puts what differs into the metadata, by the keys of
/// `EventRecord` and of the log.
final class Journal {
    private let log: Logger
    private var stories: [Subject: Story] = [:]
    private var withholding = Withholding()
    private var failures: Deque<Event> = []
    private var news: [Event] = []
    /// Whether anybody takes the news.
    var isFollowed = false

    /// Failures that are remembered, the oldest give way.
    static let mostFailures = 1000

    init(_ log: Logger) {
        self.log = log
    }

    // MARK: - Telling

    /// What only somebody who looks for a fault wants to see; it is for the log alone.
    func debug(_ message: @autoclosure () -> Logger.Message, metadata: @autoclosure () -> Logger.Metadata? = nil) {
        log.debug(message(), metadata: metadata())
    }

    func info(_ message: Logger.Message, metadata: Logger.Metadata = [:]) { tell(.info, message, metadata) }
    func notice(_ message: Logger.Message, metadata: Logger.Metadata = [:]) { tell(.notice, message, metadata) }
    func warning(_ message: Logger.Message, metadata: Logger.Metadata = [:]) { tell(.warning, message, metadata) }
    func error(_ message: Logger.Message, metadata: Logger.Metadata = [:]) { tell(.error, message, metadata) }

    private func tell(_ level: LogLevel, _ message: Logger.Message, _ metadata: Logger.Metadata) {
        // What work was done for cannot come faster than work. Failures cost those nothing who provoke them.
        if level > .info, !withholding.admits("\(message)", of: metadata["peer"]?.description, at: .now) { return }
        log.log(level: level.logger, message, metadata: metadata)
        let event = Event(time: .now, level: level, message: message, metadata: metadata)
        if let subject = event.subject { stories[subject]?.append(event) }
        if level > .info, metadata["reason"] != nil || metadata["error"] != nil {
            if failures.count >= Self.mostFailures { failures.removeFirst() }
            failures.append(event)
        }
        if isFollowed { news.append(event) }
    }

    /// When `timeout` is due.
    var deadline: Instant? { withholding.deadline }

    /// Tells of what was withheld because there was too much of it.
    func timeout(at now: Instant) {
        for (event, count) in withholding.takeCounts(at: now) {
            tell(.notice, "like events withheld", ["event": "\(event)", "count": "\(count)"])
        }
    }

    // MARK: - Asking

    /// What happened since this was last asked, while `isFollowed`.
    func takeNews() -> [EventRecord] {
        defer { news = [] }
        return news.map(\.record)
    }

    /// The latest failures, oldest first.
    func failures(_ filter: EventFilter) -> [EventRecord] { failures.map(\.record).filter(filter.matches) }

    /// The latest of what happened to a tunnel or a session, oldest first.
    func story(of subject: Subject) -> [EventRecord] { stories[subject]?.events.map(\.record) ?? [] }

    /// How many tunnels and sessions have a story.
    var storyCount: Int { stories.count }

    /// From now on what happens to it is remembered, until `forget`.
    func follow(_ subject: Subject) {
        stories[subject] = Story()
    }

    func forget(_ subject: Subject) {
        stories[subject] = nil
    }
}

extension LogLevel {
    /// The same level as the logging library calls it.
    var logger: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}
