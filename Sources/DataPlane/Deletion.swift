import Glibc
import Linux
import Netlink

/// Deletion goes on after the kernel has answered the command: it is over when the kernel does not know the object.
extension L2TPNetlink {
    /// Deletes a session if there is one, and returns when there is none.
    func removeSession(_ key: SessionKey) throws(Errno) {
        try repeatedly { () throws(Errno) in
            guard try session(tunnel: key.tunnel, id: key.session) != nil else { return true }
            try deleteSession(tunnel: key.tunnel, id: key.session)
            return false
        }
    }

    /// Deletes a tunnel with its sessions if there is one, and returns when there is none.
    func removeTunnel(id: UInt32) throws(Errno) {
        try repeatedly { () throws(Errno) in
            guard try tunnel(id: id) != nil else { return true }
            try deleteTunnel(id: id)
            return false
        }
    }

    /// ENODEV: gone between question and command.
    private func repeatedly(_ isDone: () throws(Errno) -> Bool) throws(Errno) {
        var pause: UInt32 = 500
        while true {
            do throws(Errno) {
                if try isDone() { return }
            } catch {
                guard error.code == ENODEV else { throw error }
            }
            usleep(pause)
            pause = min(50_000, pause * 2)
        }
    }
}
