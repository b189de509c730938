import Octets

/// A type that an AVP's value can be read as. A value of the wrong size or range is nil.
protocol AVPValue {
    init?(avpValue: [UInt8])
    var avpValue: [UInt8] { get }
}

extension UInt16: AVPValue {
    init?(avpValue: [UInt8]) {
        guard avpValue.count == 2 else { return nil }
        self = UInt16(avpValue[0]) << 8 | UInt16(avpValue[1])
    }

    var avpValue: [UInt8] {
        [UInt8(truncatingIfNeeded: self >> 8), UInt8(truncatingIfNeeded: self)]
    }
}

extension UInt32: AVPValue {
    init?(avpValue: [UInt8]) {
        guard avpValue.count == 4 else { return nil }
        self = avpValue.reduce(0) { $0 << 8 | UInt32($1) }
    }

    var avpValue: [UInt8] {
        UInt16(truncatingIfNeeded: self >> 16).avpValue + UInt16(truncatingIfNeeded: self).avpValue
    }
}

extension UInt64: AVPValue {
    init?(avpValue: [UInt8]) {
        guard avpValue.count == 8 else { return nil }
        self = avpValue.reduce(0) { $0 << 8 | UInt64($1) }
    }

    var avpValue: [UInt8] {
        UInt32(truncatingIfNeeded: self >> 32).avpValue + UInt32(truncatingIfNeeded: self).avpValue
    }
}

extension [UInt8]: AVPValue {
    init?(avpValue: [UInt8]) {
        self = avpValue
    }

    var avpValue: [UInt8] { self }
}

extension Text: AVPValue {
    init?(avpValue: [UInt8]) {
        self.init(octets: avpValue)
    }

    var avpValue: [UInt8] { octets }
}

extension AVPValue where Self: RawRepresentable, RawValue: AVPValue {
    init?(avpValue: [UInt8]) {
        guard let rawValue = RawValue(avpValue: avpValue) else { return nil }
        self.init(rawValue: rawValue)
    }

    var avpValue: [UInt8] { rawValue.avpValue }
}

extension TunnelID: AVPValue {}
extension SessionID: AVPValue {}
extension MessageType: AVPValue {}
extension TieBreaker: AVPValue {}
extension FramingCapabilities: AVPValue {}
extension FramingType: AVPValue {}
extension BearerCapabilities: AVPValue {}
extension BearerType: AVPValue {}
extension ProxyAuthenticationType: AVPValue {}

/// The value of an AVP that says all by being there.
struct Presence: AVPValue {
    init() {}

    init?(avpValue: [UInt8]) {
        guard avpValue.isEmpty else { return nil }
    }

    var avpValue: [UInt8] { [] }
}
