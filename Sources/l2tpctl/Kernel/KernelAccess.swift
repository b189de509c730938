import Glibc
import Instants
import Linux
import Netlink

/// The kernel's L2TP, asked without a daemon, in the network namespace that this program was started in.
struct KernelAccess {
    let family: L2TPFamily
    let l2tp: L2TPNetlink

    init() throws(Failure) {
        do {
            family = try L2TPFamily.resolve()
            l2tp = try L2TPNetlink(family)
        } catch {
            throw .kernel("the kernel's L2TP is not found", .find, error)
        }
    }

    /// Asks something of the kernel; `what` names what was not done when it refuses.
    func ask<Answer>(
        _ what: @autoclosure () -> String, _ task: KernelTask, _ question: (L2TPNetlink) throws(Errno) -> Answer
    ) throws(Failure) -> Answer {
        do {
            return try question(l2tp)
        } catch {
            throw .kernel(what(), task, error)
        }
    }

    /// A tunnel that must be there.
    func tunnel(_ id: UInt32) throws(Failure) -> KernelTunnel {
        let found = try ask("tunnel \(id) is not found", .show) { l2tp throws(Errno) in try l2tp.tunnel(id: id) }
        guard let found else { throw .noKernelObject("tunnel \(id)") }
        return found
    }

    /// A session that must be there.
    func session(_ name: KernelSessionName) throws(Failure) -> KernelSession {
        let found = try ask("session \(name) is not found", .show) { l2tp throws(Errno) in
            switch name {
            case .ids(let tunnel, let session): try l2tp.session(tunnel: tunnel, id: session)
            case .interface(let interface): try l2tp.session(ofInterface: interface)
            }
        }
        guard let found else { throw .noKernelObject("session \(name)") }
        return found
    }

    /// Deletion goes on after the kernel has answered the command; this returns when the object is gone.
    func waitUntil(
        _ what: String, isGone: (L2TPNetlink) throws(Errno) -> Bool
    ) throws(Failure) {
        // Linux 6.1 needs half a minute for a tunnel of 1,800 sessions.
        let deadline = Instant.now + .seconds(120)
        var pause: UInt32 = 1000
        while !(try ask("the end of \(what) is not seen", .delete, isGone)) {
            guard Instant.now < deadline else {
                throw .kernel(
                    what: "\(what) is not gone after 120 s",
                    reason: "the kernel still deletes it, or it was made again",
                    advice: "look at \"l2tpctl kernel show\"")
            }
            usleep(pause)
            pause = min(100_000, pause * 2)
        }
    }
}
