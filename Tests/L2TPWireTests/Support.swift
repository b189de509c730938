import L2TPWire

/// Octets from hexadecimal; blanks are for reading.
func hex(_ digits: String) -> [UInt8] {
    let nibbles = digits.compactMap(\.hexDigitValue)
    return stride(from: 0, to: nibbles.count - 1, by: 2).map { UInt8(nibbles[$0] << 4 | nibbles[$0 + 1]) }
}

/// An AVP as it stands in a message, right or wrong.
func avp(
    _ type: UInt16, _ value: [UInt8] = [], vendor: UInt16 = 0, m: Bool = true, h: Bool = false, reserved: UInt16 = 0,
    length: Int? = nil
) -> [UInt8] {
    let word = UInt16(length ?? 6 + value.count) | (m ? 0x8000 : 0) | (h ? 0x4000 : 0) | reserved
    return u16(word) + u16(vendor) + u16(type) + value
}

func u16(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }

func u32(_ number: UInt32) -> [UInt8] { u16(UInt16(number >> 16)) + u16(UInt16(number & 0xffff)) }

/// A message body that begins with its type.
func body(_ type: MessageType, _ avps: [UInt8]...) -> [UInt8] {
    avp(0, u16(type.rawValue)) + avps.flatMap(\.self)
}

/// The AVPs that each message must have, one by one, in a form that is accepted.
enum Required {
    static let sccrq = [
        avp(2, [1, 0]), avp(7, Array("lac-1".utf8)), avp(3, u32(3)), avp(9, u16(0x1234)),
    ]
    static let stopCCN = [avp(9, u16(7)), avp(1, u16(1))]
    static let ocrq = [
        avp(14, u16(5)), avp(15, u32(1)), avp(16, u32(1)), avp(17, u32(2)), avp(18, u32(1)), avp(19, u32(1)),
        avp(21, Array("555".utf8)),
    ]
    static let icrq = [avp(14, u16(5)), avp(15, u32(1))]
    static let reply = [avp(14, u16(6))]
    static let connected = [avp(24, u32(1_000_000)), avp(19, u32(1))]
    static let cdn = [avp(1, u16(3)), avp(14, u16(5))]
    static let wen = [avp(34, [UInt8](repeating: 0, count: 26))]
    static let sli = [avp(35, [0, 0] + u32(0xffff_ffff) + u32(0))]

    static let all: [(MessageType, [[UInt8]])] = [
        (.sccrq, sccrq), (.sccrp, sccrq), (.scccn, []), (.stopCCN, stopCCN), (.hello, []), (.ocrq, ocrq),
        (.ocrp, reply), (.occn, connected), (.icrq, icrq), (.icrp, reply), (.iccn, connected), (.cdn, cdn),
        (.wen, wen), (.sli, sli),
    ]
}

func decode(_ body: [UInt8], secret: [UInt8]? = nil) throws -> DecodedMessage {
    try MessageDecoder.decode(body: body, secret: secret)
}

/// What refuses a body, or nil.
func refusal(_ body: [UInt8], secret: [UInt8]? = nil) -> MessageError? {
    do throws(MessageError) {
        _ = try MessageDecoder.decode(body: body, secret: secret)
        return nil
    } catch {
        return error
    }
}

/// SplitMix64: the same numbers in every run of a test.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func octets(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}
