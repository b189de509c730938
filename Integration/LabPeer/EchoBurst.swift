import Octets
import PPP

/// LCP Echo-Requests with numbers in them (RFC 1661 section 5.8), as fast as they are answered: whoever holds the other
/// end of the link answers each, so that nothing is lost, doubled or overtaken without being seen.
///
/// It begins with the subscriber's proof and waits for nobody's verdict: at a LAC it goes on through the bridge, and for
/// `count` requests more when the network protocols are up, which is beyond it.
struct EchoBurst {
    /// Requests under way at a time. An LNS keeps no more frames than these that come before their ICCN.
    private static let window = 8
    private static let echoRequest: UInt8 = 9
    private static let echoReply: UInt8 = 10

    private let count: Int
    private var magicNumber: UInt32?
    /// The number of the next request.
    private var next = 0
    /// The number of the first request since LCP opened last.
    private var first = 0
    /// Those since then that have no answer yet.
    private var unanswered: Set<Int> = []
    /// Where it ends, from when that is known.
    private var end: Int?
    private var lastAnswered = -1
    private(set) var answered = 0
    /// Answers that came out of order, or again.
    private(set) var misplaced = 0

    init(count: Int) {
        self.count = count
    }

    var isComplete: Bool { next == end && unanswered.isEmpty }

    /// A proof was sent. When it is not the first, LCP has begun anew, and what was under way is lost.
    mutating func begin(magicNumber: UInt32) -> [PPPFrame] {
        self.magicNumber = magicNumber
        unanswered = []
        first = next
        lastAnswered = next - 1
        if end != nil { end = next + count }
        return more()
    }

    mutating func networkOpened() -> [PPPFrame] {
        guard magicNumber != nil else { return [] }
        end = next + count
        return more()
    }

    /// What is sent next. Nil: the frame is not an answer to any of these.
    mutating func receive(_ frame: PPPFrame) -> [PPPFrame]? {
        guard frame.protocolNumber == .lcp, let number = Self.number(inReply: Array(frame.information)) else {
            return nil
        }
        guard number >= first else { return [] }
        if number != lastAnswered + 1 { misplaced += 1 }
        lastAnswered = number
        guard unanswered.remove(number) != nil else { return [] }
        answered += 1
        return more()
    }

    private mutating func more() -> [PPPFrame] {
        let room = next + Self.window - unanswered.count
        let numbers = next..<max(next, min(room, end ?? room))
        next = numbers.upperBound
        unanswered.formUnion(numbers)
        return numbers.map(request)
    }

    private func request(_ number: Int) -> PPPFrame {
        var writer = ByteWriter()
        writer.append(Self.echoRequest)
        writer.append(UInt8(truncatingIfNeeded: number))
        writer.append(12 as UInt16)
        writer.append(magicNumber ?? 0)
        writer.append(UInt32(clamping: number))
        return PPPFrame(.lcp, writer.bytes)
    }

    private static func number(inReply information: [UInt8]) -> Int? {
        var reader = ByteReader(information)
        guard (try? reader.uint8()) == echoReply, (try? reader.skip(1)) != nil, (try? reader.uint16()) == 12,
            (try? reader.skip(4)) != nil, let number = try? reader.uint32()
        else { return nil }
        return Int(number)
    }
}
