import Octets

/// How AVPs of one message are hidden (RFC 2661 section 4.3). Exists only where a secret does.
package struct Hiding: Sendable, CustomStringConvertible {
    /// Which of the AVPs that may be hidden are.
    package enum Extent: Hashable, Sendable {
        /// The client's name and password in a proxy authentication: what no message should carry in clear.
        case credentials
        /// All.
        case everything
    }

    package var secret: [UInt8]
    package var extent: Extent
    /// Random octets, at least 16, new for every message.
    package var randomVector: [UInt8]
    /// Random octets that hide a value's length: as many as fill its last block of 16, as far as they reach.
    package var padding: [UInt8]

    package init(secret: [UInt8], extent: Extent, randomVector: [UInt8], padding: [UInt8] = []) {
        self.secret = secret
        self.extent = extent
        self.randomVector = randomVector
        self.padding = padding
    }

    /// A random vector of 16 octets and enough padding, drawn now.
    package init(secret: [UInt8], extent: Extent, using random: inout some RandomNumberGenerator) {
        let octets = random.octets(32)
        self.init(
            secret: secret, extent: extent, randomVector: Array(octets.prefix(16)), padding: Array(octets.suffix(16))
        )
    }

    package var description: String { "hiding of \(extent)" }

    /// Whether this AVP is to be hidden.
    func covers(_ avp: AVP, in message: [AVP]) -> Bool {
        guard !secret.isEmpty, let row = AVPTable.row(for: avp.attribute), row.hideable else { return false }
        switch extent {
        case .everything: return true
        case .credentials:
            return avp.attribute == .proxyAuthenName
                || avp.attribute == .proxyAuthenResponse && Self.isPassword(message)
        }
    }

    /// Whether the message's Proxy Authen Response is a password rather than a digest.
    private static func isPassword(_ message: [AVP]) -> Bool {
        let type = message.first { $0.attribute == .proxyAuthenType }.flatMap {
            ProxyAuthenticationType(avpValue: $0.value)
        }
        return type != .chap && type != .msCHAPv1
    }

    /// The value as it goes out: cut so that it fits, then hidden.
    func hide(_ avp: AVP) -> [UInt8] {
        let value = Array(avp.value.prefix(AVP.longestValue - 2))
        let room = min(AVP.longestValue, (value.count + 2 + 15) / 16 * 16) - value.count - 2
        return HiddenValue.hide(
            value, of: avp.attribute, secret: secret, randomVector: randomVector, padding: padding.prefix(room)
        )
    }
}
