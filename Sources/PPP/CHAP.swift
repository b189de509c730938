import Digests
import Octets

/// The packets of CHAP, which MS-CHAPv2 shares (RFC 1994 section 4, RFC 2759 sections 3 to 6).
enum CHAP {
    enum Code {
        static let challenge: UInt8 = 1
        static let response: UInt8 = 2
        static let success: UInt8 = 3
        static let failure: UInt8 = 4
    }

    static let md5ResponseSize = 16
    /// Names and messages are cut to, or refused beyond, this.
    static let longestText = 255

    /// The data of a Challenge or Response: Value-Size, Value, Name.
    struct Value: Equatable, Sendable {
        var value: [UInt8]
        var name: [UInt8]

        init(value: [UInt8], name: [UInt8]) {
            self.value = value
            self.name = name
        }

        /// Nil when Value-Size is 0 or reaches behind the packet, or when the name is longer than any name.
        init?(parsing data: [UInt8]) {
            var reader = ByteReader(data)
            guard let size = try? reader.uint8(), size > 0, let value = try? reader.bytes(Int(size)) else { return nil }
            guard reader.remaining <= CHAP.longestText else { return nil }
            self.value = value
            name = reader.rest()
        }

        var encoded: [UInt8] { [UInt8(clamping: value.count)] + value + name }
    }

    /// MD5 of identifier, secret and challenge (RFC 1994 section 4.1).
    static func md5Response(identifier: UInt8, password: Password, challenge: [UInt8]) -> [UInt8] {
        Digests.md5([identifier], password.octets, challenge)
    }

    /// What a Response proves; nil when its value has the wrong size for the algorithm.
    static func proof(
        of response: Value, identifier: UInt8, to challenge: [UInt8], algorithm: Algorithm
    ) -> AuthenticationRequest.Proof? {
        let value = response.value
        switch algorithm {
        case .md5:
            guard value.count == md5ResponseSize else { return nil }
            return .chapMD5(identifier: identifier, challenge: challenge, response: value)
        case .msChapV2:
            guard value.count == MSCHAPv2.responseSize else { return nil }
            // The reserved octets and the flags between and behind mean nothing, whatever they are.
            let ntResponse = value.dropFirst(24).prefix(MSCHAPv2.ntResponseSize)
            return .msChapV2(
                identifier: identifier, challenge: challenge,
                peerChallenge: Array(value.prefix(MSCHAPv2.challengeSize)), ntResponse: Array(ntResponse))
        }
    }

    /// The two algorithms of the CHAP protocol that are spoken here.
    enum Algorithm: Sendable {
        case md5, msChapV2

        var method: AuthenticationMethod {
            switch self {
            case .md5: .chapMD5
            case .msChapV2: .msChapV2
            }
        }
    }
}
