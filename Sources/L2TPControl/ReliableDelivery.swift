package import Instants
package import L2TPWire

/// Delivers control messages in order and exactly once over datagrams that get lost, doubled and reordered (RFC 2661
/// section 5.8 and appendix A). It treats what a message says as opaque octets.
///
/// Every batch of input goes the same way: `receive` for each datagram, `send` for each answer, then one `transmit`,
/// which returns what the windows permit, or a single ZLB when an acknowledgement is owed and nothing can carry it.
package struct ReliableDelivery: Sendable {
    /// A control message as the transport sees it. No body: a ZLB, which only acknowledges.
    package struct Segment: Equatable, Sendable {
        /// The header's Session ID: the receiver's, 0 while that is unknown.
        package var sessionID: SessionID
        package var ns: SequenceNumber
        package var nr: SequenceNumber
        package var body: [UInt8]

        package init(sessionID: SessionID, ns: SequenceNumber, nr: SequenceNumber, body: [UInt8]) {
            self.sessionID = sessionID
            self.ns = ns
            self.nr = nr
            self.body = body
        }
    }

    /// Names a message given to `send`, so that its acknowledgement can be asked for.
    package struct Receipt: Equatable, Sendable {
        fileprivate var order: Int
    }

    package enum Phase: Equatable, Sendable {
        case open
        /// Our StopCCN is under way, or acknowledged: the state stays until the full cycle has passed.
        case stopping(until: Instant)
        /// The peer's StopCCN came: we only acknowledge, for a full retransmission cycle (section 5.7).
        case held(until: Instant)
        /// Nothing is sent or received any more.
        case finished
    }

    package enum Expiry: Equatable, Sendable {
        /// A message ran out of retransmissions: the peer is unreachable, and nothing more is sent.
        case peerLost
        /// The time after a StopCCN is over, or that StopCCN was never acknowledged: the tunnel's id may be used again.
        case holdOver
    }

    private struct Message {
        var receipt: Receipt
        var owner: SessionID?
        var sessionID: SessionID
        var body: [UInt8]
        var transmissions = 0
    }

    package var policy: RetransmissionPolicy
    package private(set) var phase = Phase.open
    package private(set) var window: CongestionWindow
    package private(set) var counters = DeliveryCounters()

    /// Out-of-order messages are kept within this many numbers of the next one expected.
    private let receiveWindow: Int
    /// Nr: what we expect next.
    private var expected = SequenceNumber.zero
    private var reordered: [SequenceNumber: Segment] = [:]
    private var owesAcknowledgement = false

    /// Sent and not acknowledged; the first one's number is `oldest`.
    private var outstanding = Queue<Message>()
    private var oldest = SequenceNumber.zero
    /// How many of `outstanding`, from the first, were sent since the last timeout. The rest goes out again as the
    /// window opens, because after a loss nobody knows which of them arrived.
    private var inFlight = 0
    /// Not sent yet, so without a number.
    private var waiting = Queue<Message>()
    private var nextReceipt = 0

    private var retransmission: Instant?
    /// Intervals that passed since something was last acknowledged.
    private var expired = 0

    /// - Parameter receiveWindow: what our Receive Window Size AVP tells the peer, 1 to 32,768.
    package init(receiveWindow: Int, policy: RetransmissionPolicy = .init()) {
        self.receiveWindow = min(max(receiveWindow, 1), 32_768)
        self.policy = policy
        window = CongestionWindow()
    }
}

// MARK: Sending

extension ReliableDelivery {
    /// Queues a message. `owner` is the local session that it belongs to and dies with; none for the tunnel's own.
    @discardableResult
    package mutating func send(_ body: [UInt8], to sessionID: SessionID = .none, owner: SessionID? = nil) -> Receipt {
        let receipt = Receipt(order: nextReceipt)
        guard phase == .open else { return receipt }
        enqueue(body, to: sessionID, owner: owner)
        return receipt
    }

    /// Queues a StopCCN behind what was sent already, forgets what was not, and takes no other message any more.
    @discardableResult
    package mutating func stop(with body: [UInt8], at now: Instant) -> Receipt {
        let receipt = Receipt(order: nextReceipt)
        guard phase == .open else { return receipt }
        waiting.removeAll()
        enqueue(body, to: .none, owner: nil)
        phase = .stopping(until: now + policy.hold)
        return receipt
    }

    /// The peer's StopCCN came: it wants nothing but acknowledgements from now on.
    package mutating func hold(at now: Instant) {
        guard phase != .finished else { return }
        forgetOutgoing()
        phase = .held(until: now + policy.hold)
    }

    /// Drops all state; nothing is sent any more.
    package mutating func finish() {
        forgetOutgoing()
        reordered = [:]
        owesAcknowledgement = false
        phase = .finished
    }

    /// A session died: its messages that were never sent are dropped, those that were keep their numbers.
    /// Returns how many were dropped.
    @discardableResult
    package mutating func prune(_ owner: SessionID) -> Int {
        waiting.removeAll { $0.owner == owner }
    }

    /// The peer's Receive Window Size, when its first message told one.
    package mutating func adopt(peerReceiveWindow: Int) {
        window.adopt(receiveWindow: peerReceiveWindow)
    }

    package func isAcknowledged(_ receipt: Receipt) -> Bool {
        guard let first = outstanding.first ?? waiting.first else { return true }
        return receipt.order < first.receipt.order
    }

    /// Messages sent or queued and not acknowledged yet.
    package var depth: Int { outstanding.count + waiting.count }

    /// Of them, those that are sent.
    package var unacknowledged: Int { outstanding.count }

    /// What goes out now: new and repeated messages as the window permits, else a ZLB if an acknowledgement is owed.
    package mutating func transmit(at now: Instant) -> [Segment] {
        guard phase != .finished else { return [] }
        var segments: [Segment] = []
        while inFlight < window.size, let segment = nextSegment() { segments.append(segment) }
        if segments.isEmpty, owesAcknowledgement {
            segments.append(Segment(sessionID: .none, ns: nextNs, nr: expected, body: []))
        }
        owesAcknowledgement = false
        if retransmission == nil, let first = outstanding.first {
            retransmission = now + policy.interval(after: first.transmissions)
        }
        return segments
    }

    private mutating func enqueue(_ body: [UInt8], to sessionID: SessionID, owner: SessionID?) {
        waiting.append(
            Message(receipt: Receipt(order: nextReceipt), owner: owner, sessionID: sessionID, body: body))
        nextReceipt += 1
    }

    private mutating func forgetOutgoing() {
        // The numbers that were used stay used: a late acknowledgement of them must not look wild.
        oldest = nextNs
        outstanding.removeAll()
        waiting.removeAll()
        inFlight = 0
        retransmission = nil
    }

    private var nextNs: SequenceNumber { oldest.advanced(by: outstanding.count) }

    private mutating func nextSegment() -> Segment? {
        if inFlight < outstanding.count {
            counters.retransmissions += 1
        } else if let message = waiting.popFirst() {
            outstanding.append(message)
        } else {
            return nil
        }
        outstanding[inFlight].transmissions += 1
        let message = outstanding[inFlight]
        let ns = oldest.advanced(by: inFlight)
        inFlight += 1
        return Segment(sessionID: message.sessionID, ns: ns, nr: expected, body: message.body)
    }
}

// MARK: Receiving

extension ReliableDelivery {
    /// Takes a segment in. Returns those that are now in order, each exactly once; none for a ZLB, a duplicate, one
    /// from the future (kept, when inside our window) and any that comes once the tunnel is held or finished.
    package mutating func receive(_ segment: Segment) -> [Segment] {
        guard phase != .finished else { return [] }
        if segment.body.isEmpty {
            acknowledge(segment.nr)
            return []
        }
        if segment.ns.isOld(comparedTo: expected.advanced(by: -1)) {
            acknowledge(segment.nr)
            counters.duplicates += 1
            owesAcknowledgement = true
            return []
        }
        let ahead = expected.distance(to: segment.ns)
        guard ahead < receiveWindow else {
            counters.outsideWindow += 1
            return []
        }
        acknowledge(segment.nr)
        guard ahead == 0 else {
            if reordered.updateValue(segment, forKey: segment.ns) != nil {
                counters.duplicates += 1
                owesAcknowledgement = true
            } else {
                counters.reordered += 1
            }
            return []
        }
        owesAcknowledgement = true
        var inOrder: [Segment] = []
        var next: Segment? = segment
        while let segment = next {
            inOrder.append(segment)
            expected = expected.advanced(by: 1)
            next = reordered.removeValue(forKey: expected)
        }
        if case .held = phase { return [] }
        return inOrder
    }

    /// Nr acknowledges everything before it. One that acknowledges what was never sent is ignored.
    private mutating func acknowledge(_ nr: SequenceNumber) {
        let count = oldest.distance(to: nr)
        guard count > 0 else { return }
        guard count <= outstanding.count else {
            // Behind us: an old datagram came late. Ahead of us: somebody guesses.
            if !nr.precedes(oldest) { counters.wildAcknowledgements += 1 }
            return
        }
        outstanding.removeFirst(count)
        oldest = nr
        inFlight = max(inFlight - count, 0)
        expired = 0
        retransmission = nil
        window.acknowledged()
    }
}

// MARK: Time

extension ReliableDelivery {
    package var deadline: Instant? {
        switch phase {
        case .open: retransmission
        case .stopping(let until): min(retransmission ?? until, until)
        case .held(let until): until
        case .finished: nil
        }
    }

    /// Time passed. What is to be sent again goes out with the next `transmit`; a call before the deadline does nothing.
    package mutating func timeout(at now: Instant) -> Expiry? {
        switch phase {
        case .stopping(let until) where until <= now, .held(let until) where until <= now:
            finish()
            return .holdOver
        case .open, .stopping, .held: break
        case .finished: return nil
        }
        guard let retransmission, retransmission <= now else { return nil }
        expired += 1
        guard expired < policy.limit else {
            let expiry: Expiry = phase == .open ? .peerLost : .holdOver
            finish()
            return expiry
        }
        self.retransmission = nil
        inFlight = 0
        window.lost()
        return nil
    }
}
