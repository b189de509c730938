import Octets

/// The ACCM AVP of an SLI: the async control character maps that the LNS negotiated (RFC 2661 section 4.4.6).
package struct ACCM: Hashable, Sendable {
    /// For what the LAC sends to the client.
    package var send: UInt32
    /// For what the LAC receives from the client.
    package var receive: UInt32

    package init(send: UInt32 = 0xffff_ffff, receive: UInt32 = 0xffff_ffff) {
        self.send = send
        self.receive = receive
    }
}

extension ACCM: AVPValue {
    init?(avpValue: [UInt8]) {
        var reader = ByteReader(avpValue)
        do throws(DecodeError) {
            try reader.skip(2)
            self.init(send: try reader.uint32(), receive: try reader.uint32())
        } catch {
            return nil
        }
    }

    var avpValue: [UInt8] { [0, 0] + send.avpValue + receive.avpValue }
}
