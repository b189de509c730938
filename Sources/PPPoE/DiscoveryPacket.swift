import Octets

/// A packet of the Discovery stage, from VER to its last TAG: what an Ethernet frame of type 0x8863 carries (RFC 2516
/// sections 4 and 5).
package struct DiscoveryPacket: Equatable, Sendable {
    package enum Code: UInt8, CaseIterable, Sendable {
        /// A host looks for access concentrators.
        case padi = 0x09
        /// An access concentrator offers itself.
        case pado = 0x07
        /// A host asks for a session.
        case padr = 0x19
        /// An access concentrator grants the session, or says why not.
        case pads = 0x65
        /// Either end is done with the session.
        case padt = 0xa7
    }

    /// ETHER_TYPE of the Discovery stage.
    package static let etherType: UInt16 = 0x8863
    /// ETHER_TYPE of the PPP Session stage.
    package static let sessionEtherType: UInt16 = 0x8864
    /// Octets of a packet that any Ethernet can carry.
    package static let longest = 1500
    /// Octets of a PADI, so that a relay can add its tag (RFC 2516 section 5.1).
    package static let longestPADI = 1484

    private static let headerSize = 6
    private static let versionAndType: UInt8 = 0x11

    package var code: Code
    /// SESSION_ID; 0 where there is no session yet.
    package var sessionID: UInt16
    package var tags: [DiscoveryTag]

    package init(_ code: Code, sessionID: UInt16 = 0, tags: [DiscoveryTag] = []) {
        self.code = code
        self.sessionID = sessionID
        self.tags = tags
    }

    /// Reads a frame's payload. What stands behind LENGTH is Ethernet's padding, what stands behind End-of-List is
    /// nothing; neither is looked at.
    package init(parsing octets: [UInt8]) throws(DiscoveryError) {
        var reader = ByteReader(octets)
        guard let versionAndType = try? reader.uint8(), let code = try? reader.uint8(),
            let sessionID = try? reader.uint16(), let length = try? reader.uint16()
        else { throw .truncatedHeader }
        guard versionAndType == Self.versionAndType else { throw .versionAndType(versionAndType) }
        guard let known = Code(rawValue: code) else { throw .code(code) }
        let available = reader.remaining
        guard Int(length) <= available else { throw .length(length, available: available) }
        let padding = available - Int(length)
        var tags: [DiscoveryTag] = []
        while reader.remaining > padding {
            guard let kind = try? reader.uint16(), let size = try? reader.uint16(),
                reader.remaining - padding >= Int(size), let value = try? reader.bytes(Int(size))
            else { throw .tagOverrun }
            let tag = DiscoveryTag(.init(rawValue: kind), value)
            if tag.kind == .endOfList { break }
            tags.append(tag)
        }
        self.init(known, sessionID: sessionID, tags: tags)
    }

    /// Octets from VER to the last TAG.
    package var count: Int {
        tags.reduce(Self.headerSize) { $0 + DiscoveryTag.headerSize + $1.value.count }
    }

    /// The payload of a frame. Throws `tooLong` for a packet that not every Ethernet can carry.
    package func encoded() throws(DiscoveryError) -> [UInt8] {
        guard count <= Self.longest else { throw .tooLong(count) }
        var writer = ByteWriter(capacity: count)
        writer.append(Self.versionAndType)
        writer.append(code.rawValue)
        writer.append(sessionID)
        writer.append(UInt16(count - Self.headerSize))
        for tag in tags {
            writer.append(tag.kind.rawValue)
            writer.append(UInt16(tag.value.count))
            writer.append(contentsOf: tag.value)
        }
        return writer.bytes
    }

    /// The first tag of this kind.
    package subscript(kind: DiscoveryTag.Kind) -> DiscoveryTag? {
        tags.first { $0.kind == kind }
    }

    /// What the host asks for, or nothing when it does not ask for exactly one service (RFC 2516 sections 5.1, 5.3).
    package var soleServiceName: DiscoveryTag? {
        let names = tags.filter { $0.kind == .serviceName }
        return names.count == 1 ? names.first : nil
    }

    /// The tags that an answer to this packet must carry unmodified (RFC 2516 appendix A).
    package var echoedTags: [DiscoveryTag] {
        [self[.hostUniq], self[.relaySessionID]].compactMap(\.self)
    }
}
