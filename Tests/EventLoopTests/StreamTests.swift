import CLinux
import EventLoop
import Glibc
import Instants
import Linux
import Testing

@Suite struct StreamTests {
    /// A path in a directory of its own, which goes with the test.
    private final class Place {
        let directory: String
        var path: String { directory + "/control.sock" }

        init() throws {
            var template = Array("/tmp/l2tpd-test-XXXXXX".utf8CString)
            guard unsafe mkdtemp(&template) != nil else { throw Errno.last("mkdtemp") }
            directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        deinit {
            _ = unsafe unlink(path)
            _ = unsafe rmdir(directory)
        }
    }

    private func mode(_ path: String) -> UInt32? {
        var information = stat()
        return unsafe stat(path, &information) == 0 ? information.st_mode & 0o777 : nil
    }

    @Test func `a client is accepted, with the credentials that the kernel vouches for`() throws {
        let place = try Place()
        let listener = try StreamListener(path: place.path)
        #expect(try listener.accept() == nil)
        let client = try StreamConnection(connectingTo: place.path)
        let server = try #require(try listener.accept())
        #expect(server.peer.process == getpid())
        #expect(server.peer.user == geteuid())
        #expect(server.read() == .empty)
        try client.write(Array("hello\n".utf8))
        #expect(server.read() == .octets(Array("hello\n".utf8)))
        try server.write(Array("world\n".utf8))
        #expect(client.read() == .octets(Array("world\n".utf8)))
    }

    @Test(arguments: [0o660, 0o600] as [UInt32])
    func `the socket's file has its mode, and goes with the listener`(wanted: UInt32) throws {
        let place = try Place()
        do {
            let listener = try StreamListener(path: place.path, mode: wanted)
            #expect(mode(place.path) == wanted)
            _ = listener.descriptor
        }
        #expect(mode(place.path) == nil)
    }

    @Test func `a file left behind is replaced, a listener in use is not`() throws {
        let place = try Place()
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let octets = Array(place.path.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: octets) }
        let bound = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        close(descriptor)
        #expect(mode(place.path) != nil)
        let listener = try StreamListener(path: place.path)
        #expect(throws: Errno("bind", code: EADDRINUSE)) { try StreamListener(path: place.path) }
        // The one in use has not suffered.
        _ = try StreamConnection(connectingTo: place.path)
        #expect(try listener.accept() != nil)
    }

    @Test func `a path that is too long is refused`() {
        #expect(throws: Errno("bind", code: ENAMETOOLONG)) {
            try StreamListener(path: "/tmp/" + String(repeating: "x", count: 200))
        }
    }

    @Test func `the end of the other side is told after what it sent`() throws {
        let place = try Place()
        let listener = try StreamListener(path: place.path)
        var client: StreamConnection? = try StreamConnection(connectingTo: place.path)
        let server = try #require(try listener.accept())
        try client?.write([1, 2, 3])
        client = nil
        #expect(server.read() == .octets([1, 2, 3]))
        #expect(server.read() == .end)
        // Writing to nobody is no signal and no error; the reading tells.
        try server.write([1])
        #expect(server.pendingOctets == 0)
    }

    @Test func `a slow reader gets everything in order, and a limit`() throws {
        let place = try Place()
        let listener = try StreamListener(path: place.path)
        let client = try StreamConnection(connectingTo: place.path)
        let server = try #require(try listener.accept(limit: 1_000_000))
        let chunk = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var written = 0
        do {
            while written < 100 {
                try server.write(chunk)
                written += 1
            }
            Issue.record("ten megabytes were taken with a limit of one")
        } catch {
            #expect(server.pendingOctets > 900_000 - chunk.count)
            #expect(server.pendingOctets <= 1_000_000)
        }
        let loop = try EventLoop()
        let token = Token(owner: 1, value: 1)
        try loop.add(server.descriptor, token, for: .writable)
        var received: [UInt8] = []
        while received.count < written * chunk.count {
            while case .octets(let octets) = client.read() { received += octets }
            if try loop.wait(until: .now).contains(.writable(token)) { server.flush() }
        }
        #expect(server.pendingOctets == 0)
        #expect(received == Array(repeatElement(chunk, count: written).joined()))
        // There is room again.
        try server.write(chunk)
    }

    @Test func `a service's state reaches its manager`() throws {
        let place = try Place()
        let manager = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(manager) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let octets = Array(place.path.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: octets) }
        _ = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(manager, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let notifier = try ServiceNotifier(address: place.path)
        try notifier.notify("READY=1\nSTATUS=serving")
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = unsafe recv(manager, &buffer, 100, 0)
        #expect(String(decoding: buffer.prefix(count), as: UTF8.self) == "READY=1\nSTATUS=serving")
        #expect(throws: Errno("connect", code: ENOENT)) { _ = try ServiceNotifier(address: "/nowhere/at/all") }
    }
}
