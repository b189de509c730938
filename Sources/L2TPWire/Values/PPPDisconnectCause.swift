import Octets

/// The PPP Disconnect Cause Code AVP of a CDN: information only (RFC 3145).
package struct PPPDisconnectCause: Hashable, Sendable, CustomStringConvertible {
    /// Why PPP ended; numbers without a name are kept as they come.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package var rawValue: UInt16

        package init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        package static let noInformation = Code(rawValue: 0)
        package static let administrative = Code(rawValue: 1)
        package static let lcpRenegotiationDisabled = Code(rawValue: 2)
        package static let normal = Code(rawValue: 3)
        package static let encryptionRequired = Code(rawValue: 4)
        package static let lcpTimeout = Code(rawValue: 5)
        package static let noLCPPackets = Code(rawValue: 6)
        package static let loopback = Code(rawValue: 7)
        package static let echoTimeout = Code(rawValue: 8)
        package static let callback = Code(rawValue: 12)
        package static let authenticationTimeout = Code(rawValue: 13)
        package static let authenticationProtocolUnacceptable = Code(rawValue: 15)
        package static let authenticationFailed = Code(rawValue: 16)
        package static let ncpTimeout = Code(rawValue: 17)
        package static let noNCPOpened = Code(rawValue: 18)
        package static let addressNotConverged = Code(rawValue: 19)
        package static let addressNotPermitted = Code(rawValue: 20)
    }

    /// Who is meant: a direction that has no name is kept as it comes.
    package struct Direction: RawRepresentable, Hashable, Sendable {
        package var rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        package static let global = Direction(rawValue: 0)
        package static let peer = Direction(rawValue: 1)
        package static let local = Direction(rawValue: 2)
    }

    package var code: Code
    /// The PPP protocol at fault, 0 for none.
    package var controlProtocol: UInt16
    package var direction: Direction
    package var message: Text?

    package init(code: Code, controlProtocol: UInt16 = 0, direction: Direction = .global, message: Text? = nil) {
        self.code = code
        self.controlProtocol = controlProtocol
        self.direction = direction
        self.message = message
    }

    package var description: String {
        "code \(code.rawValue), protocol 0x\(String(controlProtocol, radix: 16)), direction \(direction.rawValue)"
            + (message.map { ": \($0)" } ?? "")
    }
}

extension PPPDisconnectCause: AVPValue {
    init?(avpValue: [UInt8]) {
        var reader = ByteReader(avpValue)
        guard let code = try? reader.uint16(), let proto = try? reader.uint16(), let direction = try? reader.uint8()
        else { return nil }
        let octets = reader.rest()
        self.init(
            code: Code(rawValue: code), controlProtocol: proto, direction: Direction(rawValue: direction),
            message: octets.isEmpty ? nil : Text(octets: octets)
        )
    }

    var avpValue: [UInt8] {
        code.rawValue.avpValue + controlProtocol.avpValue + [direction.rawValue] + (message?.octets ?? [])
    }
}
