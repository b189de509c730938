import Addresses
import L2TPWire
import Octets
import PPP

/// PPP frames (RFC 1661): negotiation, authentication, echoes.
extension Reading {
    init(frame octets: [UInt8]) {
        guard let frame = try? PPPFrame(parsing: octets) else {
            self.init("no PPP frame")
            fields = [Field("Octets", Self.hexadecimal(octets))]
            return
        }
        let number = frame.protocolNumber.rawValue
        let name = PPPNames.name(ofProtocol: number)
        let isControl = number >= 0x8000
        guard isControl, let packet = try? ControlPacket(parsing: frame) else {
            self.init(name)
            fields = [Field(isControl ? "Malformed" : "Data", Self.size(frame.information))]
            return
        }
        self.init(name)
        identifier = packet.identifier
        switch number {
        case ProtocolNumber.pap.rawValue: readPAP(packet)
        case ProtocolNumber.chap.rawValue: readCHAP(packet)
        case 0xc227: readEAP(packet)
        default: readNegotiation(packet, PPPNames.options(of: number))
        }
    }

    private mutating func name(_ packet: ControlPacket, by names: [UInt8: String]) {
        title += " \(names[packet.code] ?? "code \(packet.code)")"
    }

    // MARK: - LCP and the network control protocols

    private mutating func readNegotiation(_ packet: ControlPacket, _ options: [UInt8: PPPNames.Option]) {
        name(packet, by: PPPNames.negotiation)
        switch packet.code {
        case 1...4:
            fields = Self.fields(ofOptions: packet.data, options)
        case 5, 6:
            if !packet.data.isEmpty { fields = [Field("Data", "\"\(Text(octets: packet.data))\"")] }
        case 7:
            fields = [Field("Rejected", Self.size(packet.data))]
        case 8 where packet.data.count >= 2:
            let rejected = UInt16(packet.data[0]) << 8 | UInt16(packet.data[1])
            fields = [Field("Rejected-Protocol", PPPNames.name(ofProtocol: rejected))]
        case 9...13 where packet.data.count >= 4:
            fields = [Field("Magic-Number", "0x" + Self.hexadecimal(packet.data.prefix(4)))]
            let rest = Array(packet.data.dropFirst(4))
            if packet.code == 12 { fields.append(Field("Message", "\"\(Text(octets: rest))\"")) }
            if packet.code == 13, rest.count >= 4 {
                let seconds = rest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                fields.append(Field("Seconds-Remaining", "\(seconds)"))
            }
        default:
            if !packet.data.isEmpty { fields = [Field("Data", Self.size(packet.data))] }
        }
    }

    /// A list of LCP's options on one line.
    static func optionList(_ octets: [UInt8]) -> String {
        let options = fields(ofOptions: octets, PPPNames.lcp)
        return options.isEmpty
            ? "none" : options.map { $0.value.isEmpty ? $0.name : "\($0.name) \($0.value)" }.joined(separator: ", ")
    }

    private static func fields(ofOptions octets: [UInt8], _ known: [UInt8: PPPNames.Option]) -> [Field] {
        guard let options = try? ConfigurationOption.list(parsing: octets) else {
            return [Field("Malformed", size(octets))]
        }
        return options.map { option in
            guard let row = known[option.type] else {
                return Field("Option-\(option.type)", hexadecimal(option.value))
            }
            return Field(row.name, shown(option, row.form))
        }
    }

    private static func shown(_ option: ConfigurationOption, _ form: PPPNames.Option.Form) -> String {
        switch form {
        case .number: option.uint16.map { "\($0)" } ?? hexadecimal(option.value)
        case .mask: "0x" + hexadecimal(option.value)
        case .address: option.uint32.map { "\(IPv4Address(rawValue: $0))" } ?? hexadecimal(option.value)
        case .identifier:
            stride(from: 0, to: option.value.count, by: 2)
                .map { hexadecimal(option.value[$0..<min($0 + 2, option.value.count)]) }.joined(separator: ":")
        case .flag, .octets: hexadecimal(option.value)
        case .authentication: authentication(option.value)
        }
    }

    private static func authentication(_ value: [UInt8]) -> String {
        switch value {
        case [0xc2, 0x23, 0x80]: "MS-CHAPv1"
        case [0xc2, 0x23, 0x81]: "MS-CHAPv2"
        case [0xc2, 0x23, 0x05]: "CHAP-MD5"
        case _ where value.count >= 2:
            PPPNames.name(ofProtocol: UInt16(value[0]) << 8 | UInt16(value[1]))
                + (value.count > 2 ? " \(hexadecimal(value[2...]))" : "")
        default: hexadecimal(value)
        }
    }

    // MARK: - Authentication

    private mutating func readPAP(_ packet: ControlPacket) {
        name(packet, by: PPPNames.pap)
        var reader = ByteReader(packet.data)
        guard let size = try? reader.uint8(), let first = try? reader.bytes(Int(size)) else { return }
        switch packet.code {
        case 1:
            user = "\(Text(octets: first))"
            fields = [Field("Peer-ID", "\"\(Text(octets: first))\""), Field("Password", Self.redacted)]
        case 2, 3:
            fields = [Field("Message", "\"\(Text(octets: first))\"")]
        default: break
        }
    }

    private mutating func readCHAP(_ packet: ControlPacket) {
        name(packet, by: PPPNames.chap)
        switch packet.code {
        case 1, 2:
            var reader = ByteReader(packet.data)
            guard let size = try? reader.uint8(), let value = try? reader.bytes(Int(size)) else {
                fields = [Field("Malformed", Self.size(packet.data))]
                return
            }
            let name = "\(Text(octets: reader.rest()))"
            if packet.code == 2 { user = name }
            fields = [
                Field("Value", packet.code == 1 ? Self.size(value) : Self.redacted), Field("Name", "\"\(name)\""),
            ]
        case 3, 4:
            fields = [Field("Message", "\"\(Self.message(packet.data))\"")]
        default: break
        }
    }

    /// An MS-CHAPv2 success tells what only a knower of the password can compute (RFC 2759 section 5).
    private static func message(_ octets: [UInt8]) -> String {
        guard octets.starts(with: Array("S=".utf8)) else { return "\(Text(octets: octets))" }
        return "S=\(redacted)\(Text(octets: Array(octets.drop { $0 != 0x20 })))"
    }

    private mutating func readEAP(_ packet: ControlPacket) {
        name(packet, by: PPPNames.eap)
        guard packet.code <= 2, let type = packet.data.first else { return }
        let content = Array(packet.data.dropFirst())
        title += " \(PPPNames.eapTypes[type] ?? "type \(type)")"
        switch type {
        case 1 where packet.code == 2:
            user = "\(Text(octets: content))"
            fields = [Field("Identity", "\"\(Text(octets: content))\"")]
        case 3:
            let wished = content.map { PPPNames.eapTypes[$0] ?? "type \($0)" }
            fields = [Field("Desired", wished.joined(separator: ", "))]
        default:
            if !content.isEmpty { fields = [Field("Data", Self.size(content))] }
        }
    }
}
