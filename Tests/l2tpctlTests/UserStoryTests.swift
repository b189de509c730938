import ControlProtocol
import L2TPWire
import PPP
import Testing

@testable import l2tpctl

/// One user's packets out of everybody's.
@Suite struct UserStoryTests {
    private var clock: Int64 = 0

    private mutating func message(
        _ message: Message?, _ tunnel: UInt32?, _ session: UInt32? = nil, peer: UInt32? = nil, from remote: Int = 2
    ) -> TracedPacket {
        let header = ControlHeader(tunnelID: .none)
        let octets = message.map { MessageEncoder.encode($0, header: header) } ?? header.encoded()
        var record = TraceTests.packet(.l2tp, octets)
        clock += 1
        record.time = clock
        record.remote = "192.0.2.\(remote):1701"
        (record.tunnelID, record.sessionID, record.peerSessionID) = (tunnel, session, peer)
        return TracedPacket(record)
    }

    private mutating func frame(
        _ number: ProtocolNumber, _ code: UInt8, _ data: [UInt8] = [], _ session: UInt32, user: String? = nil
    ) -> TracedPacket {
        let packet = ControlPacket(code: code, identifier: 1, data: data)
        var record = TraceTests.packet(.ppp, PPPFrame(number, packet.encoded).encoded)
        clock += 1
        record.time = clock
        (record.tunnelID, record.sessionID, record.user) = (7, session, user)
        return TracedPacket(record)
    }

    private func response(_ name: String) -> [UInt8] { [1, 0xaa] + Array(name.utf8) }

    private static let request = Message.icrq(ICRQ(assignedSessionID: SessionID(40), callSerialNumber: 1))
    private static let end = Message.cdn(
        CDN(resultCode: ResultCode(.administrative), assignedSessionID: SessionID(40)))

    @Test mutating func `a session is shown from the tunnel's first message on, once the name is there`() {
        var story = UserStory(of: "alice")
        let opening = SCCRQ(hostName: "lac", assignedTunnelID: TunnelID(3))
        #expect(story.take(message(.sccrq(opening), nil)).isEmpty)
        #expect(story.take(message(.scccn(SCCCN()), 7)).isEmpty)
        #expect(story.take(message(nil, 7)).isEmpty, "an acknowledgement is nobody's")
        #expect(story.take(message(Self.request, 7, nil, peer: 40)).isEmpty)
        #expect(story.take(message(.icrp(ICRP(assignedSessionID: SessionID(12))), 7, 12, peer: 40)).isEmpty)
        #expect(story.take(frame(.lcp, 1, [], 12)).isEmpty)
        let all = story.take(frame(.chap, 2, response("alice"), 12))
        #expect(
            all.map(\.reading.title) == [
                "SCCRQ", "SCCCN", "ICRQ", "ICRP", "LCP Configure-Request", "CHAP Response",
            ])
        #expect(story.take(frame(.chap, 4, [], 12)).count == 1, "from then on at once")
        let stop = StopCCN(assignedTunnelID: TunnelID(3), resultCode: ResultCode(.shuttingDown))
        #expect(story.take(message(.stopCCN(stop), 7)).count == 1, "the end of the tunnel is his")
        #expect(story.take(message(.hello(Hello()), 7)).isEmpty)
    }

    @Test mutating func `others in the same tunnel are not shown, and a session's id may be another's later`() {
        var story = UserStory(of: "alice")
        #expect(story.take(message(Self.request, 7, nil, peer: 40)).isEmpty)
        #expect(story.take(frame(.lcp, 1, [], 12)).isEmpty)
        #expect(story.take(frame(.chap, 2, response("bob"), 12)).isEmpty)
        #expect(story.take(frame(.ipcp, 1, [], 12, user: "bob")).isEmpty)
        #expect(story.take(message(Self.end, 7, 12, peer: 40)).isEmpty)
        #expect(story.take(frame(.lcp, 1, [], 12)).isEmpty)
        #expect(story.take(frame(.chap, 2, response("alice"), 12)).count == 2, "nothing of bob's")
        #expect(story.take(message(Self.end, 7, 12, peer: 40)).count == 1)
        #expect(story.take(frame(.lcp, 1, [], 12)).isEmpty, "whose it is now is not known")
    }

    @Test mutating func `what is kept is bounded`() {
        var story = UserStory(of: "alice")
        for _ in 0..<500 { #expect(story.take(frame(.lcp, 9, [0, 0, 0, 0], 12)).isEmpty) }
        for session in 100..<9_000 { _ = story.take(frame(.lcp, 1, [], UInt32(session))) }
        #expect(story.take(frame(.chap, 2, response("alice"), 12)).count == 1, "the longest silent is forgotten")
        for _ in 0..<500 { _ = story.take(frame(.lcp, 9, [0, 0, 0, 0], 13)) }
        #expect(story.take(frame(.chap, 2, response("alice"), 13)).count == UserStory.packets + 1)
    }
}
