import L2TPWire
import PPPoE

/// PPPoE's discovery packets (RFC 2516 section 5).
extension Reading {
    init(discovery octets: [UInt8]) {
        do throws(DiscoveryError) {
            let packet = try DiscoveryPacket(parsing: octets)
            self.init("\(packet.code)".uppercased())
            fields = packet.tags.map(Self.field)
        } catch {
            self.init("no PPPoE discovery packet")
            fields = [Field("Reason", "\(error)"), Field("Octets", Self.hexadecimal(octets))]
        }
    }

    private static func field(_ tag: DiscoveryTag) -> Field {
        switch tag.kind {
        case .serviceName: Field("Service-Name", "\"\(tag.text)\"")
        case .acName: Field("AC-Name", "\"\(tag.text)\"")
        case .hostUniq: Field("Host-Uniq", hexadecimal(tag.value))
        case .acCookie: Field("AC-Cookie", size(tag.value))
        case .relaySessionID: Field("Relay-Session-Id", hexadecimal(tag.value))
        case .pppMaxPayload: Field("PPP-Max-Payload", tag.uint16.map { "\($0)" } ?? hexadecimal(tag.value))
        case .vendorSpecific: vendor(tag)
        case .serviceNameError: Field("Service-Name-Error", "\"\(tag.text)\"")
        case .acSystemError: Field("AC-System-Error", "\"\(tag.text)\"")
        case .genericError: Field("Generic-Error", "\"\(tag.text)\"")
        default: Field("Tag-0x\(String(tag.kind.rawValue, radix: 16))", size(tag.value))
        }
    }

    /// An access node's tag (TR-101) tells the line.
    private static func vendor(_ tag: DiscoveryTag) -> Field {
        guard let line = AccessLine(in: DiscoveryPacket(.padi, tags: [tag])) else {
            return Field("Vendor-Specific", size(tag.value))
        }
        let ids = [("Agent-Circuit-Id", line.circuitID), ("Agent-Remote-Id", line.remoteID)]
        let told = ids.compactMap { name, value in value.map { "\(name) \"\(Text(octets: $0))\"" } }
        return Field("Vendor-Specific", told.isEmpty ? size(tag.value) : told.joined(separator: ", "))
    }
}
