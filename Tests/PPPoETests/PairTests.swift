import Addresses
import Instants
import Testing

@testable import PPPoE

private let concentrator = MACAddress(2, 0, 0, 0, 0, 0xac)

/// Hosts and an access concentrator on an Ethernet that loses, doubles, delays and pads frames, in virtual time.
private struct Ethernet {
    struct Frame {
        var at: Instant
        var octets: [UInt8]
        var source: MACAddress
        var destination: MACAddress
    }

    var random: SplitMix
    var now = Instant(sinceBoot: .seconds(1000))
    var machine: AccessConcentrator
    var hosts: [MACAddress: Subscriber] = [:]
    var frames: [Frame] = []
    /// When the owner of the concentrator will have decided.
    var decisions: [(at: Instant, id: PPPoESessionID)] = []
    var begun: [AccessRequest] = []
    var ended: [PPPoESessionID] = []
    var up: [MACAddress: Subscriber.Session] = [:]
    var failed: [MACAddress: Subscriber.Failure] = [:]
    let loss: Int

    init(seed: UInt64, loss: Int, _ configuration: AccessConcentrator.Configuration = .sample()) {
        random = SplitMix(state: seed)
        self.loss = loss
        machine = AccessConcentrator(configuration: configuration, at: now, using: &random)
    }

    mutating func transmit(_ octets: [UInt8], from source: MACAddress, to destination: MACAddress) {
        let copies =
            Int.random(in: 0..<100, using: &random) < loss ? 0 : Int.random(in: 0..<10, using: &random) == 0 ? 2 : 1
        for _ in 0..<copies {
            let delay = Duration.milliseconds(Int.random(in: 1...50, using: &random))
            let padded = octets + [UInt8](repeating: 0, count: max(0, 46 - octets.count))
            frames.append(Frame(at: now + delay, octets: padded, source: source, destination: destination))
        }
    }

    mutating func handle(_ event: Subscriber.Event, at host: MACAddress) {
        for output in hosts[host]?.handle(event, at: now) ?? [] {
            switch output {
            case .send(let octets, let destination): transmit(octets, from: host, to: destination)
            case .up(let session): up[host] = session
            case .failed(let failure): failed[host] = failure
            case .terminated: up[host] = nil
            }
        }
    }

    mutating func handle(_ event: AccessConcentrator.Event) {
        for output in machine.handle(event, at: now) {
            switch output {
            case .send(let octets, let destination): transmit(octets, from: concentrator, to: destination)
            case .begin(let request):
                begun.append(request)
                decisions.append((now + .milliseconds(Int.random(in: 0...3000, using: &random)), request.id))
            case .terminated(let id): ended.append(id)
            }
        }
    }

    mutating func start(_ configuration: Subscriber.Configuration, at host: MACAddress) {
        hosts[host] = Subscriber(configuration: configuration, using: &random)
        handle(.start, at: host)
    }

    /// One thing happens; false when nothing will.
    mutating func step() -> Bool {
        let deadlines = hosts.compactMap { host, machine in machine.deadline.map { (at: $0, host: host) } }
        let timer = deadlines.min { ($0.at, $0.host.octets.last ?? 0) < ($1.at, $1.host.octets.last ?? 0) }
        let frame = frames.indices.min { frames[$0].at < frames[$1].at }
        let decision = decisions.indices.min { decisions[$0].at < decisions[$1].at }
        let times = [timer?.at, frame.map { frames[$0].at }, decision.map { decisions[$0].at }].compactMap(\.self)
        guard let next = times.min() else { return false }
        now = max(now, next)
        if let frame, frames[frame].at == next {
            let arrived = frames.remove(at: frame)
            if arrived.destination == .broadcast || arrived.destination == concentrator {
                handle(.received(arrived.octets, from: arrived.source))
            } else {
                handle(.received(arrived.octets, from: arrived.source), at: arrived.destination)
            }
        } else if let decision, decisions[decision].at == next {
            handle(.accept(decisions.remove(at: decision).id))
        } else if let timer {
            handle(.timeout, at: timer.host)
        }
        return true
    }

    /// Until all is quiet.
    mutating func run() throws {
        for _ in 0..<100_000 where !step() { return }
        throw NeverQuiet()
    }

    struct NeverQuiet: Error {}
}

@Suite struct PairTests {
    @Test(arguments: 1...20, [0, 20, 40])
    func `POE-02 POE-05 hosts on a lossy Ethernet each find one session, and no two the same`(seed: Int, loss: Int)
        throws
    {
        var ethernet = Ethernet(seed: UInt64(seed), loss: loss)
        let all = (1...5).map(host)
        for each in all { ethernet.start(Subscriber.Configuration(serviceName: "internet", initiations: 20), at: each) }
        try ethernet.run()
        #expect(ethernet.failed.isEmpty)
        #expect(Set(ethernet.up.values.map(\.id)).count == all.count)
        for each in all {
            let id = ethernet.up[each]?.id
            #expect(ethernet.begun.contains { $0.id == id && $0.host == each && $0.serviceName == "internet" })
        }
        // A host that began anew after the window may have left one behind; without loss nobody does.
        if loss == 0 { #expect(ethernet.begun.count == all.count && ethernet.machine.sessionCount == all.count) }
    }

    @Test(arguments: [true, false]) func `POE-06 either end's PADT ends the session at both`(byHost: Bool) throws {
        var ethernet = Ethernet(seed: 1, loss: 0)
        ethernet.start(Subscriber.Configuration(), at: host(1))
        try ethernet.run()
        let id = try #require(ethernet.up[host(1)]?.id)
        if byHost {
            ethernet.handle(.end(reason: "bye"), at: host(1))
            try ethernet.run()
            #expect(ethernet.ended == [id])
        } else {
            ethernet.handle(.end(id, reason: "bye"))
            try ethernet.run()
            #expect(ethernet.up.isEmpty && ethernet.ended.isEmpty)
        }
        #expect(ethernet.machine.sessionCount == 0)
    }

    @Test func `POE-07 both ends agree on the payload`() throws {
        var ethernet = Ethernet(seed: 2, loss: 20, .sample { $0.mtu = 1600 })
        ethernet.start(Subscriber.Configuration(mtu: 1550, maxPayload: 1540), at: host(1))
        ethernet.start(Subscriber.Configuration(mtu: 1550), at: host(2))
        try ethernet.run()
        for (host, octets) in [(host(1), 1540), (host(2), 1492)] as [(MACAddress, UInt16)] {
            let session = try #require(ethernet.up[host])
            #expect(session.maxPayload == octets)
            #expect(ethernet.begun.first { $0.id == session.id }?.maxPayload == octets)
        }
    }

    @Test func `POE-02 a host whose service nobody has gives up`() throws {
        var ethernet = Ethernet(seed: 3, loss: 0, .sample { $0.services = .names(["internet"]) })
        ethernet.start(Subscriber.Configuration(serviceName: "voice", initiations: 3), at: host(1))
        try ethernet.run()
        #expect(ethernet.failed == [host(1): .noAnswer] && ethernet.begun.isEmpty)
    }
}
