@testable import L2TPWire
import Testing

@Suite struct AVPTableTests {
    /// RFC 2661 section 4.4, transcribed on its own: numbers with the M bit, and those that must not be hidden.
    static let mandatory: Set<UInt16> = [
        0, 1, 2, 3, 4, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 24, 34, 35, 36, 39,
    ]
    static let optional: Set<UInt16> = [5, 6, 8, 25, 26, 27, 28, 29, 30, 31, 32, 33, 37, 38]
    static let clear: Set<UInt16> = [0, 1, 2, 5, 7, 10, 12, 36, 39]
    /// AVP lengths of those that have one length.
    static let lengths: [UInt16: Int] = [
        0: 8, 2: 8, 3: 10, 4: 10, 5: 14, 6: 8, 9: 8, 10: 8, 13: 22, 14: 8, 15: 10, 16: 10, 17: 10, 18: 10, 19: 10,
        24: 10,
        25: 10, 29: 8, 32: 8, 34: 32, 35: 16, 38: 10, 39: 6, 40: 10, 41: 10, 42: 8, 44: 26, 45: 10, 47: 8, 48: 8, 53: 6,
        54: 8, 56: 6, 57: 6, 60: 10, 61: 10, 63: 10, 64: 10, 68: 8, 69: 8, 70: 8, 71: 8, 74: 14, 75: 14, 76: 12, 77: 16,
        78: 12, 79: 16, 91: 8, 98: 6,
    ]
    /// The shortest AVP lengths of those that have more than one.
    static let shortest: [UInt16: Int] = [
        1: 8, 7: 7, 8: 6, 11: 7, 12: 9, 21: 6, 22: 6, 23: 6, 26: 6, 27: 6, 28: 6, 30: 6, 31: 6, 33: 6, 36: 6, 37: 6,
        43: 6,
        46: 11, 49: 6, 50: 6, 51: 6, 52: 6, 55: 6, 58: 12, 59: 23, 62: 8, 65: 6, 66: 6, 72: 6, 73: 6, 80: 6, 81: 6,
        82: 6,
        83: 6, 84: 6, 89: 6, 90: 6, 97: 18, 101: 6,
    ]

    private var ietf: [AVPRow] { AVPTable.rows.filter { $0.attribute.vendor == 0 } }

    @Test func `AVP-02 MSG-15 every registered AVP has one row`() {
        #expect(
            Set(ietf.map(\.attribute.type)) == Set(Self.lengths.keys).union(Self.shortest.keys))
        #expect(Set(AVPTable.rows.map(\.attribute)).count == AVPTable.rows.count)
        let broadband = AVPTable.rows.filter { $0.attribute.vendor == 3561 }.map(\.attribute.type)
        #expect(Set(broadband) == Set([1, 2, 144, 145, 254] + Array(129...142)))
        #expect(AVPTable.rows.allSatisfy { [0, 43, 3561].contains($0.attribute.vendor) })
    }

    @Test func `AVP-16 M and H are as RFC 2661 lists them`() {
        let rows = ietf.filter { $0.attribute.type <= 39 }
        #expect(Set(rows.filter(\.mandatory).map(\.attribute.type)) == Self.mandatory)
        #expect(Set(rows.filter { !$0.mandatory }.map(\.attribute.type)) == Self.optional)
        #expect(Set(rows.filter { !$0.hideable }.map(\.attribute.type)) == Self.clear)
    }

    @Test func `AVP-08 every AVP is accepted at its lengths and malformed at all others`() {
        for row in ietf {
            for size in 0...40 {
                let value = [UInt8](repeating: 1, count: size)
                let length = 6 + size
                let isRight =
                    switch row.attribute.type {
                    case 1: length == 8 || length >= 10
                    case 59: length == 23 || length == 27
                    case 97: length == 18 || length == 26
                    default:
                        Self.lengths[row.attribute.type].map { $0 == length }
                            ?? Self.shortest[row.attribute.type].map { $0 <= length } ?? false
                    }
                #expect((row.form.flaw(in: value) == nil) == isRight, "\(row.name) of \(length)")
            }
        }
    }

    @Test func `AVP-08 MSG-15 each AVP decodes in a message and its malformed form depends on M`() throws {
        for row in AVPTable.rows where ![.messageType, .randomVector].contains(row.attribute) {
            let size = (0...40).first { row.form.flaw(in: [UInt8](repeating: 1, count: $0)) == nil }
            let right = [UInt8](repeating: 1, count: try #require(size))
            func hello(_ value: [UInt8], m: Bool) -> [UInt8] {
                body(.hello, avp(row.attribute.type, value, vendor: row.attribute.vendor, m: m))
            }
            let decoded = try decode(hello(right, m: true))
            if row.origin == .extended {
                #expect(decoded.message == .hello(Hello(extensions: [AVP(row.attribute, octets: right)])))
            } else {
                #expect(decoded.notes == [.misplaced(row.attribute)])
            }
            guard let wrong = (0...40).first(where: { row.form.flaw(in: [UInt8](repeating: 1, count: $0)) != nil })
            else { continue }
            let value = [UInt8](repeating: 1, count: wrong)
            #expect(refusal(hello(value, m: true))?.fault == .wrongLength(row.attribute))
            #expect(try decode(hello(value, m: false)).notes == [.ignored(.wrongLength(row.attribute))])
        }
    }
}
