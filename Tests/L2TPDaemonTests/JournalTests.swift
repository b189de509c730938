import ControlProtocol
import DataPlane
import Instants
import L2TPControl
import L2TPWire
import Linux
import Testing

@testable import L2TPDaemon

/// What happens, and to whom it is told.
@Suite struct JournalTests {
    static func journal() -> (Journal, LoggingTests.Lines) {
        let lines = LoggingTests.Lines()
        return (Journal(.info, .lines(.journal, write: lines.append)), lines)
    }

    @Test func `an event is in the log, in the story of what it happened to and among the news of who follows`() {
        let (journal, lines) = Self.journal()
        journal.follow(.session(SessionKey(tunnel: 7, session: 12)))
        journal.info("network up", ["tunnel_id": "7", "session_id": "12", "user": "alice"])
        #expect(journal.takeNews().isEmpty, "nobody follows")
        journal.isFollowed = true
        journal.info(
            "network up", ["tunnel_id": "7", "session_id": "12", "user": "alice", "network": "ipv6"])
        #expect(lines.all.count == 2)
        let story = journal.story(of: .session(SessionKey(tunnel: 7, session: 12)))
        #expect(story.map(\.event) == ["network up", "network up"] && story.map(\.user) == ["alice", "alice"])
        #expect(journal.takeNews().map(\.details) == [["network": "ipv6"]])
        #expect(journal.takeNews().isEmpty)
        #expect(journal.failures(EventFilter()).isEmpty, "neither of them failed")
    }

    @Test func `what is not followed leaves nothing behind`() {
        let (journal, _) = Self.journal()
        let subject = Journal.Subject.tunnel(UInt32(7))
        journal.info("tunnel open", ["tunnel_id": "7"])
        #expect(journal.story(of: subject).isEmpty)
        journal.follow(subject)
        journal.info("tunnel open", ["tunnel_id": "7"])
        #expect(journal.story(of: subject).count == 1)
        journal.forget(subject)
        journal.info("tunnel closed", ["tunnel_id": "7"])
        #expect(journal.story(of: subject).isEmpty)
    }

    @Test func `a story keeps its beginning and its latest events`() {
        var story = Journal.Story()
        for number in 0..<100 { story.append(.init(time: .now, level: .info, message: "\(number)", facts: [:])) }
        #expect(story.events.count == Journal.Story.mostEvents)
        #expect(story.events.prefix(4).map(\.message) == ["0", "1", "2", "3"] && story.events.last?.message == "99")
        #expect(story.events[4].message == "88")
    }

    @Test func `failures are remembered with their reasons, the latest thousand`() {
        let (journal, _) = Self.journal()
        journal.notice("ready", ["listeners": "x"])
        for number in 0..<(Journal.mostFailures + 5) {
            // Each of another peer, so that none is withheld.
            journal.warning("call refused", ["peer": "p\(number)", "reason": "full"])
        }
        let failures = journal.failures(EventFilter())
        #expect(failures.count == Journal.mostFailures && failures.first?.peer == "p5")
        #expect(journal.failures(EventFilter(peer: "p7")).map(\.details) == [["reason": "full"]])
    }

    @Test func `a flood of one kind about one peer is told in part, and it is said how many more there were`() {
        let (journal, lines) = Self.journal()
        for _ in 0..<1000 { journal.warning("call refused", ["peer": "bras-1", "reason": "full"]) }
        journal.warning("call refused", ["peer": "bras-2", "reason": "full"])
        let told = lines.all.count { $0.contains("bras-1") }
        #expect(told >= Withholding.rate && told < 200)
        #expect(lines.all.contains { $0.contains("bras-2") })
        let due = journal.deadline
        #expect(due != nil)
        journal.timeout(at: due ?? .now)
        #expect(lines.all.last == "<5>like events withheld count=\(1000 - told) event=\"call refused\"")
        #expect(journal.deadline == nil)
        for _ in 0..<1000 { journal.info("network up", ["peer": "bras-1"]) }
        #expect(lines.all.count { $0.contains("network up") } == 1000, "what was worked for is told")
    }

    @Test func `causes that have been quiet are forgotten`() {
        var withholding = Withholding()
        let now = Instant.now
        for _ in 0..<30 { _ = withholding.admits("a", of: nil, at: now) }
        #expect(withholding.takeCounts(at: now).isEmpty, "not yet")
        #expect(withholding.takeCounts(at: now + Withholding.pause).map(\.count) == [10])
        #expect(withholding.causes == 0)
    }
}

/// What the control socket tells of what happens.
@Suite struct StoryTests {
    @Test func `a session tells what was negotiated and what happened to it`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let key = tunnel.key(call)
        let client = try world.addControlClient()
        try client.ask(.showSession(SessionName(sessionID: key.session)))
        #expect(try world.run { !client.replies.isEmpty })
        guard case .sessionStory(let story)? = client.replies.first else {
            Issue.record("\(client.replies)")
            return
        }
        #expect(story.session.name == SessionName(tunnelID: key.tunnel, sessionID: key.session))
        #expect(story.session.user == "alice" && story.networks == ["ipv4", "ipv6"] && story.pppPhase == "network")
        #expect(story.localLCP?.mru == 1460 && story.localLCP?.authentication == "ms-chap-v2")
        #expect(story.peerLCP?.magicNumber.count == 8 && story.peerLCP?.magicNumber != "00000000")
        #expect(story.events.map(\.event) == ["authenticated", "network up", "network up"])
        #expect(story.openSeconds != nil)
    }

    @Test func `a tunnel tells the state of its delivery, its sessions and what happened to it`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let call = try world.openCall(in: tunnel)
        let key = tunnel.key(call)
        let client = try world.addControlClient()
        try client.ask(.showTunnel(key.tunnel))
        try client.ask(.showTunnel(key.tunnel &+ 1))
        try client.ask(.showSession(SessionName(tunnelID: key.tunnel, sessionID: key.session &+ 1)))
        #expect(try world.run { client.replies.count == 3 })
        guard case .tunnelStory(let story)? = client.replies.first else {
            Issue.record("\(client.replies)")
            return
        }
        #expect(story.kernel == "ready" && story.unacknowledgedMessages == 0 && story.timerSeconds != nil)
        #expect(story.sessions == ["\(key.tunnel)/\(key.session)"])
        #expect(story.events.map(\.event) == ["tunnel open"])
        for case .error(let error) in client.replies { #expect(error.code == .notFound) }
    }

    @Test func `who cannot connect is told of with the reason, and nothing else of it stays`() throws {
        let world = try World()
        let (_, tunnel) = try world.openTunnel()
        let call = tunnel.call("alice", "wrong", at: world.now)
        #expect(try world.run { call.end != nil && world.sessions.isEmpty })
        let client = try world.addControlClient()
        try client.ask(.showFailures(EventFilter(user: "alice")))
        try client.ask(.showFailures(EventFilter(user: "bob")))
        #expect(try world.run { client.replies.count { if case .end = $0 { true } else { false } } == 2 })
        let events = client.replies.compactMap { if case .event(let event) = $0 { event } else { nil } }
        #expect(events.first?.event == "authentication refused")
        #expect(events.first?.details?["reason"] == "wrong password" && events.first?.peer == "clients")
        #expect(events.last?.event == "session not opened" && events.last?.details?["reason"]?.isEmpty == false)
        #expect(world.service.log.storyCount == 1, "the tunnel's")
    }

    @Test func `who follows is told what happens as it happens, by his filter`() throws {
        let world = try World()
        let (everything, alices) = (try world.addControlClient(), try world.addControlClient())
        try everything.ask(.monitor(EventFilter()))
        try alices.ask(.monitor(EventFilter(user: "bob")))
        #expect(try world.run { everything.replies == [.done] && alices.replies == [.done] })
        let (_, tunnel) = try world.openTunnel()
        _ = try world.openCall(in: tunnel)
        _ = try world.openCall(in: tunnel, "bob", "hidden")
        try world.settle()
        let events = everything.replies.compactMap { if case .event(let event) = $0 { event } else { nil } }
        #expect(events.map(\.event).prefix(4) == ["tunnel open", "authenticated", "network up", "network up"])
        let own = alices.replies.compactMap { if case .event(let event) = $0 { event } else { nil } }
        #expect(own.map(\.user) == ["bob", "bob", "bob"])
    }
}
