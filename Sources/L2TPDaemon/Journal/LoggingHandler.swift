package import ControlProtocol
private import FoundationEssentials
import Instants
package import Logging
private import Synchronization
private import SystemPackage

/// The level that is logged from on, which a reload or `l2tpctl` changes for every logger at once.
package final class LoggingThreshold: Sendable {
    /// The level's place in `LogLevel.allCases`. Workers log too; an atomic needs no lock.
    private let place: Atomic<Int>

    package init(_ level: LogLevel) {
        place = Atomic(Self.place(of: level))
    }

    package var level: LogLevel {
        get { LogLevel.allCases[place.load(ordering: .relaxed)] }
        set { place.store(Self.place(of: newValue), ordering: .relaxed) }
    }

    private static func place(of level: LogLevel) -> Int { LogLevel.allCases.firstIndex(of: level) ?? 0 }
}

/// Writes log lines, each with one system call, to standard error or to systemd's journal.
///
///     let threshold = LoggingThreshold(configuration.logLevel)
///     let logger = LoggingHandler.logger(threshold, .standard(for: configuration.logFormat, journalStream: ...))
package struct LoggingHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let threshold: LoggingThreshold
    private let output: LoggingOutput

    package init(threshold: LoggingThreshold, output: LoggingOutput) {
        self.threshold = threshold
        self.output = output
    }

    /// The daemon's logger.
    package static func logger(_ threshold: LoggingThreshold, _ output: LoggingOutput) -> Logger {
        Logger(label: "l2tpd", factory: { _ in LoggingHandler(threshold: threshold, output: output) })
    }

    package var logLevel: Logger.Level {
        get { Logger.Level(rawValue: threshold.level.rawValue) ?? .info }
        set { threshold.level = LogLevel(rawValue: newValue.rawValue) ?? .info }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = event.metadata ?? [:]
        if let provided = metadataProvider?.get() { all.merge(provided) { own, _ in own } }
        if !metadata.isEmpty { all.merge(metadata) { own, _ in own } }
        output.put(level: event.level, message: "\(event.message)", metadata: all, error: event.error)
    }
}
