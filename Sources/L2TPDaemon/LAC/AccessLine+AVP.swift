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
        let identifiers = [avp(1, circuitID), avp(2, remoteID)]
        let rates = Self.rates.map { rate in avp(UInt16(rate.type), self[keyPath: rate.path].map(octets)) }
        let delays = Self.delays.map { delay in avp(UInt16(delay.type), self[keyPath: delay.path].map(octets)) }
        let loop = [
            avp(144, encapsulation.map { [$0.dataLink, $0.first, $0.second] }),
            avp(254, isInterworked ? octets(1 as UInt32) : nil),
        ]
        return (identifiers + rates + delays + loop).compactMap(\.self)
    }
}
