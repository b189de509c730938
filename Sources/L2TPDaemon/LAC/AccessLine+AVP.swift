import Configuration
import L2TPWire
import PPPoE

extension AccessLine {
    /// What an ICRQ says of the line (RFC 5515 section 5): what is known, rates in bits a second.
    var avps: [AVP] {
        func avp(_ type: UInt16, _ value: [UInt8]?) -> AVP? {
            value.map { AVP(Attribute(vendor: UInt16(Self.vendor), type: type), octets: $0) }
        }
        func octets(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
            stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
        }
        /// Two to 63 octets, whatever an access node says (RFC 5515 sections 5.1 and 5.2).
        func identifier(_ octets: [UInt8]?) -> [UInt8]? { octets.flatMap { $0.count < 2 ? nil : Array($0.prefix(63)) } }
        let identifiers = [avp(1, identifier(circuitID)), avp(2, identifier(remoteID))]
        let rates = Self.rates.map { rate in avp(UInt16(rate.type), self[keyPath: rate.path].map(octets)) }
        let delays = Self.delays.map { delay in avp(UInt16(delay.type), self[keyPath: delay.path].map(octets)) }
        let loop = [
            avp(144, encapsulation.map { [$0.dataLink, $0.first, $0.second] }),
            avp(254, isInterworked ? octets(1 as UInt32) : nil),
        ]
        return (identifiers + rates + delays + loop).compactMap(\.self)
    }
}

extension CallRequest {
    /// With no more of the line than may be said; an AVP of no kind that is known goes where everything may. An LNS that
    /// asks for a call says nothing of lines.
    func telling(_ information: Set<LineInformation>) -> CallRequest {
        guard case .incoming(var request) = self, information.count < LineInformation.allCases.count else {
            return self
        }
        request.extensions = request.extensions.filter { avp in
            guard avp.attribute.vendor == AccessLine.vendor else { return true }
            return LineInformation(attributeType: avp.attribute.type).map(information.contains) ?? false
        }
        return .incoming(request)
    }
}

extension LineInformation {
    fileprivate init?(attributeType type: UInt16) {
        switch type {
        case 1: self = .circuitID
        case 2: self = .remoteID
        case 129...138: self = .dataRates
        case 139...142: self = .interleavingDelays
        case 144: self = .encapsulation
        case 145: self = .lineType
        case 254: self = .iwfSession
        default: return nil
        }
    }
}
