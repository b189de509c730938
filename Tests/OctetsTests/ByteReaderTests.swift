import Octets
import Testing

@Suite struct ByteReaderTests {
    @Test func `HDR-01 fields are read big-endian and in order`() throws {
        let octets: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]
        var reader = ByteReader(octets)
        #expect(try reader.uint8() == 1)
        #expect(try reader.uint16() == 0x0203)
        #expect(try reader.uint32() == 0x0405_0607)
        #expect(try reader.uint64() == 0x0809_0a0b_0c0d_0e0f)
        let (left, tail) = (reader.remaining, reader.rest())
        #expect(left == 2)
        #expect(tail == [16, 17])
        #expect(reader.remaining == 0)
    }

    @Test(arguments: [-1, 4, Int.max]) func `HDR-01 a read beyond the end throws and consumes nothing`(count: Int) {
        let octets: [UInt8] = [1, 2, 3]
        var reader = ByteReader(octets)
        #expect(throws: DecodeError.truncated(needed: count, available: 3)) { try reader.bytes(count) }
        #expect(throws: DecodeError.truncated(needed: count, available: 3)) { try reader.skip(count) }
        #expect(reader.remaining == 3)
    }

    @Test func `a slice ends where it was told and the reader goes on behind it`() throws {
        let octets: [UInt8] = [1, 2, 3, 4]
        var reader = ByteReader(octets)
        var part = try reader.slice(2)
        #expect(part.rest() == [1, 2])
        #expect(throws: DecodeError.truncated(needed: 1, available: 0)) { try part.uint8() }
        #expect(try reader.uint8() == 3)
    }

    @Test func `HDR-01 the writer is the reader's inverse`() throws {
        var writer = ByteWriter(capacity: 15)
        writer.append(UInt8(1))
        writer.append(UInt16(0x0203))
        writer.append(UInt32(0x0405_0607))
        writer.append(UInt64(0x0809_0a0b_0c0d_0e0f))
        #expect(writer.bytes == Array(1...15))
        writer.overwrite(0xfffe, at: 1)
        #expect(writer.bytes[0..<4] == [1, 0xff, 0xfe, 4])
    }
}
