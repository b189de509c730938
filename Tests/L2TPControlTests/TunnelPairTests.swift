import Instants
import L2TPControl
import L2TPWire
import Testing

/// A LAC and an LNS, each with a tunnel, over a bad link in virtual time. Whoever is asked for a call takes it, and the
/// LAC connects every call that is taken.
private struct TunnelPair {
    static let lac = 0
    static let lns = 1

    var tunnels: [Tunnel]
    var links: [LossyLink<[UInt8]>]
    var random: SeededRandom
    var now = start
    /// What each end said, datagrams excepted.
    var events: [[TunnelOutput]] = [[], []]
    /// Everything that was sent, lost or not.
    var datagrams: [[UInt8]] = []

    init(
        seed: UInt64, quality: LossyLink<[UInt8]>.Quality, configure: (inout TunnelConfiguration) -> Void = { _ in }
    ) {
        tunnels = ["lac", "lns"].map { name in
            var configuration = TunnelConfiguration(hostName: Text(name))
            // A link that loses 20 of a hundred datagrams must not look like no link.
            configuration.retransmission.limit = 20
            configuration.establishmentLimit = 20
            configuration.establishmentTimeout = .seconds(600)
            configuration.callSetupTimeout = .seconds(600)
            configure(&configuration)
            return Tunnel(
                role: name == "lac" ? .initiator : .responder, localTunnelID: TunnelID(name == "lac" ? 11 : 22),
                configuration: configuration)
        }
        links = [.init(quality), .init(quality)]
        random = SeededRandom(seed: seed)
    }

    mutating func give(_ inputs: [TunnelInput], to end: Int) {
        var answers: [TunnelInput] = []
        for output in tunnels[end].handle(inputs, at: now, using: &random) {
            switch output {
            case .transmit(let octets):
                datagrams.append(octets)
                links[end].put(octets, at: now, random: &random)
            case .callOffered(let id, _): answers.append(.acceptCall(id))
            case .callAccepted(let id, _, _): answers.append(.connectCall(id, .plain))
            case .outgoingCallRequested(let id, _):
                answers += [
                    .acceptOutgoingCall(id, OCRP(assignedSessionID: .none)), .connectOutgoingCall(id, .plain),
                ]
            case .outgoingCallAccepted, .outgoingCallConnected, .opened, .callConnected, .callPlaced, .callNotPlaced,
                .linkInfo, .lineErrors, .disconnectCause, .callClosed, .closed,
                .stopAcknowledged, .finished, .probed, .noted:
                break
            }
            if case .transmit = output { continue }
            events[end].append(output)
        }
        if !answers.isEmpty { give(answers, to: end) }
    }

    /// Lets time pass until `isDone`, at most `limit`; tells whether it was.
    mutating func run(atMost limit: Duration, until isDone: (TunnelPair) -> Bool) -> Bool {
        let end = now + limit
        while !isDone(self) {
            for index in 0..<2 {
                let inputs = links[1 - index].take(at: now).compactMap { octets -> TunnelInput? in
                    guard case .control(let header, let body)? = try? Datagram(parsing: octets) else { return nil }
                    return .datagram(header, body: body)
                }
                if !inputs.isEmpty { give(inputs, to: index) }
            }
            guard let next = (links.compactMap(\.nextArrival) + tunnels.compactMap(\.deadline)).min(), next <= end
            else { return isDone(self) }
            now = max(now, next)
            for index in 0..<2 {
                if let deadline = tunnels[index].deadline, deadline <= now { give([.timeout], to: index) }
            }
        }
        return true
    }

    func established(_ end: Int) -> Int { tunnels[end].sessions.count { $0.state == .established } }

    func count(_ end: Int, _ isMeant: (TunnelOutput) -> Bool) -> Int { events[end].count(where: isMeant) }
}

private let badLink = LossyLink<[UInt8]>.Quality(loss: 20, duplication: 10, delay: 1...80)

/// What an end's configuration has beside its name.
private struct Security: Sendable, CustomStringConvertible {
    var secret: String?
    var authenticates = false
    var hiding = Hiding.Extent.credentials

    var description: String { "\(secret ?? "no secret"), \(authenticates ? "authenticated" : "open"), \(hiding)" }

    func apply(to configuration: inout TunnelConfiguration) {
        configuration.secret = secret.map { Array($0.utf8) }
        configuration.requiresAuthentication = authenticates
        configuration.hiding = hiding
    }
}

@Suite struct TunnelPairTests {
    private static let securities = [
        Security(), Security(secret: "secret"), Security(secret: "secret", authenticates: true),
        Security(secret: "secret", authenticates: true, hiding: .everything),
    ]

    @Test(arguments: securities, [1, 2, 3] as [UInt64])
    private func `AUT-01 SSF-09 KA-05 REL-04 fifty calls come up and go down over a link that loses a fifth`(
        security: Security, seed: UInt64
    ) throws {
        var pair = TunnelPair(seed: seed, quality: badLink) { security.apply(to: &$0) }
        let calls = (1...50).map {
            TunnelInput.placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: $0, callingNumber: "0123456789"))
        }
        pair.give(calls, to: TunnelPair.lac)
        let isUp = pair.run(atMost: .seconds(3600)) { $0.established(0) == 50 && $0.established(1) == 50 }
        #expect(isUp)
        for end in 0..<2 {
            #expect(pair.count(end) { $0 == .opened } == 1)
            #expect(pair.tunnels[end].state == .established)
            #expect(pair.tunnels[end].statistics.delivery.duplicates > 0)
        }
        // Each end knows the other's ids.
        let ids = [0, 1].map { end in
            Set(pair.tunnels[end].sessions.map { end == 0 ? [$0.localID, $0.peerID] : [$0.peerID, $0.localID] })
        }
        #expect(ids[0] == ids[1])
        let numbersAreSeen = pair.datagrams.contains { datagram in
            datagram.indices.contains { datagram[$0...].starts(with: "0123456789".utf8) }
        }
        #expect(numbersAreSeen == (security.hiding != .everything))

        // Half of the calls are closed by either end, one by one.
        let sessions = pair.tunnels[0].sessions.sorted { $0.localID.rawValue < $1.localID.rawValue }
        let code = ResultCode<CDNResult>(.administrative)
        pair.give(sessions.prefix(15).map { .closeCall($0.localID, code) }, to: TunnelPair.lac)
        pair.give(sessions.dropFirst(10).prefix(15).compactMap { $0.peerID.map { .closeCall($0, code) } }, to: 1)
        let isHalf = pair.run(atMost: .seconds(3600)) {
            $0.tunnels.allSatisfy { $0.sessionCount == 25 && $0.statistics.queueDepth == 0 }
        }
        #expect(isHalf)

        pair.give([.close(ResultCode(.shuttingDown))], to: TunnelPair.lac)
        let isDown = pair.run(atMost: .seconds(3600)) { $0.tunnels.allSatisfy { $0.state == .finished } }
        #expect(isDown)
        for end in 0..<2 {
            #expect(pair.count(end) { if case .callClosed = $0 { true } else { false } } == 50)
            #expect(pair.count(end) { $0 == .finished } == 1)
            #expect(pair.events[end].last == .finished)
            #expect(pair.tunnels[end].deadline == nil)
        }
        #expect(pair.events[1].contains(.closed(.peer(ResultCode(.shuttingDown)))))
        #expect(pair.events[0].contains(.stopAcknowledged))
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `SSF-03 SSF-04 outgoing calls from either end come up beside incoming ones over a link that loses a fifth`(
        seed: UInt64
    ) {
        var pair = TunnelPair(seed: seed, quality: badLink) { $0.bearerCapabilities = .digital }
        let requests = (1...15).flatMap { number -> [TunnelInput] in
            [
                .placeOutgoingCall(.plain(serial: number)),
                .placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: 100 + number)),
            ]
        }
        pair.give(requests, to: 0)
        let isOpen = pair.run(atMost: .seconds(3600)) { $0.tunnels[1].state == .established }
        #expect(isOpen)
        pair.give(requests, to: 1)
        let isUp = pair.run(atMost: .seconds(3600)) { $0.established(0) == 60 && $0.established(1) == 60 }
        #expect(isUp)
        for end in 0..<2 {
            #expect(pair.count(end) { if case .outgoingCallRequested = $0 { true } else { false } } == 15)
            #expect(pair.count(end) { if case .outgoingCallAccepted = $0 { true } else { false } } == 15)
            #expect(pair.count(end) { if case .outgoingCallConnected = $0 { true } else { false } } == 15)
        }
        // Each end knows the other's ids, and what it is itself in each call.
        let calls = [0, 1].map { end in
            Set(
                pair.tunnels[end].sessions.map { call in
                    let (ours, peers) = ("\(call.localID)", "\(call.peerID ?? .none)")
                    let isLAC = call.side == .lac ? end == 0 : end == 1
                    let ids = end == 0 ? [ours, peers] : [peers, ours]
                    return ids + ["\(call.direction)", "first is the LAC: \(isLAC)"]
                })
        }
        #expect(calls[0] == calls[1])
        #expect(Set(calls[0].map { $0.suffix(2) }).count == 4)

        // Half of them go down from either end, the rest with the tunnel.
        let sessions = pair.tunnels[0].sessions.sorted { $0.localID.rawValue < $1.localID.rawValue }
        let code = ResultCode<CDNResult>(.lossOfCarrier)
        pair.give(sessions.prefix(20).map { .closeCall($0.localID, code) }, to: 0)
        pair.give(sessions.dropFirst(15).prefix(15).compactMap { $0.peerID.map { .closeCall($0, code) } }, to: 1)
        let isHalf = pair.run(atMost: .seconds(3600)) {
            $0.tunnels.allSatisfy { $0.sessionCount == 30 && $0.statistics.queueDepth == 0 }
        }
        #expect(isHalf)
        pair.give([.close(ResultCode(.shuttingDown))], to: 1)
        let isDown = pair.run(atMost: .seconds(3600)) { $0.tunnels.allSatisfy { $0.state == .finished } }
        #expect(isDown)
        for end in 0..<2 {
            #expect(pair.count(end) { if case .callClosed = $0 { true } else { false } } == 60)
            #expect(pair.tunnels[end].deadline == nil)
        }
    }

    @Test func `AUT-03 two ends with different secrets make no tunnel`() {
        var pair = TunnelPair(seed: 4, quality: badLink) { configuration in
            configuration.secret = Array(configuration.hostName.octets)
            configuration.requiresAuthentication = true
        }
        pair.give([.open], to: TunnelPair.lac)
        let isOver = pair.run(atMost: .seconds(3600)) { $0.tunnels.allSatisfy { $0.state == .finished } }
        #expect(isOver)
        for end in 0..<2 { #expect(!pair.events[end].contains(.opened)) }
        let isRefused = pair.events[0].contains {
            if case .closed(.local(let code)) = $0 { code.result == .notAuthorized } else { false }
        }
        #expect(isRefused)
    }

    @Test func `REL-12 two hundred calls placed at once are all set up in a few round trips`() {
        var pair = TunnelPair(seed: 5, quality: .init(delay: 5...5))
        let calls = (1...200).map { TunnelInput.placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: $0)) }
        pair.give(calls, to: TunnelPair.lac)
        let isUp = pair.run(atMost: .milliseconds(400)) { $0.established(0) == 200 && $0.established(1) == 200 }
        #expect(isUp)
        for end in 0..<2 {
            #expect(pair.tunnels[end].statistics.delivery == DeliveryCounters())
            #expect(Set(pair.tunnels[end].sessions.map(\.localID)).count == 200)
        }
    }

    @Test func `REL-11 a batch of datagrams is acknowledged together and a ZLB is never answered`() {
        var pair = TunnelPair(seed: 6, quality: .init(delay: 5...5))
        pair.give([.open], to: TunnelPair.lac)
        _ = pair.run(atMost: .seconds(1)) { $0.tunnels.allSatisfy { $0.state == .established } }
        _ = pair.run(atMost: .seconds(1)) { _ in false }
        let isZLB = { (octets: [UInt8]) in octets.count == ControlHeader.size }
        // SCCRQ, SCCRP, SCCCN, ZLB: the lock-step of appendix B.1.
        #expect(pair.datagrams.map(isZLB) == [false, false, false, true])
        pair.datagrams = []
        let calls = (1...40).map { TunnelInput.placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: $0)) }
        pair.give(calls, to: TunnelPair.lac)
        _ = pair.run(atMost: .seconds(10)) { _ in false }
        #expect(pair.established(1) == 40)
        // 40 times ICRQ, ICRP, ICCN; nearly all acknowledgements ride on them.
        #expect(pair.datagrams.count { !isZLB($0) } == 120)
        #expect(pair.datagrams.count(where: isZLB) < 40)
    }

    @Test func `KA-01 KA-02 two idle ends keep each other alive for an hour`() {
        var pair = TunnelPair(seed: 7, quality: badLink)
        pair.give([.open], to: TunnelPair.lac)
        _ = pair.run(atMost: .seconds(3600)) { _ in false }
        #expect(pair.tunnels.allSatisfy { $0.state == .established })
    }

    @Test func `AVP-17 HRD-05 datagrams changed on their way never trap a tunnel`() {
        var random = SeededRandom(seed: 99)
        for seed in 0..<200 as Range<UInt64> {
            var pair = TunnelPair(seed: seed, quality: .init(loss: 5, duplication: 5, delay: 1...20)) {
                $0.bearerCapabilities = .digital
            }
            pair.give((1...3).map { .placeCall(ICRQ(assignedSessionID: .none, callSerialNumber: $0)) }, to: 0)
            pair.give((4...6).map { .placeOutgoingCall(.plain(serial: $0)) }, to: 0)
            for _ in 0..<40 {
                _ = pair.run(atMost: .milliseconds(50)) { _ in false }
                guard var octets = pair.datagrams.randomElement(using: &random) else { continue }
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    octets[Int.random(in: 12..<max(octets.count, 13), using: &random) % octets.count] = .random(
                        in: .min ... .max, using: &random)
                }
                for end in 0..<2 {
                    guard case .control(var header, let body)? = try? Datagram(parsing: octets) else { continue }
                    header.tunnelID = pair.tunnels[end].localTunnelID
                    header.ns = SequenceNumber(.random(in: 0...12, using: &random))
                    pair.give([.datagram(header, body: body)], to: end)
                }
            }
            // Whatever it came to, it comes to an end.
            for end in 0..<2 { pair.give([.close(ResultCode(.shuttingDown))], to: end) }
            let isOver = pair.run(atMost: .seconds(600)) { pair in
                pair.tunnels.allSatisfy { $0.state == .finished || $0.state == .idle }
            }
            #expect(isOver, "seed \(seed)")
            for end in 0..<2 {
                let begun = pair.count(end) {
                    switch $0 {
                    case .callOffered, .callPlaced, .outgoingCallRequested: true
                    default: false
                    }
                }
                let ended = pair.count(end) { if case .callClosed = $0 { true } else { false } }
                #expect(begun == ended, "seed \(seed)")
            }
        }
    }
}
