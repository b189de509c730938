import Digests

/// What a peer claims and how it proves it: the daemon looks the user up, here or at a RADIUS server, and answers with
/// an `AuthenticationVerdict`.
package struct AuthenticationRequest: Equatable, Sendable {
    /// Tells this request from an earlier one of the same link: the answer names it, and a late answer harms nobody.
    package struct ID: Hashable, Sendable {
        let number: UInt64
    }

    /// What came from the peer, together with the challenge that it answers. Lengths are checked already.
    package enum Proof: Equatable, Sendable {
        case pap(password: Password)
        /// `response` is 16 octets.
        case chapMD5(identifier: UInt8, challenge: [UInt8], response: [UInt8])
        /// Challenges of 16 octets, `ntResponse` of 24 (RFC 2759 section 4).
        case msChapV2(identifier: UInt8, challenge: [UInt8], peerChallenge: [UInt8], ntResponse: [UInt8])
    }

    package let id: ID
    /// The name as the peer sent it, at most 255 octets of anything.
    package let name: [UInt8]
    package let proof: Proof

    package init(id: ID, name: [UInt8], proof: Proof) {
        self.id = id
        self.name = name
        self.proof = proof
    }

    /// The name as text; octets that are not UTF-8 become U+FFFD, so such a name equals none in a table.
    package var user: String { String(decoding: name, as: UTF8.self) }

    package var method: AuthenticationMethod {
        switch proof {
        case .pap: .pap
        case .chapMD5: .chapMD5
        case .msChapV2: .msChapV2
        }
    }
}

/// The answer to an `AuthenticationRequest`.
package enum AuthenticationVerdict: Equatable, Sendable {
    /// The message for the peer. For MS-CHAPv2 it must be the "S=<40 hexadecimal digits> M=<text>" of RFC 2759 section 5:
    /// `AuthenticationRequest.verify(password:)` and RADIUS's MS-CHAP2-Success give it. At most 255 octets are sent.
    case accepted(message: [UInt8])
    /// The error of RFC 2759 section 6 (691 is "authentication failure") and text for the peer; the other methods send the
    /// text alone.
    case rejected(error: Int, message: String)

    /// The verdict on a wrong password and on a user nobody knows: a peer must not be able to tell the two apart.
    package static let denied = AuthenticationVerdict.rejected(error: 691, message: "Access denied")
}

extension AuthenticationRequest {
    /// The verdict of a table that holds the user's password in the clear: compares in constant time.
    package func verify(password: Password) -> AuthenticationVerdict {
        switch proof {
        case .pap(let offered):
            // Digests of both first: then not even the length shows in the time.
            guard Digests.constantTimeEqual(Digests.sha1(offered.octets), Digests.sha1(password.octets)) else {
                return .denied
            }
            return .accepted(message: [])
        case .chapMD5(let identifier, let challenge, let response):
            let expected = CHAP.md5Response(identifier: identifier, password: password, challenge: challenge)
            return Digests.constantTimeEqual(expected, response) ? .accepted(message: []) : .denied
        case .msChapV2(_, let challenge, let peerChallenge, let ntResponse):
            let exchange = MSCHAPv2.Exchange(
                challenge: challenge, peerChallenge: peerChallenge, name: name, password: password)
            guard Digests.constantTimeEqual(exchange.ntResponse, ntResponse) else { return .denied }
            return .accepted(message: exchange.authenticatorResponse + Array(" M=Access granted".utf8))
        }
    }
}
