import Glibc
import Linux
import Testing

@Suite struct ProcessUsageTests {
    @Test func `a process knows what it uses`() throws {
        let usage = try ProcessUsage.now()
        #expect(usage.residentMemory > 1 << 20 && usage.virtualMemory > usage.residentMemory)
        #expect(usage.mostDescriptors >= 64)
        var sink = 0.0
        while try ProcessUsage.now().cpuSeconds <= usage.cpuSeconds { sink += 1 }
        #expect(sink >= 0)
    }

    @Test func `descriptors are counted, on an older kernel behind our back`() throws {
        let count = DescriptorCount()
        let before = count.read()
        #expect(before >= 3)
        // More than the tests beside this one are likely to close meanwhile.
        let folders = try (0..<500).map { _ in
            try systemCall("open") { unsafe open("/", O_RDONLY | O_CLOEXEC) }
        }
        defer { for folder in folders { close(folder) } }
        var reads = 0
        while count.read() < before + 100, reads < 10_000 {
            usleep(1000)
            reads += 1
        }
        #expect(count.read() >= before + 100)
    }
}
