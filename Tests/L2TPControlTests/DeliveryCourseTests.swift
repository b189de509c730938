import Instants
import L2TPControl
import L2TPWire
import Testing

/// Whole courses: the end of a tunnel, and RFC 2661's own examples.
@Suite struct DeliveryCourseTests {
    // MARK: The end

    @Test func `KA-04 a stopped peer is acknowledged for 31 seconds and nothing else is sent`() {
        var delivery = receiving(2)
        for _ in 0..<3 { delivery.send([1]) }
        _ = delivery.transmit(at: start)
        #expect(delivery.receive(message(2, [4])).count == 1)
        delivery.hold(at: start)
        #expect(delivery.transmit(at: start) == [zlb(ns: 1, nr: 3)])
        #expect(delivery.deadline == seconds(31))
        delivery.send([9])
        for time in [1.0, 3, 7, 15, 30.999] {
            #expect(delivery.timeout(at: seconds(time)) == nil)
            #expect(delivery.receive(message(2, [4])) == [])
            #expect(delivery.receive(message(1)) == [])
            #expect(delivery.transmit(at: seconds(time)) == [zlb(ns: 1, nr: 3)])
        }
        #expect(delivery.timeout(at: seconds(31)) == .holdOver)
        #expect(delivery.receive(message(2)) == [])
        #expect(delivery.transmit(at: seconds(31)) == [])
        #expect(delivery.deadline == nil)
    }

    @Test func `KA-04 the hold is as long as our own cycle where that is longer`() {
        #expect(RetransmissionPolicy(limit: 5).hold == .seconds(31))
        #expect(RetransmissionPolicy(limit: 10).hold == .seconds(63))
    }

    @Test func `KA-05 our StopCCN is sent again until the cycle ends`() throws {
        var delivery = ReliableDelivery(receiveWindow: 4)
        delivery.stop(with: [4], at: start)
        var sent: [Instant] = []
        var now = start
        while delivery.phase != .finished {
            if !delivery.transmit(at: now).isEmpty { sent.append(now) }
            now = try #require(delivery.deadline)
            if let expiry = delivery.timeout(at: now) { #expect(expiry == .holdOver) }
        }
        #expect(sent == [0, 1, 3, 7, 15].map(seconds))
        #expect(now == seconds(23))
    }

    @Test func `KA-05 our StopCCN follows what was sent and replaces what was not`() {
        var delivery = ReliableDelivery(receiveWindow: 4)
        delivery.send([1])
        _ = delivery.transmit(at: start)
        delivery.send([2])
        let stop = delivery.stop(with: [4], at: start)
        delivery.send([3])
        _ = delivery.receive(zlb(nr: 1))
        #expect(delivery.transmit(at: start).map(\.body) == [[4]])
        #expect(!delivery.isAcknowledged(stop))
        _ = delivery.receive(zlb(nr: 2))
        #expect(delivery.isAcknowledged(stop))
        #expect(delivery.transmit(at: start) == [])
        // The peer's own messages may still be under way: they are acknowledged until the hold is over.
        _ = delivery.receive(message(0, nr: 2))
        #expect(delivery.transmit(at: seconds(30)) == [zlb(ns: 2, nr: 1)])
        #expect(delivery.timeout(at: seconds(31)) == .holdOver)
    }

    // MARK: RFC 2661 appendix B

    @Test func `REL-11 a tunnel in lock-step goes as RFC 2661 appendix B_1 shows`() {
        var initiator = ReliableDelivery(receiveWindow: 4)
        var responder = ReliableDelivery(receiveWindow: 4)
        initiator.send([1])
        let sccrq = initiator.transmit(at: start)
        #expect(sccrq == [message(0, nr: 0, [1])])
        _ = responder.receive(sccrq[0])
        responder.send([2])
        let sccrp = responder.transmit(at: start)
        #expect(sccrp == [message(0, nr: 1, [2])])
        _ = initiator.receive(sccrp[0])
        initiator.send([3])
        let scccn = initiator.transmit(at: start)
        #expect(scccn == [message(1, nr: 1, [3])])
        _ = responder.receive(scccn[0])
        #expect(responder.transmit(at: start) == [zlb(ns: 1, nr: 2)])
    }

    @Test func `REL-06 a lost ICRP is recovered as RFC 2661 appendix B_2 shows`() {
        var lac = ReliableDelivery(receiveWindow: 4)
        var lns = ReliableDelivery(receiveWindow: 4)
        // The tunnel came up before: two messages from the LAC and one from the LNS.
        lac.send([1])
        for segment in lac.transmit(at: start) { _ = lns.receive(segment) }
        lns.send([2])
        for segment in lns.transmit(at: start) { _ = lac.receive(segment) }
        lac.send([3])
        for segment in lac.transmit(at: start) { _ = lns.receive(segment) }
        for segment in lns.transmit(at: start) { _ = lac.receive(segment) }

        lac.send([10])
        let icrq = lac.transmit(at: start)
        #expect(icrq == [message(2, nr: 1, [10])])
        _ = lns.receive(icrq[0])
        lns.send([11])
        #expect(lns.transmit(at: seconds(0.5)) == [message(1, nr: 3, [11])], "and lost")
        _ = lac.timeout(at: seconds(1))
        #expect(lac.transmit(at: seconds(1)) == icrq)
        #expect(lns.receive(icrq[0]) == [])
        let acknowledgement = lns.transmit(at: seconds(1))
        #expect(acknowledgement == [zlb(ns: 2, nr: 3)])
        _ = lac.receive(acknowledgement[0])
        _ = lns.timeout(at: seconds(1.5))
        let icrp = lns.transmit(at: seconds(1.5))
        #expect(icrp == [message(1, nr: 3, [11])])
        #expect(lac.receive(icrp[0]).count == 1)
        lac.send([12])
        let iccn = lac.transmit(at: seconds(1.5))
        #expect(iccn == [message(3, nr: 2, [12])])
        _ = lns.receive(iccn[0])
        #expect(lns.transmit(at: seconds(1.5)) == [zlb(ns: 2, nr: 4)])
    }
}
