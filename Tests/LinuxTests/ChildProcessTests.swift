import FoundationEssentials
import Glibc
import Linux
import Testing

@Suite struct ChildProcessTests {
    private func end(of process: ChildProcess) -> ChildProcess.End? {
        var poller = pollfd(fd: process.descriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&poller, 1, 30_000)
        return process.reap()
    }

    /// A child that another test starts may hold the script open for writing until its own program begins.
    private func started(_ path: String) throws -> ChildProcess {
        for _ in 0..<100 {
            do throws(Errno) {
                return try ChildProcess(path, environment: ["PATH=/usr/bin:/bin"])
            } catch {
                guard error.code == ETXTBSY else { throw error }
                usleep(20_000)
            }
        }
        return try ChildProcess(path, environment: ["PATH=/usr/bin:/bin"])
    }

    @Test func `a program that ends is told of by its descriptor`() throws {
        #expect(end(of: try ChildProcess("/bin/true", environment: [])) == .exited(0))
        #expect(end(of: try ChildProcess("/bin/false", environment: [])) == .exited(1))
    }

    @Test func `one that goes on is ended with what it started`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/l2tpd-child-" + UUID().uuidString
        try "#!/bin/sh\nsleep 600\n".write(toFile: path, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = unsafe chmod(path, 0o700)
        let process = try started(path)
        #expect(process.reap() == nil)
        process.end()
        #expect(end(of: process) == .killed(signal: SIGKILL))
    }

    @Test func `one that is not there fails at once`() {
        #expect(throws: Errno("posix_spawn", code: ENOENT)) { try ChildProcess("/nowhere", environment: []) }
    }
}
