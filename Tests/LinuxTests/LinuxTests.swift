import Addresses
import Glibc
import Linux
import Testing

@Suite struct LinuxTests {
    private func isOpen(_ descriptor: Int32) -> Bool {
        fcntl(descriptor, F_GETFD, 0) != -1
    }

    @Test func `an owned descriptor is closed with its owner, a released one is not`() throws {
        var number: Int32 = -1
        do {
            let owned = OwnedFD(adopting: try systemCall("dup") { fcntl(0, F_DUPFD_CLOEXEC, 700) })
            number = owned.rawValue
            #expect(isOpen(number))
        }
        #expect(!isOpen(number))
        let owned = OwnedFD(adopting: try systemCall("dup") { fcntl(0, F_DUPFD_CLOEXEC, 700) })
        let released = owned.release()
        #expect(isOpen(released))
        _ = close(released)
    }

    @Test func `a closable descriptor is closed once, when told to`() throws {
        let owned = OwnedFD(adopting: try systemCall("dup") { fcntl(0, F_DUPFD_CLOEXEC, 800) })
        let descriptor = ClosableFD(owned)
        #expect(isOpen(descriptor.rawValue))
        descriptor.close()
        #expect(!isOpen(descriptor.rawValue))
        // Somebody else gets the number: a second close must not take it away.
        let other = try systemCall("dup") { fcntl(0, F_DUPFD_CLOEXEC, descriptor.rawValue) }
        #expect(other == descriptor.rawValue)
        descriptor.close()
        #expect(isOpen(other))
        _ = close(other)
    }

    @Test func `a failed call names itself and its error`() {
        #expect(throws: Errno("close", code: EBADF)) { try systemCall("close") { close(-1) } }
        #expect(Errno("connect", code: ECONNREFUSED).description == "connect: Connection refused (ECONNREFUSED)")
        #expect(Errno("made up", code: 9999).description == "made up: error 9999")
    }

    @Test func `an interrupted call is made again`() throws {
        var attempts = 0
        let result = try systemCall("test") { () -> Int32 in
            attempts += 1
            if attempts < 3 {
                errno = EINTR
                return -1
            }
            return 5
        }
        #expect(result == 5)
        #expect(attempts == 3)
    }

    @Test(arguments: [
        "192.0.2.1", "0.0.0.0", "2001:db8::1", "::", "fe80::1:2:3:4",
    ])
    func `endpoints survive the kernel's form`(text: String) throws {
        let endpoint = Endpoint(address: try #require(IPAddress(text)), port: 1701)
        let address = SocketAddress(endpoint)
        #expect(SocketAddress.endpoint(address.storage) == endpoint)
        #expect(Int32(address.storage.ss_family) == endpoint.address.family)
    }

    @Test func `a sockaddr has its fields in network order`() {
        let address = SocketAddress(Endpoint(address: .v4(IPv4Address(192, 0, 2, 1)), port: 1701))
        let octets = unsafe withUnsafeBytes(of: address.storage) { unsafe Array($0.prefix(8)) }
        #expect(octets.dropFirst(2) == [6, 165, 192, 0, 2, 1])
        #expect(address.length == 16)
    }

    @Test func `releases are ordered by their numbers`() throws {
        #expect(KernelRelease("6.1.0-56-amd64") == KernelRelease(6, 1))
        #expect(KernelRelease("6.12.117+deb12-amd64") == KernelRelease(6, 12))
        #expect(KernelRelease("7.0-rc1") == KernelRelease(7, 0))
        #expect(KernelRelease("nonsense") == nil)
        #expect(KernelRelease(6, 1) < KernelRelease(6, 11))
        #expect(KernelRelease(6, 12) > KernelRelease(6, 11))
        #expect(try KernelRelease.running() > KernelRelease(2, 6))
    }

    @Test func `the limit of descriptors is raised to the most allowed`() throws {
        var limit = rlimit()
        let raised = try DescriptorLimit.raise()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #expect(limit.rlim_cur == limit.rlim_max)
        #expect(UInt64(limit.rlim_cur) == raised)
    }
}

@Suite struct WallTimeTests {
    @Test func `a timestamp is read as it was written`() {
        let time = WallTime(milliseconds: 1_767_323_045_678)
        #expect(time.timestamp == "2026-01-02T03:04:05.678Z")
        #expect(WallTime(timestamp: time.timestamp) == time)
    }

    @Test(arguments: ["", "2026-01-02T03:04:05Z", "2026-01-02 03:04:05.678Z", "2026-01-02T03:04:05.67xZ"])
    func `nothing else is one`(text: String) {
        #expect(WallTime(timestamp: text) == nil)
    }
}
