import ArgumentParser
import ControlProtocol

/// How a session of the kernel's is named: by both local ids, or by its interface where it carries Ethernet.
enum KernelSessionName: Hashable, CustomStringConvertible {
    case ids(tunnel: UInt32, session: UInt32)
    case interface(String)

    static let help = ArgumentHelp(
        "TUNNEL/SESSION, both local ids, or the name of an Ethernet session's interface.", valueName: "session")

    static func parse(_ text: String) throws -> KernelSessionName {
        if let name = SessionName(text) {
            if let tunnel = name.tunnelID, tunnel > 0 { return .ids(tunnel: tunnel, session: name.sessionID) }
        } else if isInterface(text) {
            return .interface(text)
        }
        throw ValidationError("write TUNNEL/SESSION, or an interface's name")
    }

    /// What the kernel takes for an interface's name, and what is not taken for ids.
    static func isInterface(_ text: String) -> Bool {
        (1..<16).contains(text.utf8.count) && !text.contains { $0 == "/" || $0.isWhitespace }
            && SessionName(text) == nil
    }

    var description: String {
        switch self {
        case .ids(let tunnel, let session): "\(tunnel)/\(session)"
        case .interface(let name): name
        }
    }
}
