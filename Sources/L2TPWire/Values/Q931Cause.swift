import Octets

/// The Q.931 Cause Code AVP of a CDN: for logs and accounting (RFC 2661 section 4.4.4).
package struct Q931Cause: Hashable, Sendable, CustomStringConvertible {
    package var cause: UInt16
    /// The Q.931 message, DISCONNECT for one.
    package var message: UInt8
    package var advisory: Text?

    package init(cause: UInt16, message: UInt8, advisory: Text? = nil) {
        self.cause = cause
        self.message = message
        self.advisory = advisory
    }

    package var description: String {
        "cause \(cause), message \(message)" + (advisory.map { ": \($0)" } ?? "")
    }
}

extension Q931Cause: AVPValue {
    init?(avpValue: [UInt8]) {
        var reader = ByteReader(avpValue)
        guard let cause = try? reader.uint16(), let message = try? reader.uint8() else { return nil }
        let octets = reader.rest()
        self.init(cause: cause, message: message, advisory: octets.isEmpty ? nil : Text(octets: octets))
    }

    var avpValue: [UInt8] {
        cause.avpValue + [message] + (advisory?.octets ?? [])
    }
}
