import EventLoop
import Glibc
import Instants
import Linux
import Testing

@Suite struct EventLoopTests {
    /// A pipe's two ends.
    private func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        _ = try systemCall("pipe") { unsafe Glibc.pipe(&ends) }
        return (ends[0], ends[1])
    }

    private func write(_ descriptor: Int32) {
        var octet: UInt8 = 1
        _ = unsafe Glibc.write(descriptor, &octet, 1)
    }

    @Test func `tokens keep owner and value apart`() {
        let token = Token(owner: 200, value: 1 << 56 - 1)
        #expect(token.owner == 200)
        #expect(token.value == 1 << 56 - 1)
        #expect(Token(owner: 1, value: 7) != Token(owner: 2, value: 7))
        #expect(Token(rawValue: Token(owner: 3, value: 9).rawValue).value == 9)
    }

    @Test func `a readable descriptor is told under its token until it is read`() throws {
        let loop = try EventLoop()
        let (reading, writing) = try pipe()
        defer { for end in [reading, writing] { close(end) } }
        let token = Token(owner: 1, value: 42)
        try loop.add(reading, token)
        #expect(try loop.wait(until: .now) == [.deadline])
        write(writing)
        #expect(try loop.wait(until: nil) == [.readable(token)])
        #expect(try loop.wait(until: nil) == [.readable(token)])
        var octet: UInt8 = 0
        _ = unsafe read(reading, &octet, 1)
        #expect(try loop.wait(until: .now) == [.deadline])
        write(writing)
        loop.remove(reading)
        #expect(try loop.wait(until: .now + .milliseconds(20)) == [.deadline])
    }

    @Test func `writing is told when asked for, hanging up always`() throws {
        let loop = try EventLoop()
        let (reading, writing) = try pipe()
        let token = Token(owner: 1, value: 1)
        try loop.add(writing, token, for: [])
        #expect(try loop.wait(until: .now) == [.deadline])
        try loop.change(writing, token, for: .writable)
        #expect(try loop.wait(until: nil) == [.writable(token)])
        try loop.change(writing, token, for: [])
        close(reading)
        #expect(try loop.wait(until: nil).contains(.readable(token)))
        loop.remove(writing)
        close(writing)

        let (second, other) = try pipe()
        try loop.add(second, token)
        write(other)
        close(other)
        #expect(try loop.wait(until: nil) == [.readable(token), .hangUp(token)])
        loop.remove(second)
        close(second)
    }

    @Test func `deadlines come neither early nor forgotten`() throws {
        let loop = try EventLoop()
        for pause in [5, 30, 5] {
            let deadline = Instant.now + .milliseconds(pause)
            #expect(try loop.wait(until: deadline) == [.deadline])
            #expect(Instant.now >= deadline)
        }
        // A later deadline replaces an earlier one.
        let (reading, writing) = try pipe()
        defer { for end in [reading, writing] { close(end) } }
        try loop.add(reading, Token(owner: 1, value: 1))
        write(writing)
        #expect(try loop.wait(until: .now + .milliseconds(10)) == [.readable(Token(owner: 1, value: 1))])
        loop.remove(reading)
        let later = Instant.now + .milliseconds(60)
        #expect(try loop.wait(until: later) == [.deadline])
        #expect(Instant.now >= later)
    }

    @Test func `a deadline that has passed does not hide what is readable`() throws {
        let loop = try EventLoop()
        let (reading, writing) = try pipe()
        defer { for end in [reading, writing] { close(end) } }
        try loop.add(reading, Token(owner: 1, value: 1))
        write(writing)
        let events = try loop.wait(until: .now - .seconds(5))
        #expect(events == [.readable(Token(owner: 1, value: 1)), .deadline])
    }

    @Test func `a turn is bounded and every descriptor has its turn`() throws {
        let loop = try EventLoop()
        let pipes = try (0..<20).map { _ in try pipe() }
        defer { for ends in pipes { for end in [ends.read, ends.write] { close(end) } } }
        for (index, ends) in pipes.enumerated() {
            try loop.add(ends.read, Token(owner: 1, value: UInt64(index)))
            write(ends.write)
        }
        var seen: Set<UInt64> = []
        for _ in 0..<5 {
            let events = try loop.wait(until: nil, limit: 4)
            #expect(events.count == 4)
            for case .readable(let token) in events { seen.insert(token.value) }
        }
        #expect(seen.count == 20)
    }

    @Test func `signals are events`() throws {
        var old = sigset_t()
        _ = unsafe pthread_sigmask(SIG_BLOCK, nil, &old)
        defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &old, nil) }
        let loop = try EventLoop(signals: [.hangUp, .interrupt])
        for signal in [SIGHUP, SIGINT] { _ = pthread_kill(pthread_self(), signal) }
        let events = Set(try loop.wait(until: nil))
        #expect(events == [.signal(.hangUp), .signal(.interrupt)])
        #expect(try loop.wait(until: .now) == [.deadline])
    }

    @Test func `a mailbox brings messages of other threads in order`() throws {
        let loop = try EventLoop()
        let mailbox = try Mailbox<Int>()
        let token = Token(owner: 2, value: 0)
        try loop.add(mailbox.descriptor, token)
        for sender in 0..<4 {
            try WorkerThread.start(named: "sender") {
                for number in 0..<1000 { mailbox.post(sender * 1000 + number) }
            }
        }
        var received: [Int] = []
        while received.count < 4000 {
            #expect(try loop.wait(until: nil) == [.readable(token)])
            received += mailbox.drain()
        }
        for sender in 0..<4 {
            let part = received.filter { $0 / 1000 == sender }
            #expect(part == Array(sender * 1000..<sender * 1000 + 1000))
        }
        #expect(mailbox.drain() == [])
        #expect(try loop.wait(until: .now) == [.deadline])
    }

    @Test func `a worker sleeps until it has mail`() throws {
        let (work, answers) = (try Mailbox<Int>(), try Mailbox<Int>())
        try WorkerThread.start(named: "doubler") {
            while true {
                for number in work.waitAndDrain() {
                    if number < 0 { return }
                    answers.post(number * 2)
                }
            }
        }
        var received: [Int] = []
        for number in 1...100 {
            work.post(number)
            while received.count < number { received += answers.waitAndDrain() }
        }
        #expect(received == (1...100).map { $0 * 2 })
        work.post(-1)
        // And no longer than it is told to.
        let deadline = Instant.now + .milliseconds(20)
        #expect(answers.waitAndDrain(until: deadline) == [])
        #expect(Instant.now >= deadline)
        answers.post(7)
        #expect(answers.waitAndDrain(until: deadline) == [7])
    }
}
