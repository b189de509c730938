import Addresses
import Instants
import Testing

@testable import PPPoE

private let seldom = RateLimit(perSecond: 1, burst: 3)
private let often = RateLimit(perSecond: 10_000, burst: 100_000)

private func uniq(_ number: Int) -> DiscoveryTag {
    DiscoveryTag(.hostUniq, [UInt8(number >> 8), UInt8(number & 0xff)])
}

private var interworked: DiscoveryTag {
    var line = AccessLine()
    line.isInterworked = true
    return line.tag
}

@Suite struct LimitTests {
    @Test func `POE-09 a host has no more sessions than it may`() throws {
        var station = Station(.sample { $0.sessionLimitPerHost = 2 })
        let cookie = try #require(try station.offer()?[.acCookie])
        let first = try station.open([anyService, uniq(1)]).id
        _ = try station.open([anyService, uniq(2)])
        #expect(try station.receive(.padi, [anyService, uniq(3)]).isEmpty)
        #expect(station.discarded(.sessionLimit) == 1)
        let pads = try #require(try station.receive(.padr, [anyService, uniq(3), cookie]).packets().first)
        #expect(pads.code == .pads && pads.sessionID == 0 && pads[.acSystemError] != nil && pads[.hostUniq] == uniq(3))
        // One whose PADS was lost may begin again.
        #expect(try station.offer([anyService, uniq(2)]) != nil)
        // Another host has its own limit, and a session that is over counts no more.
        #expect(try station.offer([anyService], from: host(2)) != nil)
        _ = station.machine.handle(.end(first, reason: ""), at: station.now)
        station.now += .seconds(10)
        #expect(try station.request([anyService, uniq(4)]).requests.count == 1)
    }

    @Test func `POE-09 an interface has no more sessions than it may`() throws {
        var station = Station(.sample { $0.sessionLimit = 3 })
        let cookie = try #require(try station.offer(from: host(9))?[.acCookie])
        for number in 1...3 { _ = try station.open(from: host(number)) }
        #expect(try station.receive(.padi, [anyService], from: host(9)).isEmpty)
        let outputs = try station.receive(.padr, [anyService, cookie], from: host(9))
        #expect(outputs.packets(to: host(9)).first?[.acSystemError] != nil && outputs.requests.isEmpty)
        #expect(station.machine.sessionCount == 3)
    }

    @Test func `POE-09 an access node that interworks may have more sessions than a host, and more often`() throws {
        let configuration = AccessConcentrator.Configuration.sample {
            $0.sessionLimitPerHost = 1
            $0.initiations.host = seldom
            $0.requests.host = seldom
        }
        var station = Station(configuration)
        let cookie = try #require(try station.offer([anyService, interworked], from: host(2))?[.acCookie])
        for number in 0..<50 {
            let outputs = try station.receive(.padr, [anyService, uniq(number), interworked, cookie], from: host(2))
            #expect(outputs.requests.first?.line?.isInterworked == true)
        }
        #expect(station.machine.sessionCount == 50)
        // Those sessions do not count for what the station itself may have.
        #expect(try station.receive(.padr, [anyService, cookie], from: host(2)).requests.count == 1)
        #expect(
            try station.receive(.padr, [anyService, uniq(99), cookie], from: host(2)).packets(to: host(2)).first?[
                .acSystemError] != nil)

        // Without an access node to believe, the tag exempts nobody.
        var untrusting = Station(
            .sample {
                $0.trustsAccessNode = false; $0.sessionLimitPerHost = 1
            })
        #expect(try untrusting.request([anyService, uniq(1), interworked]).requests.count == 1)
        #expect(try untrusting.offer([anyService, uniq(2), interworked]) == nil)
    }

    @Test func `POE-09 a host that floods is held back, others are not`() throws {
        var station = Station(.sample { $0.initiations = .init(interface: often, host: seldom) })
        for _ in 0..<1000 { _ = try station.receive(.padi, [anyService]) }
        #expect(station.machine.counters.padoSent == 3)
        #expect(station.discarded(.initiationRateOfHost) == 997)
        #expect(try station.offer(from: host(2)) != nil)
        station.now += .seconds(2)
        for _ in 0..<10 { _ = try station.receive(.padi, [anyService]) }
        #expect(station.machine.counters.padoSent == 6)
    }

    @Test func `POE-09 requests have a rate of their own, which packets without a good cookie do not use up`() throws {
        var station = Station(.sample { $0.requests = .init(interface: seldom, host: often) })
        let cookie = try #require(try station.offer()?[.acCookie])
        for _ in 0..<100 { _ = try station.receive(.padr, [anyService, DiscoveryTag(.acCookie, [1])]) }
        let begun = try (0..<10).flatMap { try station.receive(.padr, [anyService, uniq($0), cookie]).requests }
        #expect(begun.count == 3)
        #expect(station.discarded(.requestRate) == 7)
        var single = Station(.sample { $0.requests = .init(interface: often, host: seldom) })
        for number in 0..<10 { _ = try single.receive(.padr, [anyService, uniq(number), cookie]) }
        #expect(single.machine.sessionCount == 3 && single.discarded(.requestRateOfHost) == 7)
    }

    @Test func `POE-09 a flood from made-up addresses costs the interface's tokens and bounded memory`() throws {
        let limits = AccessConcentrator.Rates(interface: RateLimit(perSecond: 100, burst: 200), host: seldom)
        var station = Station(.sample { $0.initiations = limits })
        for number in 0..<50_000 { _ = try station.receive(.padi, [anyService], from: host(number)) }
        #expect(station.machine.counters.padoSent == 200)
        #expect(station.discarded(.initiationRate) == 49_800)
        #expect(station.machine.initiations.count == 200)

        var limiter = RateLimiter(at: Station.epoch, capacity: 100)
        for number in 0..<10_000 {
            #expect(limiter.take(interface: often, host: seldom, from: host(number), at: Station.epoch) == .granted)
            #expect(limiter.count <= 100)
        }
    }

    @Test func `POE-09 a host that goes on is not forgotten in a flood of others`() {
        var limiter = RateLimiter(at: Station.epoch, capacity: 100)
        var granted = 0
        var now = Station.epoch
        for number in 0..<4000 {
            if number.isMultiple(of: 10) {
                now += .milliseconds(100)
                if limiter.take(interface: often, host: seldom, from: host(70_000), at: now) == .granted {
                    granted += 1
                }
            }
            _ = limiter.take(interface: often, host: seldom, from: host(number), at: now)
        }
        // 400 tries in 40 seconds at one a second after a burst of three.
        #expect((42...43).contains(granted))
    }

    @Test(arguments: [(1, 1), (1, 5), (10, 1), (1000, 2000)])
    func `a bucket grants its burst at once and its rate for ever`(perSecond: Int, burst: Int) {
        let limit = RateLimit(perSecond: perSecond, burst: burst)
        var bucket = TokenBucket(at: Station.epoch)
        func grants(at now: Instant) -> Int {
            (0...(burst + 2)).count { _ in bucket.take(limit, at: now) }
        }
        #expect(grants(at: Station.epoch) == burst)
        #expect(grants(at: Station.epoch + limit.interval) == 1)
        #expect(grants(at: Station.epoch + .seconds(3600)) == burst)
    }

    @Test func `POE-09 every counter has a name of its own in snake_case`() throws {
        var station = Station(.sample { $0.initiations.host = seldom })
        for _ in 0..<5 { _ = try station.receive(.padi, [anyService]) }
        let counters = station.machine.counters.all
        let values = Dictionary(counters.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        #expect(values.count == counters.count)
        #expect(values["padi_received"] == 5 && values["pado_sent"] == 3)
        #expect(values["discarded_padi_rate_per_mac"] == 2 && values["discarded_wrong_cookie"] == 0)
        #expect(values.keys.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" } })
    }
}
