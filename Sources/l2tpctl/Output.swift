import SystemPackage

/// What goes to standard output and standard error.
enum Output {
    /// Writes at once, for those who read `--watch` through a pipe.
    static func say(_ text: String) throws(Failure) { try write(text + "\n") }

    /// As it is, at once.
    static func write(_ text: String) throws(Failure) {
        do {
            _ = try FileDescriptor.standardOutput.writeAll(Array(text.utf8))
        } catch {
            throw .noOutput(reason: "\(error)")
        }
    }

    /// Text on its way to standard output in few pieces: a list of thousands needs no call of the system for each row.
    struct Gathering {
        private static let most = 8192
        private var text = ""

        mutating func add(_ more: String) throws(Failure) {
            text += more
            if text.utf8.count >= Self.most { try flush() }
        }

        mutating func flush() throws(Failure) {
            if !text.isEmpty { try write(text) }
            text = ""
        }
    }

    static func complain(_ text: String) {
        guard !text.isEmpty else { return }
        // When standard error cannot be written, the exit status still tells.
        _ = try? FileDescriptor.standardError.writeAll(Array("l2tpctl: \(text)\n".utf8))
    }

    /// Whether standard output is a terminal, near enough: a device that takes characters.
    static var isTerminal: Bool {
        (try? FileDescriptor.standardOutput.stat())?.type == .characterSpecial
    }

    /// What is on the screen goes, the next text begins at its top.
    static func clear() throws(Failure) {
        if isTerminal { try write("\u{1b}[H\u{1b}[2J") }
    }
}
