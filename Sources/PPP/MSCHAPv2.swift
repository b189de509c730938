import Digests

/// The computations and message texts of MS-CHAPv2 (RFC 2759).
enum MSCHAPv2 {
    static let challengeSize = 16
    static let ntResponseSize = 24
    /// Peer challenge, 8 reserved octets, NT response, flags (section 4).
    static let responseSize = 49

    /// What one challenge and its answer come to.
    struct Exchange {
        /// Section 8.2; the name counts without a Windows domain in front.
        let challengeHash: [UInt8]
        let passwordHash: [UInt8]
        /// What the peer proves itself by (section 8.1).
        let ntResponse: [UInt8]

        init(challenge: [UInt8], peerChallenge: [UInt8], name: [UInt8], password: Password) {
            let bare = name.lastIndex(of: UInt8(ascii: "\\")).map { Array(name[($0 + 1)...]) } ?? name
            challengeHash = Array(Digests.sha1(peerChallenge, challenge, bare).prefix(8))
            passwordHash = MSCHAPv2.passwordHash(password)
            let key = passwordHash + [UInt8](repeating: 0, count: 5)
            var response: [UInt8] = []
            response.reserveCapacity(MSCHAPv2.ntResponseSize)
            for start in stride(from: 0, to: 21, by: 7) {
                response += Digests.desEncrypt(challengeHash, key56: Array(key[start..<(start + 7)]))
            }
            ntResponse = response
        }

        /// Section 8.7: "S=" and 40 upper-case hexadecimal digits, by which the authenticator proves itself in turn.
        var authenticatorResponse: [UInt8] {
            let hashOfHash = Digests.md4(passwordHash)
            let inner = Digests.sha1(hashOfHash, ntResponse, Array("Magic server to client signing constant".utf8))
            let outer = Digests.sha1(
                inner, challengeHash, Array("Pad to make it do more than one iteration".utf8))
            return Array("S=".utf8) + hexadecimal(outer)
        }
    }

    /// Section 8.3: MD4 of the password in UTF-16, low octet first.
    static func passwordHash(_ password: Password) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(2 * password.octets.count)
        for unit in String(decoding: password.octets, as: UTF8.self).utf16 {
            octets.append(UInt8(truncatingIfNeeded: unit))
            octets.append(UInt8(truncatingIfNeeded: unit >> 8))
        }
        return Digests.md4(octets)
    }

    static func hexadecimal(_ octets: [UInt8]) -> [UInt8] {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10 }
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * octets.count)
        for octet in octets {
            digits.append(digit(octet >> 4))
            digits.append(digit(octet & 15))
        }
        return digits
    }

    /// A Failure's message (section 6).
    struct Failure: Equatable {
        var error: Int
        var retryAllowed: Bool
        /// 16 octets: what a retry answers.
        var challenge: [UInt8]
        var message: String

        init(error: Int, retryAllowed: Bool, challenge: [UInt8], message: String) {
            self.error = error
            self.retryAllowed = retryAllowed
            self.challenge = challenge
            self.message = message
        }

        /// "E=691 R=1 C=<32 hexadecimal digits> V=3 M=text". Nil without an error code; a challenge that is missing or broken
        /// leaves nothing to retry with.
        init?(parsing octets: [UInt8]) {
            var fields: [UInt8: ArraySlice<UInt8>] = [:]
            var rest = octets[...]
            while let key = rest.first, rest.dropFirst().first == UInt8(ascii: "=") {
                let value = rest.dropFirst(2)
                if key == UInt8(ascii: "M") {
                    fields[key] = value
                    break
                }
                fields[key] = value.prefix { $0 != UInt8(ascii: " ") }
                rest = value.drop { $0 != UInt8(ascii: " ") }.drop { $0 == UInt8(ascii: " ") }
            }
            func text(_ key: Unicode.Scalar) -> String {
                String(decoding: fields[UInt8(ascii: key)] ?? [], as: UTF8.self)
            }
            guard let error = Int(text("E")) else { return nil }
            self.error = error
            challenge = MSCHAPv2.octets(hexadecimal: text("C"))
            retryAllowed = text("R") == "1" && challenge.count == MSCHAPv2.challengeSize
            message = Link.Note.text(fields[UInt8(ascii: "M")] ?? [])
        }

        var encoded: [UInt8] {
            let head = "E=\(error) R=\(retryAllowed ? 1 : 0) C="
            return Array(head.utf8) + MSCHAPv2.hexadecimal(challenge) + Array(" V=3 M=\(message)".utf8)
        }
    }

    /// Empty when a character is no digit or one is left over.
    private static func octets(hexadecimal text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return [] }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
