import FoundationEssentials
import Glibc
import Linux

/// Programs for hooks.
enum Script {
    /// A program that says what it was told, in a file of its own for each test.
    static func write(_ body: String) throws -> (program: String, output: String) {
        let path = FileManager.default.temporaryDirectory.path + "/l2tpd-hook-" + UUID().uuidString
        try "#!/bin/sh\n[ -n \"$L2TPD_EVENT\" ] || exit\n\(body)\n".replacing("OUTPUT", with: path + ".out")
            .write(toFile: path, atomically: false, encoding: .utf8)
        _ = unsafe chmod(path, 0o700)
        // A child that another test was starting while the file was open holds it until it has become its own program.
        while true {
            do throws(Errno) {
                let trial = try ChildProcess(path, environment: [])
                while trial.reap() == nil { usleep(1000) }
                return (path, path + ".out")
            } catch {
                guard error.code == ETXTBSY else { throw error }
            }
            usleep(1000)
        }
    }

    static func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}
