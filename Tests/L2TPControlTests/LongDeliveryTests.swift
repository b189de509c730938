import Instants
import L2TPControl
import L2TPWire
import Testing

/// Two ends that send each other numbered messages over a bad link in virtual time.
private struct Conversation {
    var ends: [ReliableDelivery]
    var links: [LossyLink<ReliableDelivery.Segment>]
    var random: SeededRandom
    var now = start
    /// How many messages each end was given, and how many each received.
    var sent = [0, 0]
    var received = [0, 0]
    var mistakes = 0

    init(seed: UInt64, window: Int, quality: LossyLink<ReliableDelivery.Segment>.Quality) {
        let policy = RetransmissionPolicy(limit: 40)
        ends = (0..<2).map { _ in ReliableDelivery(receiveWindow: window, policy: policy) }
        for index in 0..<2 { ends[index].adopt(peerReceiveWindow: window) }
        links = [.init(quality), .init(quality)]
        random = SeededRandom(seed: seed)
    }

    /// Exchanges messages until each end has received its number; false if an end gave up, nothing moves any more, or
    /// a message came at the wrong place.
    mutating func run(_ goals: [Int]) -> Bool {
        var isComplete: Bool { received == [goals[1], goals[0]] && ends.allSatisfy { $0.depth == 0 } }
        while !isComplete {
            for end in 0..<2 { step(end, goal: goals[end]) }
            guard let next = (links.compactMap(\.nextArrival) + ends.compactMap(\.deadline)).min() else { break }
            now = max(now, next)
            for end in 0..<2 where ends[end].timeout(at: now) != nil { return false }
        }
        return isComplete && mistakes == 0
    }

    private mutating func step(_ end: Int, goal: Int) {
        for segment in links[1 - end].take(at: now) {
            for delivered in ends[end].receive(segment) {
                if number(delivered.body) != received[end] { mistakes += 1 }
                received[end] += 1
            }
        }
        while sent[end] < goal, ends[end].depth < 128 {
            ends[end].send(body(sent[end]))
            sent[end] += 1
        }
        for segment in ends[end].transmit(at: now) { links[end].put(segment, at: now, random: &random) }
    }

    private func body(_ number: Int) -> [UInt8] {
        [UInt8(number >> 16 & 0xff), UInt8(number >> 8 & 0xff), UInt8(number & 0xff)]
    }

    private func number(_ body: [UInt8]) -> Int { body.reduce(0) { $0 << 8 | Int($1) } }
}

@Suite struct LongDeliveryTests {
    @Test func `REL-15 131_073 messages each way over loss, duplication and reordering arrive in order and once`() {
        var conversation = Conversation(
            seed: 2661, window: 64, quality: .init(loss: 2, duplication: 5, delay: 1...12))
        let isComplete = conversation.run([131_073, 131_073])
        #expect(isComplete)
        #expect(conversation.received == [131_073, 131_073])
        for end in conversation.ends {
            #expect(end.counters.retransmissions > 0)
            #expect(end.counters.duplicates > 0)
            #expect(end.counters.reordered > 0)
        }
    }

    @Test(arguments: 0..<20)
    func `REL-04 REL-15 nothing is lost or doubled on a very bad link`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let window = [1, 4, 16, 512].randomElement(using: &random) ?? 4
        var conversation = Conversation(
            seed: seed, window: window, quality: .init(loss: 30, duplication: 30, delay: 1...3000))
        let isComplete = conversation.run([200, 100])
        #expect(isComplete)
        #expect(conversation.received == [100, 200])
    }
}
