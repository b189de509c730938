import ControlProtocol
import Testing

@Suite struct ControlLineTests {
    @Test func `lines are cut from a stream however it arrives`() throws {
        var buffer = LineBuffer()
        buffer.append(Array("one\ntw".utf8))
        #expect(try buffer.next() == Array("one".utf8))
        #expect(try buffer.next() == nil)
        #expect(buffer.hasPartialLine)
        buffer.append(Array("o\n\n".utf8))
        #expect(try buffer.next() == Array("two".utf8))
        #expect(try buffer.next() == [])
        #expect(try buffer.next() == nil)
        #expect(!buffer.hasPartialLine)
    }

    @Test func `a line of ten megabytes is refused`() {
        var buffer = LineBuffer()
        buffer.append([UInt8](repeating: 0x20, count: 10 << 20))
        #expect { try buffer.next() } throws: { ($0 as? ControlError)?.code == .lineTooLong }
    }

    @Test func `a line of exactly the limit is read and one octet more is not`() throws {
        var buffer = LineBuffer(limit: 4)
        buffer.append(Array("1234\n12345\n".utf8))
        #expect(try buffer.next() == Array("1234".utf8))
        #expect { try buffer.next() } throws: { ($0 as? ControlError)?.code == .lineTooLong }
    }
}
