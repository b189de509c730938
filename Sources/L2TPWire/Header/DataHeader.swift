import Octets

/// The header of a data message: 6 octets and what its options add (RFC 2661 section 3.1).
package struct DataHeader: Hashable, Sendable {
    /// The receiver's tunnel id.
    package var tunnelID: TunnelID
    /// The receiver's session id.
    package var sessionID: SessionID
    /// Ns where the message carries one. Nr is reserved in data: sent as 0 and ignored.
    package var ns: SequenceNumber?
    /// Whether the header has a Length field.
    package var hasLength: Bool
    /// Octets of padding between header and payload; nil without an Offset Size field.
    package var offsetSize: UInt16?
    /// Whether local queues should prefer this message: a keepalive of the link.
    package var hasPriority: Bool

    package init(
        tunnelID: TunnelID, sessionID: SessionID, ns: SequenceNumber? = nil, hasLength: Bool = false,
        offsetSize: UInt16? = nil, hasPriority: Bool = false
    ) {
        self.tunnelID = tunnelID
        self.sessionID = sessionID
        self.ns = ns
        self.hasLength = hasLength
        self.offsetSize = offsetSize
        self.hasPriority = hasPriority
    }

    /// Octets before the payload.
    package var size: Int {
        6 + (hasLength ? 2 : 0) + (ns == nil ? 0 : 4) + (offsetSize.map { 2 + Int($0) } ?? 0)
    }

    /// The whole datagram around a PPP frame without FCS (RFC 2661 section 5.3).
    package func encoded(payload: [UInt8]) -> [UInt8] {
        var flags: HeaderFlags = []
        if hasLength { flags.insert(.length) }
        if ns != nil { flags.insert(.sequence) }
        if offsetSize != nil { flags.insert(.offset) }
        if hasPriority { flags.insert(.priority) }
        var writer = ByteWriter(capacity: size + payload.count)
        writer.append(flags.word)
        if hasLength { writer.append(UInt16(clamping: size + payload.count)) }
        writer.append(tunnelID.rawValue)
        writer.append(sessionID.rawValue)
        if let ns {
            writer.append(ns.rawValue)
            writer.append(UInt16(0))
        }
        if let offsetSize {
            writer.append(offsetSize)
            writer.append(contentsOf: repeatElement(0, count: Int(offsetSize)))
        }
        writer.append(contentsOf: payload)
        return writer.bytes
    }
}
