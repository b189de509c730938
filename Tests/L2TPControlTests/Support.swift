import Instants
import L2TPControl
import L2TPWire

/// SplitMix64: the same numbers from the same seed on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// True in `percent` of a hundred calls.
    mutating func happens(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &self) < percent
    }
}

/// Where every test's virtual time begins.
let start = Instant(sinceBoot: .seconds(1000))

/// One direction of a link that loses, doubles and delays what it carries; the delay reorders.
struct LossyLink<Item> {
    struct Quality: Sendable {
        var loss = 0
        var duplication = 0
        /// Milliseconds.
        var delay = 1...1
    }

    var quality: Quality
    private var carried: [(arrival: Instant, order: Int, item: Item)] = []
    private var order = 0

    init(_ quality: Quality) {
        self.quality = quality
    }

    var nextArrival: Instant? { carried.map(\.arrival).min() }

    mutating func put(_ item: Item, at now: Instant, random: inout SeededRandom) {
        let copies = random.happens(quality.duplication) ? 2 : 1
        for _ in 0..<copies where !random.happens(quality.loss) {
            let delay = Duration.milliseconds(Int.random(in: quality.delay, using: &random))
            carried.append((now + delay, order, item))
            order += 1
        }
    }

    /// What has arrived, in the order of arrival.
    mutating func take(at now: Instant) -> [Item] {
        let arrived = carried.filter { $0.arrival <= now }.sorted { ($0.arrival, $0.order) < ($1.arrival, $1.order) }
        if !arrived.isEmpty { carried.removeAll { $0.arrival <= now } }
        return arrived.map(\.item)
    }
}

/// An instant so many seconds after the start.
func seconds(_ seconds: Double) -> Instant { start + .milliseconds(Int(seconds * 1000)) }

/// A control message as the transport sees it.
func message(_ ns: UInt16, nr: UInt16 = 0, _ body: [UInt8] = [1]) -> ReliableDelivery.Segment {
    ReliableDelivery.Segment(sessionID: .none, ns: SequenceNumber(ns), nr: SequenceNumber(nr), body: body)
}

func zlb(ns: UInt16 = 0, nr: UInt16) -> ReliableDelivery.Segment { message(ns, nr: nr, []) }

/// Feeds in-order messages until `count` were received, so that Nr is `count`.
func receiving(_ count: Int, window: Int = 64) -> ReliableDelivery {
    var delivery = ReliableDelivery(receiveWindow: window)
    for number in 0..<count { _ = delivery.receive(message(UInt16(truncatingIfNeeded: number))) }
    _ = delivery.transmit(at: start)
    return delivery
}
