import ControlProtocol

/// Why the command failed: what, where, and what to do. Its status is the program's.
enum Failure: Error, Hashable, CustomStringConvertible {
    /// Nobody listens at the socket.
    case noDaemon(socket: String, reason: String)
    /// The socket is there but cannot be used.
    case noAccess(socket: String, reason: String)
    /// The connection broke, or nothing came in time.
    case noAnswer(socket: String, reason: String)
    /// What came is no reply to what was asked.
    case notUnderstood(socket: String, reason: String)
    /// Standard output takes nothing.
    case noOutput(reason: String)
    /// A file is not made, or not written.
    case noFile(String, reason: String, advice: String)
    /// The daemon said no.
    case refused(ControlError)
    /// The kernel said no.
    case kernel(what: String, reason: String, advice: String)
    /// Told already, line by line.
    case told

    var status: Int32 {
        switch self {
        case .noDaemon: 2
        case .noAccess, .noAnswer, .notUnderstood, .noOutput, .noFile, .refused, .kernel, .told: 1
        }
    }

    var description: String {
        switch self {
        case .noDaemon(let socket, let reason):
            "l2tpd is not running on \(socket) (\(reason)); start it, or name its socket with --socket"
        case .noAccess(let socket, let reason):
            "\(socket) cannot be used (\(reason)); run this as root or as one whom the socket's mode lets in"
        case .noAnswer(let socket, let reason):
            "l2tpd on \(socket) gave no answer: \(reason); its log may tell why"
        case .notUnderstood(let socket, let reason):
            "what answers on \(socket) is not understood: \(reason); is it an l2tpd of version "
                + "\(VersionRecord.current.version)?"
        case .noOutput(let reason): "standard output cannot be written (\(reason))"
        case .noFile(let path, let reason, let advice): "\(path) is not written (\(reason)); \(advice)"
        case .refused(let error): error.message
        case .kernel(let what, let reason, let advice): "\(what) (\(reason)); \(advice)"
        case .told: ""
        }
    }
}
