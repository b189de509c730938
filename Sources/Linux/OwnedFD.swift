import Glibc

/// A descriptor with one owner, closed when the owner is gone.
///
/// Closing can block for milliseconds in the kernel (PPP sockets, units): whoever owns one decides on which thread it goes.
package struct OwnedFD: ~Copyable, Sendable {
    package let rawValue: Int32

    /// Takes over an open descriptor that nobody else will close.
    package init(adopting rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        _ = Glibc.close(rawValue)
    }

    /// Gives the descriptor up without closing it.
    package consuming func release() -> Int32 {
        let number = rawValue
        discard self
        return number
    }

    /// Another descriptor of the same open file.
    package borrowing func duplicate() throws(Errno) -> OwnedFD {
        let number = rawValue
        return OwnedFD(adopting: try systemCall("fcntl") { fcntl(number, F_DUPFD_CLOEXEC, 0) })
    }

    package borrowing func setNonBlocking() throws(Errno) {
        let number = rawValue
        let flags = try systemCall("fcntl") { fcntl(number, F_GETFL, 0) }
        _ = try systemCall("fcntl") { fcntl(number, F_SETFL, flags | O_NONBLOCK) }
    }
}
