import Glibc
import SystemPackage

/// A terminal taken over for a full screen, until it is given back: keys come one by one and are not echoed, and what was
/// on the screen before comes back afterwards.
struct Terminal: ~Copyable {
    private let before: termios

    /// Nil where standard input or output is no terminal.
    init?() throws(Failure) {
        var modes = termios()
        guard isatty(0) == 1, isatty(1) == 1, unsafe tcgetattr(0, &modes) == 0 else { return nil }
        before = modes
        // Signals still come by keys, but for ^Z, which would leave the other screen behind.
        modes.c_lflag &= ~tcflag_t(ICANON | ECHO)
        unsafe withUnsafeMutableBytes(of: &modes.c_cc) { characters in
            unsafe characters[Int(VSUSP)] = 0
            unsafe characters[Int(VMIN)] = 0
            unsafe characters[Int(VTIME)] = 0
        }
        _ = unsafe tcsetattr(0, TCSADRAIN, &modes)
        try Output.write("\u{1b}[?1049h\u{1b}[?25l")
    }

    /// Gives it back.
    deinit {
        try? Output.write("\u{1b}[?25h\u{1b}[?1049l")
        var before = before
        _ = unsafe tcsetattr(0, TCSADRAIN, &before)
    }

    /// Columns and lines; 80 by 24 where it does not say.
    var size: (width: Int, height: Int) {
        var size = winsize()
        guard unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Each line in its place; the line before it is gone.
    borrowing func draw(_ lines: [String]) throws(Failure) {
        try Output.write("\u{1b}[H" + lines.joined(separator: "\u{1b}[K\r\n") + "\u{1b}[K\u{1b}[J")
    }

    /// The keys that were pressed, each a character or an escape sequence; nil when nobody can press any more.
    borrowing func keys() -> [String]? {
        var octets = [UInt8](repeating: 0, count: 256)
        let count = unsafe read(0, &octets, octets.count)
        guard count > 0 || count < 0 && errno == EINTR else { return nil }
        return Self.keys(in: String(decoding: octets.prefix(max(0, count)), as: UTF8.self))
    }

    static func keys(in text: String) -> [String] {
        var keys: [String] = []
        var rest = text.unicodeScalars[...]
        while let first = rest.popFirst() {
            var key = String(first)
            if first == "\u{1b}", let second = rest.first, second == "[" || second == "O" {
                key.unicodeScalars.append(rest.removeFirst())
                while let next = rest.popFirst() {
                    key.unicodeScalars.append(next)
                    if (0x40...0x7e).contains(next.value) { break }
                }
            }
            keys.append(key)
        }
        return keys
    }
}
