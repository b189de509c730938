import Addresses
import Instants
import PPPoE

/// libFuzzer's entry: the octets are one discovery packet, and also a script for an access concentrator and a host - what
/// they hear, what the owner answers, how time passes. Whatever they say, neither may trap, answer more than it was asked,
/// or keep count of sessions that are not there.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let octets = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    checkPacket(octets)
    var script = octets[...]
    var run = Run(choice: script.popFirst() ?? 0)
    while let step = script.popFirst() { run.step(step, &script) }
    return 0
}

/// A packet that was read must be written so that it reads the same; so must what it tells about the line.
private func checkPacket(_ octets: [UInt8]) {
    do throws(DiscoveryError) {
        let packet = try DiscoveryPacket(parsing: octets)
        if let line = AccessLine(in: packet) { checkLine(line) }
        guard packet.count <= DiscoveryPacket.longest else { return }
        let again = try DiscoveryPacket(parsing: try packet.encoded())
        precondition(again == packet, "packet changed")
    } catch {
        precondition(!error.description.isEmpty, "an error says nothing")
    }
}

private func checkLine(_ line: AccessLine) {
    var expected = line
    expected.circuitID = line.circuitID.map { Array($0.prefix(63)) }
    expected.remoteID = line.remoteID.map { Array($0.prefix(63)) }
    precondition(AccessLine(in: DiscoveryPacket(.padi, tags: [line.tag])) == expected, "line changed")
}

private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

private struct Run {
    private static let epoch = Instant(sinceBoot: .seconds(1000))
    private static let concentratorAddress = MACAddress(2, 0, 0, 0, 0, 0xac)

    private var concentrator: AccessConcentrator
    private var subscriber: Subscriber
    private var now = Run.epoch
    private var random = Generator(state: 1)
    /// The latest cookie of each host, so that a script can return what it cannot know.
    private var cookies: [MACAddress: DiscoveryTag] = [:]
    /// Sessions that were begun and are not over, and those of them that the owner has not decided on.
    private var sessions: Set<PPPoESessionID> = []
    private var undecided: [PPPoESessionID] = []
    /// What the host has sent last.
    private var hostUniq: [DiscoveryTag] = []

    init(choice: UInt8) {
        var configuration = AccessConcentrator.Configuration(
            name: "bras", services: choice & 1 == 0 ? .any : .names(["internet", "video"]), cookieKey: Array(0...31),
            circuit: "eth0", mtu: choice & 2 == 0 ? 1500 : 9000, sessionLimit: choice & 4 == 0 ? 65_534 : 3,
            sessionLimitPerHost: 2, trustsAccessNode: choice & 8 == 0)
        if choice & 16 == 0 {
            let often = RateLimit(perSecond: 100_000, burst: 100_000)
            configuration.initiations = AccessConcentrator.Rates(interface: often, host: often)
            configuration.requests = configuration.initiations
        }
        concentrator = AccessConcentrator(configuration: configuration, at: now, using: &random)
        subscriber = Subscriber(
            configuration: Subscriber.Configuration(mtu: 9000, maxPayload: choice & 32 == 0 ? nil : 4000),
            using: &random)
    }

    mutating func step(_ step: UInt8, _ script: inout ArraySlice<UInt8>) {
        let source = MACAddress(2, 0, 0, 0, 0, step >> 4 & 3)
        switch step & 15 {
        case 0, 1, 2: receive(Self.take(&script), from: source)
        // A whole packet, so that mutations get behind its header; with the cookie that its source was given.
        case 3: receive(.padi, from: source, Self.tags(&script))
        case 4, 5: receive(.padr, from: source, Self.tags(&script) + [cookies[source]].compactMap(\.self))
        case 6: receive(.padt, id: UInt16(undecided.last?.rawValue ?? UInt16(step)), from: source, [])
        case 7: terminate(from: source)
        case 8: decide { .accept($0) }
        case 9: decide { .refuse($0, .system("full")) }
        case 10: end()
        case 11: now += .seconds(Int(step >> 4) * 4)
        case 12: hear(.start)
        case 13: hear(.received(Self.take(&script), from: Self.concentratorAddress))
        case 14: answer(step, Self.tags(&script))
        default:
            if let deadline = subscriber.deadline { now = max(now, deadline) }
            hear(step & 16 == 0 ? .timeout : .end(reason: "bye"))
        }
    }

    /// A length and so many octets, or as many as there are.
    private static func take(_ script: inout ArraySlice<UInt8>) -> [UInt8] {
        let count = Int(script.popFirst() ?? 0)
        let taken = Array(script.prefix(count))
        script = script.dropFirst(count)
        return taken
    }

    /// One Service-Name, then tags of one octet of type each: what is spoken begins with 0x01.
    private static func tags(_ script: inout ArraySlice<UInt8>) -> [DiscoveryTag] {
        var tags = [DiscoveryTag(.serviceName, take(&script))]
        for _ in 0..<(script.popFirst() ?? 0) % 5 {
            tags.append(DiscoveryTag(.init(rawValue: 0x0100 | UInt16(script.popFirst() ?? 0)), take(&script)))
        }
        return tags
    }

    private mutating func receive(
        _ code: DiscoveryPacket.Code, id: UInt16 = 0, from source: MACAddress, _ tags: [DiscoveryTag]
    ) {
        guard let octets = try? DiscoveryPacket(code, sessionID: id, tags: tags).encoded() else { return }
        receive(octets, from: source)
    }

    private mutating func terminate(from source: MACAddress) {
        guard let id = sessions.min(by: { $0.rawValue < $1.rawValue }) else { return }
        receive(.padt, id: id.rawValue, from: source, [])
    }

    private mutating func receive(_ octets: [UInt8], from source: MACAddress) {
        handle(.received(octets, from: source), answersTo: source, of: octets.count)
    }

    private mutating func decide(_ event: (PPPoESessionID) -> AccessConcentrator.Event) {
        guard let id = undecided.popLast() else { return }
        let event = event(id)
        if case .refuse = event { sessions.remove(id) }
        handle(event, answersTo: nil, of: 0)
    }

    private mutating func end() {
        guard let id = sessions.min(by: { $0.rawValue < $1.rawValue }) else { return }
        sessions.remove(id)
        undecided.removeAll { $0 == id }
        handle(.end(id, reason: "over"), answersTo: nil, of: 0)
    }

    private mutating func handle(_ event: AccessConcentrator.Event, answersTo source: MACAddress?, of count: Int) {
        let outputs = concentrator.handle(event, at: now)
        precondition(outputs.count <= 1, "one event made \(outputs.count) outputs")
        for output in outputs {
            switch output {
            case .send(let octets, let host):
                precondition(source == nil || source == host, "an answer went to another host")
                precondition(octets.count <= DiscoveryPacket.longest, "an answer does not fit a frame")
                guard let packet = try? DiscoveryPacket(parsing: octets) else {
                    preconditionFailure("what was sent cannot be read")
                }
                precondition(packet[.vendorSpecific] == nil, "a line was told")
                // Only the repetition of a PADS may be longer than what it answers: its request was.
                precondition(
                    source == nil || packet.sessionID != 0 || octets.count <= count + 200,
                    "an answer is out of proportion")
                if let cookie = packet[.acCookie] { cookies[host] = cookie }
            case .begin(let request):
                precondition(sessions.insert(request.id).inserted, "an id was given twice")
                precondition(request.maxPayload <= 8992, "more was granted than there is room for")
                undecided.append(request.id)
            case .terminated(let id):
                precondition(sessions.remove(id) != nil, "a session ended twice")
                undecided.removeAll { $0 == id }
            }
        }
        precondition(concentrator.sessionCount == sessions.count, "sessions were lost or left behind")
    }

    /// An answer to the host as it wants to hear it, but for the script's tags.
    private mutating func answer(_ step: UInt8, _ tags: [DiscoveryTag]) {
        let code: DiscoveryPacket.Code = step & 16 == 0 ? .pado : step & 32 == 0 ? .pads : .padt
        let packet = DiscoveryPacket(
            code, sessionID: code == .pado ? 0 : UInt16(step >> 6),
            tags: [DiscoveryTag(.acName, text: "bras")] + hostUniq + tags)
        guard let octets = try? packet.encoded() else { return }
        hear(.received(octets, from: Self.concentratorAddress))
    }

    private mutating func hear(_ event: Subscriber.Event) {
        let outputs = subscriber.handle(event, at: now)
        precondition(outputs.count <= 1, "one event made \(outputs.count) outputs")
        for case .send(let octets, _) in outputs {
            let packet = try? DiscoveryPacket(parsing: octets)
            precondition(packet != nil, "what was sent cannot be read")
            hostUniq = [packet?[.hostUniq]].compactMap(\.self)
        }
        precondition((subscriber.session?.maxPayload ?? 0) <= 4000, "more was taken than was asked for")
    }
}
