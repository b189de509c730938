import Addresses
import Configuration
import Instants
import Linux
import Testing

@testable import L2TPDaemon

@Suite struct TunnelGroupsTests {
    let start = Instant.now

    static func lns(_ host: UInt8) -> RemoteLNS { RemoteLNS(place: .address(.v4(IPv4Address(192, 0, 2, host)))) }

    static func group(_ members: [(host: UInt8, preference: Int, weight: Int)]) -> TunnelGroup {
        TunnelGroup(
            name: "g",
            members: members.map { .init(lns: lns($0.host), preference: $0.preference, weight: $0.weight) })
    }

    /// The last octets of those that so many calls went to.
    func spread(
        _ count: Int, over group: TunnelGroup, by groups: inout TunnelGroups, at now: Instant
    ) -> [RemoteLNS] {
        (0..<count).compactMap { _ in
            guard case .member(let member) = groups.choose(from: group, except: [], at: now) else { return nil }
            return member.lns
        }
    }

    @Test func `calls are spread by weight, evenly from the first one on`() {
        var groups = TunnelGroups()
        let chosen = spread(8, over: Self.group([(1, 0, 3), (2, 0, 1)]), by: &groups, at: start)
        #expect(chosen.count { $0 == Self.lns(1) } == 6)
        #expect(chosen[0..<4].contains(Self.lns(2)) && chosen[4..<8].contains(Self.lns(2)))
    }

    @Test func `the less preferred are for when no other can`() {
        var groups = TunnelGroups()
        let group = Self.group([(1, 5, 100), (2, 1, 1), (3, 1, 1)])
        #expect(Set(spread(4, over: group, by: &groups, at: start)) == [Self.lns(2), Self.lns(3)])
        #expect(
            groups.choose(from: group, except: [Self.lns(2), Self.lns(3)], at: start) == .member(group.members[0]))
        #expect(groups.choose(from: group, except: Set(group.members.map(\.lns)), at: start) == .none(retry: nil))
    }

    @Test func `one that failed is left alone for its time, and then is used again`() {
        var groups = TunnelGroups()
        let group = Self.group([(1, 0, 1), (2, 0, 1)])
        groups.failed(Self.lns(1), for: .seconds(60), at: start)
        groups.failed(Self.lns(1), for: .seconds(10), at: start)
        #expect(Set(spread(4, over: group, by: &groups, at: start + .seconds(59))) == [Self.lns(2)])
        #expect(Set(spread(4, over: group, by: &groups, at: start + .seconds(60))) == [Self.lns(1), Self.lns(2)])
    }

    @Test func `one that failed gets its share when it is back, and not what it missed`() {
        var groups = TunnelGroups()
        let group = Self.group([(1, 0, 1), (2, 0, 1)])
        groups.failed(Self.lns(1), for: .seconds(60), at: start)
        _ = spread(11, over: group, by: &groups, at: start)
        let chosen = spread(4, over: group, by: &groups, at: start + .seconds(61))
        #expect(chosen.count { $0 == Self.lns(1) } == 2)
    }

    @Test func `when all are left alone it is told when the first may be tried`() {
        var groups = TunnelGroups()
        let group = Self.group([(1, 0, 1), (2, 0, 1)])
        groups.failed(Self.lns(1), for: .seconds(60), at: start)
        groups.failed(Self.lns(2), for: .seconds(30), at: start)
        #expect(groups.choose(from: group, except: [], at: start) == .none(retry: start + .seconds(30)))
        groups.answered(Self.lns(1))
        #expect(groups.choose(from: group, except: [], at: start) == .member(group.members[0]))
    }

    @Test func `one without a pause is never left alone, and a full one gets nothing`() {
        var groups = TunnelGroups()
        let group = Self.group([(1, 0, 1), (2, 1, 1)])
        groups.failed(Self.lns(1), for: .zero, at: start)
        #expect(groups.choose(from: group, except: [], at: start) == .member(group.members[0]))
        let choice = groups.choose(from: group, except: [], at: start) { $0.lns != Self.lns(1) }
        #expect(choice == .member(group.members[1]))
    }
}

@Suite struct RedialTests {
    @Test func `the pause doubles with every failure up to the cap, and begins anew after a call that stood`() {
        var redial = Redial(initial: .seconds(2), cap: .seconds(15))
        let pauses = (0..<5).map { _ in redial.pause(after: .zero) }
        #expect(pauses == [2, 4, 8, 15, 15].map(Duration.seconds))
        #expect(redial.pause(after: .seconds(15)) == .seconds(15), "it may have been lost at once")
        #expect(redial.pause(after: .seconds(16)) == .seconds(2))
        #expect(redial.pause(after: .zero) == .seconds(4))
        redial.reset()
        #expect(redial.pause(after: .zero) == .seconds(2))
    }
}
