import Octets

/// The header of a control message: always 12 octets (RFC 2661 section 3.1).
package struct ControlHeader: Hashable, Sendable {
    /// The receiver's tunnel id; `.none` while the sender does not know it.
    package var tunnelID: TunnelID
    /// The receiver's session id; `.none` for the tunnel as a whole, or while the sender does not know it.
    package var sessionID: SessionID
    /// This message's number; on a ZLB the number that the next message will have.
    package var ns: SequenceNumber
    /// The number that the sender expects next.
    package var nr: SequenceNumber

    package init(
        tunnelID: TunnelID, sessionID: SessionID = .none, ns: SequenceNumber = .zero, nr: SequenceNumber = .zero
    ) {
        self.tunnelID = tunnelID
        self.sessionID = sessionID
        self.ns = ns
        self.nr = nr
    }

    /// Octets of a control message's header.
    package static let size = 12

    /// The whole datagram. An empty body makes a ZLB, the bare acknowledgement.
    /// A body is at most 65,523 octets; no message of this room's comes near.
    package func encoded(body: [UInt8] = []) -> [UInt8] {
        var writer = ByteWriter(capacity: Self.size + body.count)
        writer.append(HeaderFlags([.control, .length, .sequence]).word)
        writer.append(UInt16(clamping: Self.size + body.count))
        writer.append(tunnelID.rawValue)
        writer.append(sessionID.rawValue)
        writer.append(ns.rawValue)
        writer.append(nr.rawValue)
        writer.append(contentsOf: body)
        return writer.bytes
    }

    /// Puts a fresh Nr into an encoded control message that is about to be sent again (RFC 2661 section 5.8).
    /// Octets that are too short to be one are left alone.
    package static func overwriteNr(_ nr: SequenceNumber, in datagram: inout [UInt8]) {
        guard datagram.count >= size else { return }
        datagram[10] = UInt8(truncatingIfNeeded: nr.rawValue >> 8)
        datagram[11] = UInt8(truncatingIfNeeded: nr.rawValue)
    }
}
