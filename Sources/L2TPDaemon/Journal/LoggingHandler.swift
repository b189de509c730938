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

/// Writes log lines to standard error, each with one system call.
///
///     let threshold = LoggingThreshold(configuration.logLevel)
///     let logger = LoggingHandler.logger(threshold, style: LoggingHandler.style(journalStream: ...))
package struct LoggingHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let threshold: LoggingThreshold
    private let style: LoggingStyle
    private let write: @Sendable (String) -> Void

    /// `write` takes a line without its newline.
    package init(
        threshold: LoggingThreshold, style: LoggingStyle,
        write: @escaping @Sendable (String) -> Void = Self.writeToStandardError
    ) {
        self.threshold = threshold
        self.style = style
        self.write = write
    }

    /// The daemon's logger.
    package static func logger(_ threshold: LoggingThreshold, style: LoggingStyle) -> Logger {
        Logger(label: "l2tpd", factory: { _ in LoggingHandler(threshold: threshold, style: style) })
    }

    /// The style for this standard error. `journalStream` is the environment's JOURNAL_STREAM: the device and the inode of the
    /// stream that systemd made; only when standard error is still that stream does the journal read it (systemd.exec(5)).
    package static func style(journalStream: String?) -> LoggingStyle {
        guard let journalStream, let stream = try? FileDescriptor.standardError.stat() else { return .plain }
        return journalStream == "\(stream.deviceID.rawValue):\(stream.inode.rawValue)" ? .journal : .plain
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
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        let line = LoggingLine(
            level: event.level, message: "\(event.message)", metadata: all, error: event.error, style: style, at: .now)
        write("\(line)")
    }

    package static func writeToStandardError(_ line: String) {
        // A log that cannot be written has nobody to be told to.
        _ = try? FileDescriptor.standardError.writeAll(Array(line.utf8) + [0x0a])
    }
}
