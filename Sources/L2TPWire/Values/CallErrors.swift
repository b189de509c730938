import Octets

/// The Call Errors AVP of a WEN: counters since the call was established (RFC 2661 section 4.4.6).
package struct CallErrors: Hashable, Sendable {
    package var crcErrors: UInt32
    package var framingErrors: UInt32
    package var hardwareOverruns: UInt32
    package var bufferOverruns: UInt32
    package var timeoutErrors: UInt32
    package var alignmentErrors: UInt32

    package init(
        crcErrors: UInt32 = 0, framingErrors: UInt32 = 0, hardwareOverruns: UInt32 = 0, bufferOverruns: UInt32 = 0,
        timeoutErrors: UInt32 = 0, alignmentErrors: UInt32 = 0
    ) {
        self.crcErrors = crcErrors
        self.framingErrors = framingErrors
        self.hardwareOverruns = hardwareOverruns
        self.bufferOverruns = bufferOverruns
        self.timeoutErrors = timeoutErrors
        self.alignmentErrors = alignmentErrors
    }
}

extension CallErrors: AVPValue {
    init?(avpValue: [UInt8]) {
        var reader = ByteReader(avpValue)
        do throws(DecodeError) {
            try reader.skip(2)
            self.init(
                crcErrors: try reader.uint32(), framingErrors: try reader.uint32(),
                hardwareOverruns: try reader.uint32(), bufferOverruns: try reader.uint32(),
                timeoutErrors: try reader.uint32(), alignmentErrors: try reader.uint32()
            )
        } catch {
            return nil
        }
    }

    var avpValue: [UInt8] {
        [0, 0] + crcErrors.avpValue + framingErrors.avpValue + hardwareOverruns.avpValue + bufferOverruns.avpValue
            + timeoutErrors.avpValue + alignmentErrors.avpValue
    }
}
