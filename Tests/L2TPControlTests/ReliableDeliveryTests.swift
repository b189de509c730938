import Instants
import L2TPControl
import L2TPWire
import Testing

@Suite struct ReliableDeliveryTests {
    // MARK: Receiving

    @Test(
        arguments: [
            (Array(0...15) + Array(32_784...65_535), true), (Array(16...32_783), false),
        ] as [([Int], Bool)])
    func `REL-01 after number 15 the numbers 0-15 and 32784-65535 are old and the rest is new`(
        numbers: [Int], old: Bool
    ) {
        let delivery = receiving(16, window: 32_768)
        for number in numbers {
            var copy = delivery
            let delivered = copy.receive(message(UInt16(number)))
            #expect((copy.counters.duplicates == 1) == old, "\(number)")
            #expect(delivered.isEmpty == (number != 16), "\(number)")
        }
    }

    @Test func `REL-01 numbers start at 0 and grow by one for every message but a ZLB`() {
        var delivery = ReliableDelivery(receiveWindow: 4)
        _ = delivery.receive(message(0))
        #expect(delivery.transmit(at: start).map(\.ns) == [.zero])
        _ = delivery.receive(message(1))
        delivery.send([1])
        #expect(delivery.transmit(at: start).map(\.ns) == [.zero])
        _ = delivery.receive(message(2, nr: 1))
        let acknowledgement = delivery.transmit(at: start)
        #expect(acknowledgement == [zlb(ns: 1, nr: 3)])
        delivery.send([2])
        #expect(delivery.transmit(at: start).map(\.ns) == [SequenceNumber(1)])
    }

    @Test func `REL-02 a ZLB's number is never acknowledged`() {
        var delivery = receiving(3)
        _ = delivery.receive(zlb(ns: 3, nr: 0))
        delivery.send([1])
        #expect(delivery.transmit(at: start).map(\.nr) == [SequenceNumber(3)])
    }

    @Test func `REL-03 a duplicate is acknowledged and not delivered`() {
        var delivery = receiving(3)
        #expect(delivery.receive(message(1)) == [])
        #expect(delivery.transmit(at: start) == [zlb(nr: 3)])
        #expect(delivery.counters.duplicates == 1)
    }

    @Test func `REL-03 a duplicate's acknowledgement rides on a queued message`() {
        var delivery = receiving(3)
        delivery.send([7])
        _ = delivery.receive(message(2))
        #expect(delivery.transmit(at: start) == [message(0, nr: 3, [7])])
        #expect(delivery.transmit(at: start) == [])
    }

    @Test func `REL-04 messages out of order are delivered in order and once`() {
        var delivery = receiving(1)
        #expect(delivery.receive(message(3, [3])) == [])
        #expect(delivery.receive(message(2, [2])) == [])
        #expect(delivery.receive(message(3, [3])) == [])
        #expect(delivery.receive(message(1, [1])).map(\.body) == [[1], [2], [3]])
        #expect(delivery.receive(message(2, [2])) == [])
        #expect(delivery.transmit(at: start) == [zlb(nr: 4)])
        #expect(delivery.counters.reordered == 2)
    }

    @Test func `REL-04 a message beyond the window changes nothing`() {
        var delivery = receiving(1, window: 4)
        delivery.send([9])
        _ = delivery.transmit(at: start)
        #expect(delivery.receive(message(5, nr: 1)) == [])
        #expect(delivery.transmit(at: start) == [])
        #expect(delivery.depth == 1)
        #expect(delivery.counters.outsideWindow == 1)
        // The last number inside is kept.
        _ = delivery.receive(message(4))
        #expect(delivery.counters.outsideWindow == 1)
        #expect(delivery.receive(message(1)).count == 1)
        _ = delivery.receive(message(2))
        #expect(delivery.receive(message(3)).map(\.ns) == [SequenceNumber(3), SequenceNumber(4)])
    }

    @Test(arguments: [2, 4, 100, 32_767, 32_768, 65_000, 65_535] as [UInt16])
    func `REL-05 a wild Nr empties nothing`(nr: UInt16) {
        var delivery = ReliableDelivery(receiveWindow: 64)
        for number in 1...3 { delivery.send([UInt8(number)]) }
        delivery.adopt(peerReceiveWindow: 8)
        _ = delivery.transmit(at: start)
        #expect(delivery.receive(zlb(nr: nr)) == [])
        #expect(delivery.depth == 3)
        #expect(delivery.timeout(at: seconds(1)) == nil)
        #expect(delivery.transmit(at: seconds(1)) == [message(0, [1])])
    }

    @Test func `REL-05 a message with a wild Nr is still received`() {
        var delivery = ReliableDelivery(receiveWindow: 64)
        delivery.send([1])
        _ = delivery.transmit(at: start)
        #expect(delivery.receive(message(0, nr: 9)).count == 1)
        #expect(delivery.depth == 1)
        #expect(delivery.counters.wildAcknowledgements == 1)
    }

    @Test func `REL-10 REL-11 a batch of messages is acknowledged at once by one ZLB`() {
        var delivery = ReliableDelivery(receiveWindow: 64)
        for number in 0..<10 { _ = delivery.receive(message(UInt16(number))) }
        #expect(delivery.transmit(at: start) == [zlb(nr: 10)])
        #expect(delivery.transmit(at: start) == [])
    }

    @Test func `REL-11 MSG-14 a ZLB is neither delivered nor answered`() {
        var delivery = receiving(2)
        #expect(delivery.receive(zlb(ns: 2, nr: 0)) == [])
        #expect(delivery.receive(zlb(ns: 9, nr: 0)) == [])
        #expect(delivery.transmit(at: start) == [])
        #expect(delivery.deadline == nil)
    }

    @Test(arguments: [1, 64, 1000, 32_768])
    func `REL-12 a burst as large as the advertised window is taken whole`(window: Int) {
        var delivery = ReliableDelivery(receiveWindow: window)
        var delivered = 0
        // The worst order: the first message last.
        for number in (0..<window).reversed() { delivered += delivery.receive(message(UInt16(number))).count }
        #expect(delivered == window)
        #expect(delivery.counters.outsideWindow == 0)
    }

    // MARK: Sending

    @Test func `REL-06 a repeated message keeps Ns and has the current Nr`() {
        var delivery = ReliableDelivery(receiveWindow: 4)
        delivery.send([1])
        #expect(delivery.transmit(at: start) == [message(0, nr: 0)])
        _ = delivery.receive(message(0))
        _ = delivery.receive(message(1))
        _ = delivery.transmit(at: start)
        #expect(delivery.timeout(at: seconds(1)) == nil)
        #expect(delivery.transmit(at: seconds(1)) == [message(0, nr: 2)])
        #expect(delivery.counters.retransmissions == 1)
    }

    /// When an unanswered message goes out, and when its peer is given up, in seconds.
    @Test(
        arguments: [
            (RetransmissionPolicy(), [0, 1, 3, 7, 15], 23),
            (RetransmissionPolicy(cap: .seconds(16)), [0, 1, 3, 7, 15], 31),
            (RetransmissionPolicy(cap: .seconds(1), limit: 6), [0, 1, 3, 7, 15, 23], 31),
            (RetransmissionPolicy(initial: .seconds(2), cap: .seconds(10), limit: 4), [0, 2, 6, 14], 24),
            (RetransmissionPolicy(limit: 1), [0], 1),
        ] as [(RetransmissionPolicy, [Double], Double)])
    func `REL-07 intervals double up to a cap of 8 seconds or more until the peer is given up`(
        policy: RetransmissionPolicy, sendings: [Double], end: Double
    ) throws {
        var delivery = ReliableDelivery(receiveWindow: 4, policy: policy)
        delivery.send([1])
        var sent: [Instant] = []
        var now = start
        var expiry: ReliableDelivery.Expiry?
        repeat {
            if !delivery.transmit(at: now).isEmpty { sent.append(now) }
            now = try #require(delivery.deadline)
            expiry = delivery.timeout(at: now)
        } while expiry == nil
        #expect(sent == sendings.map(seconds))
        #expect(now == seconds(end))
        #expect(expiry == .peerLost)
        #expect(policy.cycle == .seconds(end))
        #expect(delivery.transmit(at: now) == [])
        #expect(delivery.deadline == nil)
    }

    @Test func `REL-07 progress starts the count and the intervals anew`() {
        var delivery = ReliableDelivery(receiveWindow: 4)
        delivery.send([1])
        _ = delivery.transmit(at: start)
        for time in [1.0, 3, 7, 15] {
            #expect(delivery.timeout(at: seconds(time)) == nil)
            _ = delivery.transmit(at: seconds(time))
        }
        _ = delivery.receive(zlb(nr: 1))
        #expect(delivery.deadline == nil)
        delivery.send([2])
        _ = delivery.transmit(at: seconds(16))
        #expect(delivery.deadline == seconds(17))
    }

    @Test func `REL-07 a timeout before its time does nothing`() {
        var delivery = ReliableDelivery(receiveWindow: 4)
        #expect(delivery.timeout(at: start) == nil)
        delivery.send([1])
        _ = delivery.transmit(at: start)
        #expect(delivery.timeout(at: seconds(0.999)) == nil)
        #expect(delivery.transmit(at: seconds(0.999)) == [])
        #expect(delivery.window.threshold == 4)
        #expect(delivery.deadline == seconds(1))
    }

    @Test func `REL-08 a peer that tells no window is sent four messages and no more`() {
        var delivery = ReliableDelivery(receiveWindow: 4)
        for number in 0..<20 { delivery.send([UInt8(number + 1)]) }
        var sent = 0
        var most = 0
        for acknowledged in 0..<8 {
            sent += delivery.transmit(at: start).count
            most = max(most, sent - acknowledged)
            _ = delivery.receive(zlb(nr: UInt16(acknowledged + 1)))
        }
        #expect(most == 4)
    }

    @Test func `REL-09 slow start doubles the window each round and stops at the peer's window`() {
        var delivery = ReliableDelivery(receiveWindow: 4)
        delivery.adopt(peerReceiveWindow: 10)
        for _ in 0..<100 { delivery.send([1]) }
        var rounds: [Int] = []
        var acknowledged: UInt16 = 0
        for _ in 0..<6 {
            let round = delivery.transmit(at: start).count
            rounds.append(round)
            // Each message is acknowledged on its own; what that opens is sent in the next round.
            for _ in 0..<round {
                acknowledged += 1
                _ = delivery.receive(zlb(nr: acknowledged))
            }
        }
        #expect(rounds == [1, 2, 4, 8, 10, 10])
    }

    @Test func `REL-09 a loss halves the threshold and avoidance then grows by one a round`() {
        var window = CongestionWindow(receiveWindow: 8)
        for _ in 0..<7 { window.acknowledged() }
        #expect(window.size == 8)
        window.lost()
        #expect((window.size, window.threshold) == (1, 4))
        var trace: [Int] = []
        for _ in 0..<25 {
            window.acknowledged()
            trace.append(window.size)
        }
        #expect(trace == [2, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 8])
        window.lost()
        window.lost()
        #expect((window.size, window.threshold) == (1, 1))
    }

    @Test func `REL-09 after a loss one message goes out and the rest follows as the window opens`() {
        var delivery = ReliableDelivery(receiveWindow: 4)
        for number: UInt8 in 1...8 { delivery.send([number]) }
        var nr: UInt16 = 0
        for _ in 0..<3 {
            _ = delivery.transmit(at: start)
            nr += 1
            _ = delivery.receive(zlb(nr: nr))
        }
        #expect(delivery.transmit(at: start).map(\.ns.rawValue) == [5, 6])
        #expect(delivery.timeout(at: seconds(1)) == nil)
        #expect(delivery.transmit(at: seconds(1)).map(\.ns.rawValue) == [3])
        // Numbers 3 and 4 arrived after all.
        _ = delivery.receive(zlb(nr: 5))
        #expect(delivery.transmit(at: seconds(1)).map(\.ns.rawValue) == [5, 6])
        _ = delivery.receive(zlb(nr: 7))
        #expect(delivery.transmit(at: seconds(1)).map(\.ns.rawValue) == [7])
    }

    @Test func `REL-14 a dead session's unsent messages go and its sent ones keep their numbers`() {
        var delivery = ReliableDelivery(receiveWindow: 4)
        let dead = SessionID(7)
        delivery.send([1], to: SessionID(70), owner: dead)
        delivery.send([2], to: SessionID(70), owner: dead)
        delivery.send([3], to: SessionID(80), owner: SessionID(8))
        delivery.send([4])
        #expect(delivery.transmit(at: start).map(\.body) == [[1]])
        #expect(delivery.prune(dead) == 1)
        #expect(delivery.timeout(at: seconds(1)) == nil)
        #expect(delivery.transmit(at: seconds(1)).map(\.body) == [[1]])
        _ = delivery.receive(zlb(nr: 1))
        let rest = delivery.transmit(at: seconds(1))
        #expect(rest.map(\.body) == [[3], [4]])
        #expect(rest.map(\.ns.rawValue) == [1, 2])
    }

    @Test func `a receipt tells whether its message was acknowledged`() {
        var delivery = ReliableDelivery(receiveWindow: 4)
        let first = delivery.send([1])
        let second = delivery.send([2])
        #expect(!delivery.isAcknowledged(first))
        _ = delivery.transmit(at: start)
        _ = delivery.receive(zlb(nr: 1))
        #expect(delivery.isAcknowledged(first))
        #expect(!delivery.isAcknowledged(second))
        _ = delivery.transmit(at: start)
        _ = delivery.receive(zlb(nr: 2))
        #expect(delivery.isAcknowledged(second))
    }
}
