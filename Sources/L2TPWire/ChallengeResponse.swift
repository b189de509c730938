import Digests
import Octets

/// Tunnel authentication: how an end shows that it knows the tunnel's secret (RFC 2661 section 5.1.1).
package enum ChallengeResponse {
    /// The value of the Challenge Response AVP in a message of type `type`, SCCRP or SCCCN, to a challenge received:
    /// 16 octets.
    package static func compute(in type: MessageType, secret: [UInt8], challenge: [UInt8]) -> [UInt8] {
        // CHAP's identifier is one octet; the types that carry a response are 2 and 3.
        Digests.md5([UInt8(truncatingIfNeeded: type.rawValue)], secret, challenge)
    }

    /// Whether a response received in a message of type `type` answers our `challenge`. Takes as long for a wrong
    /// response as for a right one, and no empty secret is ever right.
    package static func isValid(
        _ response: [UInt8], in type: MessageType, secret: [UInt8], challenge: [UInt8]
    ) -> Bool {
        let expected = compute(in: type, secret: secret, challenge: challenge)
        return Digests.constantTimeEqual(response, expected) && !secret.isEmpty
    }

    /// A challenge of our own: 16 random octets.
    package static func challenge(using random: inout some RandomNumberGenerator) -> [UInt8] {
        random.octets(16)
    }
}
