/// A speed in bits a second, as v2's 32-bit AVPs carry it: (Tx) and Rx Connect Speed, Minimum and Maximum BPS.
package struct ConnectSpeed: Hashable, Sendable, CustomStringConvertible {
    package let bitsPerSecond: UInt32

    /// A speed that 32 bits cannot hold becomes the highest that they can.
    package init(bitsPerSecond: UInt64) {
        self.bitsPerSecond = UInt32(clamping: bitsPerSecond)
    }

    package var description: String { "\(bitsPerSecond) bps" }
}

extension ConnectSpeed: AVPValue {
    init?(avpValue: [UInt8]) {
        guard let speed = UInt32(avpValue: avpValue) else { return nil }
        self.init(bitsPerSecond: UInt64(speed))
    }

    var avpValue: [UInt8] { bitsPerSecond.avpValue }
}
