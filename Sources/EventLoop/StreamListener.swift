import CLinux
import Glibc
package import Linux

/// A listening Unix stream socket; its file is removed with it.
package final class StreamListener {
    private let socket: OwnedFD
    private let path: String
    private let file: FileIdentity?

    /// Listens at `path`, whose file gets `mode` (0o660 lets a group in, 0o600 nobody) and belongs to `group`, nil for the
    /// process's own. A file left by a run that ended is replaced; one that somebody listens at is EADDRINUSE.
    package init(path: String, mode: UInt32 = 0o660, group: UInt32? = nil) throws(Errno) {
        let socket = try UnixSocket.make(SOCK_STREAM)
        try Self.removeLeftover(path)
        let descriptor = socket.rawValue
        // The file must not be open to others even for a moment: it gets its mode before anybody can connect, since
        // nobody can before listen().
        try UnixSocket.bind(descriptor, path)
        self.path = path
        self.socket = socket
        file = FileIdentity(path)
        if let group { _ = try systemCall("chown") { unsafe chown(path, uid_t.max, group) } }
        _ = try systemCall("chmod") { unsafe chmod(path, mode) }
        _ = try systemCall("listen") { listen(descriptor, 64) }
        try self.socket.setNonBlocking()
    }

    deinit {
        _ = unsafe unlink(path)
    }

    /// For `EventLoop.add`.
    package var descriptor: Int32 { socket.rawValue }

    /// Whether the path still leads here: anybody may remove the file, and nobody can connect any more.
    package var isInPlace: Bool { FileIdentity(path) == file }

    /// The next connection that waits; nil when none does. `limit` bounds the octets that wait to be sent on it.
    /// Throws when descriptors have run out: then stop watching the listener for a while.
    package func accept(limit: Int = 1 << 20) throws(Errno) -> StreamConnection? {
        do throws(Errno) {
            let descriptor = try systemCall("accept4") {
                accept4(socket.rawValue, nil, nil, Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue))
            }
            return try StreamConnection(adopting: OwnedFD(adopting: descriptor), limit: limit)
        } catch {
            switch error.code {
            case EAGAIN, ECONNABORTED: return nil
            default: throw error
            }
        }
    }

    private static func removeLeftover(_ path: String) throws(Errno) {
        let probe = try UnixSocket.make(SOCK_STREAM)
        do throws(Errno) {
            try UnixSocket.connect(probe.rawValue, path)
        } catch {
            // ECONNREFUSED: a socket's file without its socket. Other files are left to bind()'s EADDRINUSE.
            if error.code == ECONNREFUSED { _ = try systemCall("unlink") { unsafe unlink(path) } }
            return
        }
        throw Errno("bind", code: EADDRINUSE)
    }
}

/// What a path leads to.
private struct FileIdentity: Equatable {
    var device: dev_t
    var inode: ino_t

    /// Nil when it leads nowhere.
    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = status.st_dev
        inode = status.st_ino
    }
}
