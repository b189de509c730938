import Addresses
import Instants
import Testing

@testable import PPPoE

/// A small generator with a seed: the same test does the same every time.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Octets from hexadecimal; blanks are for reading.
func hex(_ digits: String) -> [UInt8] {
    let nibbles = digits.compactMap(\.hexDigitValue)
    return stride(from: 0, to: nibbles.count - 1, by: 2).map { UInt8(nibbles[$0] << 4 | nibbles[$0 + 1]) }
}

func host(_ number: Int) -> MACAddress {
    MACAddress(
        2, 0, UInt8(truncatingIfNeeded: number >> 16), UInt8(truncatingIfNeeded: number >> 8), UInt8(number & 0xff), 1)
}

let anyService = DiscoveryTag(.serviceName)

extension AccessConcentrator.Configuration {
    static func sample(_ change: (inout Self) -> Void = { _ in }) -> Self {
        var configuration = Self(name: "bras", cookieKey: Array(0...31), circuit: "eth0.100")
        change(&configuration)
        return configuration
    }
}

/// One access concentrator in virtual time, with a scripted host before it.
struct Station {
    static let epoch = Instant(sinceBoot: .seconds(1000))

    var machine: AccessConcentrator
    var now = Station.epoch

    init(_ configuration: AccessConcentrator.Configuration = .sample(), seed: UInt64 = 1) {
        var random = SplitMix(state: seed)
        machine = AccessConcentrator(configuration: configuration, at: now, using: &random)
    }

    mutating func receive(_ octets: [UInt8], from source: MACAddress = host(1)) -> [AccessConcentrator.Output] {
        machine.handle(.received(octets, from: source), at: now)
    }

    mutating func receive(
        _ code: DiscoveryPacket.Code, _ tags: [DiscoveryTag], from source: MACAddress = host(1), id: UInt16 = 0
    ) throws -> [AccessConcentrator.Output] {
        receive(try DiscoveryPacket(code, sessionID: id, tags: tags).encoded(), from: source)
    }

    /// What is offered to a PADI; nil when nothing is.
    mutating func offer(
        _ tags: [DiscoveryTag] = [anyService], from source: MACAddress = host(1)
    ) throws -> DiscoveryPacket? {
        try receive(.padi, tags, from: source).packets(to: source).first
    }

    /// What comes of a PADR with the cookie that a PADI has brought.
    mutating func request(
        _ tags: [DiscoveryTag] = [anyService], from source: MACAddress = host(1)
    ) throws -> [AccessConcentrator.Output] {
        let cookie = try #require(offer([anyService], from: source)?[.acCookie])
        return try receive(.padr, tags + [cookie], from: source)
    }

    /// A session from its PADI to its PADS.
    mutating func open(
        _ tags: [DiscoveryTag] = [anyService], from source: MACAddress = host(1)
    ) throws -> (id: PPPoESessionID, pads: DiscoveryPacket) {
        let id = try #require(request(tags, from: source).requests.first?.id)
        let pads = try #require(machine.handle(.accept(id), at: now).packets(to: source).first)
        return (id, pads)
    }

    func discarded(_ cause: DiscoveryCounters.Discard) -> UInt64 { machine.counters.discarded[cause] ?? 0 }
}

extension [AccessConcentrator.Output] {
    var requests: [AccessRequest] {
        compactMap { if case .begin(let request) = $0 { request } else { nil } }
    }

    /// Packets that go to a host.
    func packets(to host: MACAddress = host(1)) -> [DiscoveryPacket] {
        compactMap { output in
            guard case .send(let octets, host) = output else { return nil }
            return try? DiscoveryPacket(parsing: octets)
        }
    }
}
