import L2TPWire
import Testing

/// Whatever octets come, reading them ends with a message or with an error. A trap would end the test run.
@Suite struct RobustnessTests {
    static let secret = Array("secret".utf8)

    /// Reads octets as a datagram and as a body, and whatever is read is written again and read the same.
    private func exercise(_ octets: [UInt8]) {
        if case .control(_, let body)? = try? Datagram(parsing: octets) { exercise(body: body) }
        exercise(body: octets)
    }

    private func exercise(body: [UInt8]) {
        _ = MessageDecoder.peekHostName(body: body)
        do throws(MessageError) {
            let decoded = try MessageDecoder.decode(body: body, secret: Self.secret)
            #expect(!decoded.message.description.isEmpty)
            let again = MessageEncoder.encode(decoded.message, hiding: Samples.hiding)
            let message = try MessageDecoder.decode(body: again, secret: Self.secret).message
            #expect(message == decoded.message)
        } catch {
            #expect(!error.description.isEmpty)
        }
    }

    @Test func `HDR-01 random octets of any length never trap`() {
        var random = SeededGenerator(seed: 2661)
        for size in Array(0...64) + [100, 1_000, 65_535] {
            for _ in 0..<(size > 64 ? 3 : 100) { exercise(random.octets(size)) }
        }
    }

    @Test func `HDR-01 HRD-05 random bodies behind a good header and type never trap`() {
        var random = SeededGenerator(seed: 1)
        for type in UInt16(0)...30 {
            for _ in 0..<50 {
                var octets = avp(0, u16(type))
                for _ in 0..<Int.random(in: 0...8, using: &random) {
                    octets += avp(
                        .random(in: 0...102, using: &random), random.octets(.random(in: 0...40, using: &random)),
                        m: .random(using: &random), h: .random(using: &random))
                }
                exercise(body: octets)
            }
        }
    }

    @Test(arguments: Samples.all) func `HDR-01 HRD-05 truncations and single wrong octets never trap`(message: Message)
    {
        for hiding in [nil, Samples.hiding] {
            let whole = MessageEncoder.encode(message, header: ControlHeader(tunnelID: TunnelID(1)), hiding: hiding)
            for count in whole.indices { exercise(Array(whole.prefix(count))) }
            for index in whole.indices {
                for octet in [0, 0x7f, 0xff, whole[index] ^ 1] {
                    var wrong = whole
                    wrong[index] = octet
                    exercise(wrong)
                }
            }
        }
    }

    @Test func `HRD-05 ten thousand empty AVPs are read in passing`() throws {
        let octets = body(.hello) + (0..<10_000).flatMap { _ in avp(8, m: false) }
        #expect(try decode(octets).notes.count == 10_000)
    }
}
