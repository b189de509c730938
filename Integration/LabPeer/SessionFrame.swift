import Octets
import PPP
import PPPoE

/// What an Ethernet frame of type 0x8864 carries: PPP in a session (RFC 2516 section 6).
struct SessionFrame {
    private static let versionAndType: UInt8 = 0x11
    private static let code: UInt8 = 0

    var sessionID: PPPoESessionID
    /// Begins with the protocol number.
    var payload: [UInt8]

    init(_ sessionID: PPPoESessionID, _ frame: PPPFrame) {
        self.sessionID = sessionID
        payload = frame.encoded
    }

    /// Nil of what is no such frame. Padding behind LENGTH is left out.
    init?(parsing octets: [UInt8]) {
        var reader = ByteReader(octets)
        guard (try? reader.uint8()) == Self.versionAndType, (try? reader.uint8()) == Self.code,
            let id = (try? reader.uint16()).flatMap(PPPoESessionID.init(rawValue:)),
            let length = try? reader.uint16(), let payload = try? reader.bytes(Int(length))
        else { return nil }
        sessionID = id
        self.payload = payload
    }

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 6 + payload.count)
        writer.append(Self.versionAndType)
        writer.append(Self.code)
        writer.append(sessionID.rawValue)
        writer.append(UInt16(clamping: payload.count))
        writer.append(contentsOf: payload)
        return writer.bytes
    }
}
