import Addresses
import Instants
import Linux
import Netlink
import Testing

@testable import l2tpctl

/// The machine without a kernel: the test plays it.
@Suite struct KernelTimelineTests {
    private typealias Timeline = KernelTimeline

    /// The kernel of this network namespace, as a few dictionaries.
    private struct World {
        var tunnels: [UInt32: KernelTunnel] = [:]
        var sessions: [Timeline.SessionIDs: KernelSession] = [:]
        var links: [NetworkLink] = []
        var timeline: KernelTimeline
        var now = Instant.now
        var questions = 0

        init(lookingEvery interval: Duration? = nil) {
            timeline = KernelTimeline(lookingEvery: interval)
        }

        mutating func add(_ tunnel: KernelTunnel) { tunnels[tunnel.id] = tunnel }
        mutating func add(_ session: KernelSession) {
            sessions[Timeline.SessionIDs(tunnel: session.tunnel, session: session.id)] = session
        }

        mutating func begin() -> [Timeline.News] { news(timeline.begin()) }
        mutating func hear(_ event: L2TPKernelEvent) -> [Timeline.News] { news(timeline.handle(event, at: now)) }
        mutating func hear(_ event: LinkEvent) -> [Timeline.News] { news(timeline.handle(event)) }

        /// Until so much time has passed; what is told on the way.
        mutating func wait(_ time: Duration) -> [Timeline.News] {
            let end = now + time
            var all: [Timeline.News] = []
            while let deadline = timeline.deadline, deadline <= end {
                now = max(now, deadline)
                all += news(timeline.due(at: now))
            }
            now = end
            return all
        }

        private mutating func news(_ outputs: [Timeline.Output]) -> [Timeline.News] {
            var all: [Timeline.News] = []
            for output in outputs {
                switch output {
                case .tell(let news): all.append(news)
                case .ask(let question):
                    questions += 1
                    let answer: Timeline.Answer =
                        switch question {
                        case .object(.tunnel(let id)): .tunnel(id, tunnels[id])
                        case .object(.session(let ids)): .session(ids, sessions[ids])
                        case .owner(let link):
                            .owner(of: link, sessions.values.first { $0.interface == link.name })
                        case .everything: .everything(Array(tunnels.values), Array(sessions.values), links)
                        }
                    all += news(timeline.take(answer, at: now))
                }
            }
            return all
        }
    }

    private static let tunnel = KernelTunnel(
        id: 10, peerID: 20, version: 3,
        local: Endpoint(address: .v4(IPv4Address(192, 0, 2, 1)), port: 1701),
        remote: Endpoint(address: .v4(IPv4Address(192, 0, 2, 2)), port: 1701), checksums: true)
    private static let session = KernelSession(
        tunnel: 10, id: 1, peerTunnel: 20, peerID: 2, pseudowire: .ethernet, interface: "wire0", isLNS: false)
    private static let wire = NetworkLink(
        index: 7, name: "wire0", kind: nil, isEthernet: true, isUp: false, isRunning: false, mtu: 1446)

    private var wire: NetworkLink {
        var wire = Self.wire
        wire.kind = "l2tpeth"
        return wire
    }

    private func started(with tunnel: KernelTunnel? = nil, _ session: KernelSession? = nil) -> World {
        var world = World()
        if let tunnel { world.add(tunnel) }
        if let session { world.add(session) }
        _ = world.begin()
        return world
    }

    @Test func `what is there at first is counted, not told`() {
        var world = World()
        world.add(Self.tunnel)
        world.add(Self.session)
        world.links = [
            Self.wire,
            NetworkLink(index: 1, name: "lo", kind: nil, isEthernet: false, isUp: true, isRunning: true, mtu: 65_536),
            NetworkLink(index: 2, name: "eth0", kind: nil, isEthernet: true, isUp: true, isRunning: true, mtu: 1500),
            NetworkLink(index: 8, name: "ppp0", kind: "ppp", isEthernet: false, isUp: true, isRunning: true, mtu: 1460),
        ]
        #expect(world.begin() == [.watching(tunnels: 1, sessions: 1, links: 2)])
        #expect(world.timeline.deadline == nil)
    }

    @Test func `an object's life`() {
        var world = started()
        world.add(Self.tunnel)
        #expect(world.hear(.tunnelCreated(10)) == [.created(.tunnel(Self.tunnel))])
        world.add(Self.session)
        #expect(world.hear(.sessionCreated(tunnel: 10, session: 1)) == [.created(.session(Self.session))])
        var changed = Self.session
        changed.sendsSequence = true
        changed.counters.sentPackets = 7
        world.add(changed)
        #expect(world.hear(.sessionModified(tunnel: 10, session: 1)) == [.modified(.session(changed))])
        world.sessions = [:]
        #expect(world.hear(.sessionDeleted(tunnel: 10, session: 1)) == [.deleted(.session(changed))])
        world.tunnels = [:]
        #expect(world.hear(.tunnelDeleted(10)) == [.deleted(.tunnel(Self.tunnel))])
        #expect(world.timeline.deadline == nil)
    }

    @Test(
        arguments: [
            .tunnelCreated(99), .tunnelModified(99), .tunnelDeleted(99), .sessionCreated(tunnel: 10, session: 99),
            .sessionModified(tunnel: 10, session: 99), .sessionDeleted(tunnel: 10, session: 99),
            // These are here too, under the same ids.
            .tunnelCreated(10), .tunnelModified(10), .tunnelDeleted(10), .sessionCreated(tunnel: 10, session: 1),
            .sessionModified(tunnel: 10, session: 1), .sessionDeleted(tunnel: 10, session: 1),
        ] as [L2TPKernelEvent])
    func `what happens in another namespace is not told`(event: L2TPKernelEvent) {
        var world = started(with: Self.tunnel, Self.session)
        #expect(world.hear(event) == [])
        #expect(world.wait(.seconds(60)) == [])
        #expect(world.timeline.deadline == nil, "it is not asked for for ever")
    }

    @Test func `more packets are no change`() {
        var world = started(with: Self.tunnel, Self.session)
        world.sessions[Timeline.SessionIDs(tunnel: 10, session: 1)]?.counters.receivedPackets = 5
        world.tunnels[10]?.counters.receivedPackets = 5
        #expect(world.hear(.sessionModified(tunnel: 10, session: 1)) == [])
        #expect(world.hear(.tunnelModified(10)) == [])
    }

    @Test func `a deletion is announced before it is done`() {
        var world = started(with: Self.tunnel, Self.session)
        #expect(world.hear(.tunnelDeleted(10)) == [])
        #expect(world.wait(.seconds(20)) == [])
        world.tunnels = [:]
        world.sessions = [:]
        #expect(world.wait(.seconds(1)) == [.deleted(.session(Self.session)), .deleted(.tunnel(Self.tunnel))])
        #expect(world.timeline.deadline == nil)
    }

    @Test func `an id that has a new owner is two changes`() {
        var world = started(with: Self.tunnel, Self.session)
        var other = Self.tunnel
        other.peerID = 21
        world.sessions = [:]
        world.add(other)
        #expect(
            world.hear(.tunnelDeleted(10)) == [
                .deleted(.session(Self.session)), .deleted(.tunnel(Self.tunnel)), .created(.tunnel(other)),
            ])
        #expect(world.hear(.tunnelCreated(10)) == [])
        #expect(world.timeline.deadline == nil)
    }

    @Test func `after a loss a tunnel whose session is gone is looked after, its own deletion may be under way`() {
        var world = started(with: Self.tunnel, Self.session)
        world.sessions = [:]
        #expect(world.hear(L2TPKernelEvent.lost) == [.lost, .deleted(.session(Self.session))])
        #expect(world.timeline.due(at: world.now + .seconds(1)) == [.ask(.object(.tunnel(10)))])
        #expect(world.timeline.take(.tunnel(10, nil), at: world.now) == [.tell(.deleted(.tunnel(Self.tunnel)))])
    }

    @Test func `after a loss everything is looked at, and what a list leaves out is asked for`() {
        var world = started(with: Self.tunnel, Self.session)
        var other = Self.tunnel
        other.id = 11
        world.sessions = [:]
        world.add(other)
        #expect(
            world.hear(L2TPKernelEvent.lost) == [.lost, .deleted(.session(Self.session)), .created(.tunnel(other))])
        // The kernel's list may be short of something that it has.
        _ = world.timeline.handle(L2TPKernelEvent.lost, at: world.now)
        let outputs = world.timeline.take(.everything([other], [], []), at: world.now)
        #expect(outputs == [.ask(.object(.tunnel(10)))])
        #expect(world.timeline.take(.tunnel(10, Self.tunnel), at: world.now) == [])
    }

    @Test func `what nobody announces is found by a look`() {
        var world = World(lookingEvery: .seconds(30))
        world.add(Self.tunnel)
        world.add(Self.session)
        _ = world.begin()
        world.tunnels = [:]
        world.sessions = [:]
        #expect(world.wait(.seconds(29)) == [])
        #expect(world.wait(.seconds(2)) == [.deleted(.session(Self.session)), .deleted(.tunnel(Self.tunnel))])
        world.add(Self.tunnel)
        #expect(world.wait(.seconds(30)) == [.created(.tunnel(Self.tunnel))])
    }

    @Test func `an Ethernet session's interface is known by its session`() {
        var world = started(with: Self.tunnel)
        world.add(Self.session)
        #expect(world.hear(.present(Self.wire)) == [.created(.link(wire))])
        #expect(world.hear(.present(Self.wire)) == [])
        var renamed = Self.wire
        renamed.name = "branch"
        renamed.isUp = true
        var told = wire
        (told.name, told.isUp) = ("branch", true)
        #expect(world.hear(.present(renamed)) == [.modified(.link(told))])
        #expect(world.hear(.gone(index: 7)) == [.deleted(.link(told))])
        #expect(world.hear(.gone(index: 7)) == [])
    }

    @Test func `of other interfaces nothing is told, and the kernel is asked once`() {
        var world = started(with: Self.tunnel, Self.session)
        let before = world.questions
        var card = Self.wire
        (card.index, card.name) = (2, "eth1")
        #expect(world.hear(.present(card)) == [] && world.hear(.present(card)) == [])
        #expect(world.questions == before + 1)
        (card.index, card.kind) = (3, "veth")
        #expect(world.hear(.present(card)) == [] && world.hear(.gone(index: 3)) == [])
        #expect(world.questions == before + 1)
    }

    @Test func `a PPP interface's life`() {
        var world = started()
        var unit = NetworkLink(
            index: 9, name: "ppp0", kind: "ppp", isEthernet: false, isUp: false, isRunning: false, mtu: 1500)
        #expect(world.hear(.present(unit)) == [.created(.link(unit))])
        unit.isUp = true
        #expect(world.hear(.present(unit)) == [.modified(.link(unit))])
        // Its end is missed.
        #expect(world.hear(LinkEvent.lost) == [.lost, .deleted(.link(unit))])
    }
}
