package import ControlProtocol
private import DequeModule
import Instants
import Linux

/// What happens, told once: to the log, to those who follow it live, to the story of the tunnel or session that it happened
/// to, and, when something failed, to the list of late failures.
package final class Journal {
    /// What is logged from on. The stories and the followers get everything but what is for the log alone.
    var level: LogLevel
    private let output: LoggingOutput
    private var stories: [Subject: Story] = [:]
    private var withholding = Withholding()
    private var failures: Deque<Event> = []
    private var news: [Event] = []
    /// Whether anybody takes the news.
    var isFollowed = false

    /// Failures that are remembered, the oldest give way.
    static let mostFailures = 1000

    package init(_ level: LogLevel, _ output: LoggingOutput) {
        self.level = level
        self.output = output
    }

    // MARK: - Telling

    /// What only somebody who looks for a fault wants to see; it is for the log alone.
    func debug(_ message: @autoclosure () -> String, _ facts: @autoclosure () -> Facts = [:]) {
        guard level <= .debug else { return }
        output.put(Event(time: .now, level: .debug, message: message(), facts: facts()))
    }

    func info(_ message: String, _ facts: Facts = [:]) { tell(.info, message, facts) }
    func notice(_ message: String, _ facts: Facts = [:]) { tell(.notice, message, facts) }
    func warning(_ message: String, _ facts: Facts = [:]) { tell(.warning, message, facts) }
    func error(_ message: String, _ facts: Facts = [:]) { tell(.error, message, facts) }

    private func tell(_ level: LogLevel, _ message: String, _ facts: Facts) {
        // What work was done for cannot come faster than work. Failures cost those nothing who provoke them.
        if level > .info, !withholding.admits(message, of: facts["peer"], at: .now) { return }
        let event = Event(time: .now, level: level, message: message, facts: facts)
        if level >= self.level { output.put(event) }
        if let subject = event.subject { stories[subject]?.append(event) }
        if event.isFailure {
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
            tell(.notice, "like events withheld", ["count": "\(count)", "event": event])
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
