import ControlProtocol
import Testing

@testable import L2TPDaemon

/// What waits for a client that is told of what happens.
@Suite struct OutboxTests {
    private func lines(_ octets: [UInt8]) -> [String] {
        String(decoding: octets, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `lines are taken in their order, once`() {
        var outbox = Outbox(limit: 100)
        outbox.put(Array("one\n".utf8))
        outbox.put(Array("two\n".utf8))
        #expect(lines(outbox.take()) == ["one", "two"])
        #expect(outbox.take().isEmpty)
    }

    @Test func `what does not fit is missed, all behind it too, and how much is told in its place`() {
        var outbox = Outbox(limit: 8)
        for line in ["one\n", "two\n", "three\n", ""] { outbox.put(Array(line.utf8)) }
        #expect(lines(outbox.take()) == ["one", "two", #"{"count":2,"reply":"missed"}"#])
        outbox.put(Array("four\n".utf8))
        #expect(lines(outbox.take()) == ["four"], "the gap is over, and told once")
    }
}
