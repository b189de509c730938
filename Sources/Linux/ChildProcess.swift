import CLinux
import Glibc

/// A program that runs beside this one, in a process group of its own: nothing on its standard input, what it prints on
/// our standard error, no signal blocked.
package final class ChildProcess {
    package enum End: Equatable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)

        package var description: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .killed(let signal): "killed by signal \(signal)"
            }
        }
    }

    private let process: pid_t
    private let handle: OwnedFD

    /// Starts a program without arguments, with these variables ("NAME=value") and no others.
    package init(_ path: String, environment: [String]) throws(Errno) {
        process = try Self.spawn(path, environment)
        do throws(Errno) {
            handle = OwnedFD(adopting: try systemCall("pidfd_open") { [process] in pidfd_open(process, 0) })
        } catch {
            // Without its descriptor nobody would hear of its end.
            _ = kill(-process, SIGKILL)
            _ = waitpid(process, nil, 0)
            throw error
        }
    }

    /// For `EventLoop.add`: readable when the program has ended.
    package var descriptor: Int32 { handle.rawValue }

    /// How the program ended; nil while it runs. To be asked until it has.
    package func reap() -> End? {
        var status: Int32 = 0
        guard unsafe waitpid(process, &status, WNOHANG) == process else { return nil }
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    }

    /// Ends it and what it started, unless that left its process group.
    package func end() {
        _ = kill(-process, SIGKILL)
    }

    private static func spawn(_ path: String, _ environment: [String]) throws(Errno) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, 2, 1)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

        let arguments = unsafe CStrings([path])
        let variables = unsafe CStrings(environment)
        defer {
            unsafe arguments.free()
            unsafe variables.free()
        }
        var process = pid_t()
        let code = unsafe posix_spawn(&process, path, &actions, &attributes, arguments.pointers, variables.pointers)
        guard code == 0 else { throw Errno("posix_spawn", code: code) }
        return process
    }
}

/// Strings as C has them, with a null pointer at the end.
@unsafe private struct CStrings {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) {
        unsafe pointers = strings.map { unsafe strdup($0) } + [nil]
    }

    func free() {
        unsafe pointers.forEach { unsafe Glibc.free($0) }
    }
}
