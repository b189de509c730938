import ControlProtocol
import FoundationEssentials
import L2TPWire
import Testing

@testable import l2tpctl

/// Packets put into envelopes and files.
@Suite struct CaptureTests {
    private func checksum(_ octets: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0
        for (index, octet) in octets.enumerated() { sum += UInt32(octet) << (index % 2 == 0 ? 8 : 0) }
        while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
        return sum
    }

    @Test func `a datagram gets its IPv4 and UDP headers back, with checksums that are right`() throws {
        let packet = TraceTests.packet(.l2tp, [1, 2, 3], .sent)
        let octets = try #require(Envelope.ip(packet))
        #expect(Array(octets.prefix(4)) == [0x45, 0, 0, 31] && octets[9] == 17)
        #expect(Array(octets[12..<20]) == [192, 0, 2, 1, 192, 0, 2, 2])
        #expect(Array(octets[20..<26]) == [6, 165, 6, 165, 0, 11] && Array(octets.suffix(3)) == [1, 2, 3])
        #expect(checksum(Array(octets.prefix(20))) == 0xffff)
        #expect(checksum(Array(octets[12..<20]) + [0, 17, 0, 11] + octets[20...]) == 0xffff)
    }

    @Test func `IPv6 too, and what came in goes the other way`() throws {
        var packet = TraceTests.packet(.l2tp, [1])
        (packet.local, packet.remote) = ("[2001:db8::1]:1701", "[2001:db8::2]:1702")
        let octets = try #require(Envelope.ip(packet))
        #expect(Array(octets.prefix(8)) == [0x60, 0, 0, 0, 0, 9, 17, 64] && octets[23] == 2 && octets[39] == 1)
        #expect(Array(octets[40..<44]) == [6, 166, 6, 165])
        #expect(checksum(Array(octets[8..<40]) + [0, 17, 0, 9] + octets[40...]) == 0xffff)
    }

    @Test func `a frame becomes a data message with the receiver's ids`() throws {
        var packet = TraceTests.packet(.ppp, [0xc0, 0x21, 1, 1, 0, 4], .sent)
        (packet.tunnelID, packet.sessionID, packet.peerTunnelID, packet.peerSessionID) = (1, 2, 3, 4)
        let octets = try #require(Envelope.ip(packet))
        guard case .data(let header, let payload) = try Datagram(parsing: Array(octets.dropFirst(28))) else {
            Issue.record("no data message")
            return
        }
        #expect(header.tunnelID == TunnelID(3) && header.sessionID == SessionID(4))
        #expect(payload == [0xff, 3, 0xc0, 0x21, 1, 1, 0, 4])
        packet.peerSessionID = nil
        #expect(Envelope.ip(packet) == nil)
    }

    @Test func `a subscriber's frame gets PPPoE's and Ethernet's headers`() throws {
        var packet = TraceTests.packet(.ppp, [0xc0, 0x21, 1, 1, 0, 4])
        (packet.local, packet.remote) = ("02:00:00:00:01:00", "02:00:00:00:00:01")
        packet.pppoeSessionID = 0x1234
        #expect(
            Envelope.ethernet(packet) == [
                2, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0x88, 0x64, 0x11, 0, 0x12, 0x34, 0, 6, 0xc0, 0x21, 1, 1, 0, 4,
            ])
    }

    @Test func `a file is its owner's alone, is not written over, and tells what was missed`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/l2tpctl-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        var file = try CaptureFile(path, replacing: false)
        file.miss(3)
        try file.append(TraceTests.packet(.l2tp, [1, 2, 3]))
        try file.append(TraceTests.packet(.l2tp, [4]))
        try file.finish()
        #expect(file.written == [2, 0] && file.missed == 3)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? Int) == 0o600)
        let octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(Self.blocks(octets) == [0x0a0d_0d0a, 1, 1, 6, 6, 5, 5])
        let text = String(decoding: octets, as: UTF8.self)
        #expect(text.contains("3 packets before this one were missed") && text.contains("passwords"))
        #expect(throws: Failure.self) { try CaptureFile(path, replacing: false) }
        _ = try CaptureFile(path, replacing: true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count < octets.count)
    }

    /// The types of the blocks, each of whose lengths stands at both of its ends and is a multiple of four.
    private static func blocks(_ octets: [UInt8]) -> [UInt32] {
        func word(_ offset: Int) -> UInt32 { octets[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        var types: [UInt32] = []
        var offset = 0
        while offset + 12 <= octets.count {
            let length = Int(word(offset + 4))
            guard length >= 12, length % 4 == 0, offset + length <= octets.count,
                word(offset + length - 4) == UInt32(length)
            else { return types + [0] }
            types.append(word(offset))
            offset += length
        }
        return offset == octets.count ? types : types + [0]
    }
}
