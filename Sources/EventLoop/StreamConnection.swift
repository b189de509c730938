import CLinux
import Glibc
package import Linux

/// Who is at the other end of a Unix socket, as the kernel vouches.
package struct PeerCredentials: Hashable, Sendable {
    package var process: Int32
    package var user: UInt32
    package var group: UInt32
}

/// One end of a connected Unix stream socket, non-blocking, with a bounded buffer for what cannot be sent yet. How the
/// octets are framed is the caller's business.
package final class StreamConnection {
    package enum Reading: Hashable, Sendable {
        case octets([UInt8])
        /// Nothing now.
        case empty
        /// The other end sends no more.
        case end
    }

    /// The other end reads too slowly: the buffer would grow over its limit.
    package struct Overflow: Error, Hashable, Sendable {}

    private let socket: OwnedFD
    private var unsent: [UInt8] = []
    private var sentOfUnsent = 0
    private let limit: Int
    package let peer: PeerCredentials

    /// Takes over a connected, non-blocking socket. `limit` bounds the octets that wait to be sent.
    init(adopting socket: consuming OwnedFD, limit: Int) throws(Errno) {
        var credentials = clinux_credentials()
        var size = socklen_t(MemoryLayout<clinux_credentials>.size)
        let descriptor = socket.rawValue
        self.socket = socket
        self.limit = limit
        _ = try systemCall("getsockopt") {
            unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size)
        }
        peer = PeerCredentials(process: credentials.process, user: credentials.user, group: credentials.group)
    }

    /// Connects to the socket at `path`: for clients.
    package convenience init(connectingTo path: String, limit: Int = 1 << 20) throws(Errno) {
        let socket = try UnixSocket.make(SOCK_STREAM)
        try UnixSocket.connect(socket.rawValue, path)
        try socket.setNonBlocking()
        try self.init(adopting: socket, limit: limit)
    }

    /// For `EventLoop.add`.
    package var descriptor: Int32 { socket.rawValue }

    /// Octets that wait to be sent: while there are any, watch for `.writable` and call `flush`.
    package var pendingOctets: Int { unsent.count - sentOfUnsent }

    /// What has come, at most `count` octets. Errors of the connection are its end.
    package func read(upTo count: Int = 65_536) -> Reading {
        var octets = [UInt8](repeating: 0, count: count)
        do {
            let got = try systemCall("read") { unsafe Glibc.read(socket.rawValue, &octets, count) }
            return got == 0 ? .end : .octets(Array(octets[..<got]))
        } catch {
            return error.code == EAGAIN ? .empty : .end
        }
    }

    /// Sends, or keeps for `flush`. Throws without having taken any of it when the buffer would exceed its limit: the
    /// caller then waits for room or drops the connection.
    package func write(_ octets: [UInt8]) throws(Overflow) {
        guard pendingOctets + octets.count <= limit else { throw Overflow() }
        unsent += octets
        flush()
    }

    /// Sends as much of the waiting octets as the socket takes. When the other end is gone they are dropped: reading
    /// tells the end.
    package func flush() {
        while pendingOctets > 0 {
            let sent = unsafe unsent.withUnsafeBytes { all in
                let rest = unsafe all[sentOfUnsent...]
                return unsafe send(
                    socket.rawValue, rest.base.baseAddress?.advanced(by: sentOfUnsent), rest.count, flags)
            }
            if sent > 0 {
                sentOfUnsent += sent
            } else if errno != EINTR {
                if errno != EAGAIN { sentOfUnsent = unsent.count }
                break
            }
        }
        // Octets that are gone are not moved at every call, only when they are the greater part.
        if sentOfUnsent * 2 >= unsent.count {
            unsent.removeFirst(sentOfUnsent)
            sentOfUnsent = 0
        }
    }

    private let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
}
