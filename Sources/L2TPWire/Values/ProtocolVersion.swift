/// The Protocol Version AVP: version 1, revision 0 is what RFC 2661 section 4.4.3 describes. It is another number
/// than the header's Ver of 2.
package struct ProtocolVersion: Hashable, Sendable, CustomStringConvertible {
    package var version: UInt8
    package var revision: UInt8

    package init(version: UInt8, revision: UInt8) {
        self.version = version
        self.revision = revision
    }

    /// Version 1, revision 0: the highest that is spoken here.
    package static let rfc2661 = ProtocolVersion(version: 1, revision: 0)

    /// A later revision of the same version is still understood.
    package var isSupported: Bool { version == Self.rfc2661.version }

    package var description: String { "\(version).\(revision)" }
}

extension ProtocolVersion: AVPValue {
    init?(avpValue: [UInt8]) {
        guard avpValue.count == 2 else { return nil }
        self.init(version: avpValue[0], revision: avpValue[1])
    }

    var avpValue: [UInt8] { [version, revision] }
}
