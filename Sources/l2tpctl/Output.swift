import EventLoop
import SystemPackage

/// What goes to standard output and standard error.
enum Output {
    static func say(_ text: String) { print(text) }

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
    static func clear() {
        if isTerminal { print("\u{1b}[H\u{1b}[2J", terminator: "") }
    }
}
